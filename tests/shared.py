"""Published cases and genuine payloads that lie beside the checkout, where they do.

No test needs them to keep a promise: each that reads them has a sibling with data of its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"
# The folder with `data/`, or None where the checkout stands alone.
SHARED: Path | None = _BESIDE if (_BESIDE / "data").is_dir() else None

needs_shared = pytest.mark.skipif(
    SHARED is None, reason="the published data are not beside the checkout"
)
