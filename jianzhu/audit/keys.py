"""The log's own key, and the keys that others check its heads with."""

from __future__ import annotations

from django.conf import settings

from jianzhu.audit.notes import LOG, PublicKey, Signer


def log_signer() -> Signer:
    """Who signs the heads."""
    return Signer.of(settings.AUDIT_ORIGIN, LOG, settings.AUDIT_KEY)


def log_key() -> PublicKey:
    """What the heads are checked with."""
    return log_signer().public


def witness_key() -> PublicKey | None:
    """What cosignatures are checked with: as set, or as the witness on this machine wrote it."""
    vkey = settings.WITNESS_VKEY
    file = settings.WITNESS_DIR / "vkey"
    if not vkey and file.exists():
        vkey = file.read_text()
    return PublicKey.parse(vkey) if vkey else None
