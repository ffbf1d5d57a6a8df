"""Milestone, its inspections, who shares in it, the parts that were accepted, and corrections."""

from settlements.milestones.models.corrections import MilestoneCorrection, correction_machine
from settlements.milestones.models.milestone import (
    OPEN_STATES,
    Milestone,
    MilestoneInspection,
    milestone_machine,
)
from settlements.milestones.models.parts import MilestonePart, MilestonePartShare, part_machine
from settlements.milestones.models.shares import MilestoneShare, sharer_machine

__all__ = [
    "OPEN_STATES",
    "Milestone",
    "MilestoneCorrection",
    "MilestoneInspection",
    "MilestonePart",
    "MilestonePartShare",
    "MilestoneShare",
    "correction_machine",
    "milestone_machine",
    "part_machine",
    "sharer_machine",
]
