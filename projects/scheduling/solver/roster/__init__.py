"""Shift rosters: who works which shift on which day. Rules are a person's own; cover is wished for.

A roster has no packages and no starts, so it has a model of its own beside the product's; stop rule,
seed, rounds of neighbourhoods and what is told are the same.
"""
