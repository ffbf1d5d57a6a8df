"""People and terms, for operators to look at; identity, phone and account by their last four."""

from jianzhu.web.admin import show
from workers_app.models import AgreedRate, Agreement, Crew, CrewMember, PayeeAccount, Worker

show(Worker, PayeeAccount, Crew, CrewMember, Agreement, AgreedRate)
