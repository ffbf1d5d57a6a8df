"""One function per kind of sheet: takes one row, does it, and says whether it was new.

A row that is there already with the same content changes nothing; with other content it is a fault.
"""

from __future__ import annotations

from settlements.imports import people, places, work
from settlements.imports.named import Importer

# In the order in which a new site's sheets build on each other.
KINDS: dict[str, Importer] = {
    f.__name__: f
    for f in (
        places.organisations,
        places.projects,
        places.parties,
        places.devices,
        people.workers,
        places.users,
        people.crews,
        people.crew_members,
        people.agreements,
        work.attendance_rules,
        places.minimum_wages,
        work.work_packages,
        work.assignments,
        places.deposits,
        work.task_sheets,
    )
}
