"""Who does what when, as values in and values out: no Django, no rows, no calendar.

Read in this order: `problem` (what is to be planned), `plan` (what a plan is), `score` (what it
costs), `breaches` (what it must not break), `search` (how a good one is found), `clash` (why none
exists), `why` (why it is as it is), `wire` (all of it as JSON). Time is whole slots counted
from 0, a day or an hour as the caller likes; money is whole minor units.
"""
