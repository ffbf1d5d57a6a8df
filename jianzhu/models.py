"""Django looks for models here; they live in their rooms."""

from jianzhu.access.models import Membership, OneTimeCode, Organisation, Token, User
from jianzhu.audit.models import AuditEvent, AuditLeaf, AuditNode, AuditSeal, Cosignature
from jianzhu.notices.models import Notice
from jianzhu.outbox.models import OutboxMessage
from jianzhu.web.models import IdempotentAnswer

__all__ = [
    "AuditEvent",
    "AuditLeaf",
    "AuditNode",
    "AuditSeal",
    "Cosignature",
    "IdempotentAnswer",
    "Membership",
    "Notice",
    "OneTimeCode",
    "Organisation",
    "OutboxMessage",
    "Token",
    "User",
]
