"""The element table (要素表): what has to be true, who says what of it, what the records say."""

from __future__ import annotations

from django.db import models

from jianzhu.kernel import guards
from settlements.disputes.models.case import Dispute

ELEMENTS = ("terms", "attendance", "acceptance", "amount", "payment")
STANCES = ("", "claims", "admits", "denies")
# proved: the records say it; admitted: the other side does; adverse: who holds the proof kept silent.
FINDINGS = ("open", "contested", "proved", "admitted", "adverse")


class CaseElement(models.Model):
    """One row of the table, of one line; looked at again whenever anything arrives.

    `missing` names the datum that would close it, `asked` the side that has to bring it.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="elements")
    line = models.ForeignKey(
        "settlements.StatementLine", on_delete=models.PROTECT, related_name="+"
    )
    element = models.CharField(max_length=12, choices=[(e, e) for e in ELEMENTS])
    # What the sides say, under the key of the line's worker.
    claimant = models.TextField(default="", blank=True)
    claimant_stance = models.CharField(max_length=8, default="", blank=True)
    respondent = models.TextField(default="", blank=True)
    respondent_stance = models.CharField(max_length=8, default="", blank=True)
    record = models.TextField(default="", blank=True)
    finding = models.CharField(max_length=12, choices=[(f, f) for f in FINDINGS], default="open")
    missing = models.CharField(max_length=40, default="", blank=True)
    asked = models.CharField(max_length=12, default="", blank=True)
    evaluated_at = models.DateTimeField()

    journal_except = ("evaluated_at",)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["dispute", "line", "element"], name="case_element_once")
        ]
        triggers = guards.fixed("case_element", "dispute", "line", "element")
