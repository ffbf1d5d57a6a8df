"""Django looks for models here; they live in their rooms."""

from workers_app.people.models import Crew, CrewMember, PayeeAccount, Worker
from workers_app.terms.models import Absence, AgreedRate, Agreement, Qualification

__all__ = [
    "Absence",
    "AgreedRate",
    "Agreement",
    "Crew",
    "CrewMember",
    "PayeeAccount",
    "Qualification",
    "Worker",
]
