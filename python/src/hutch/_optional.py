"""Packages that are used if they are installed."""

from __future__ import annotations

import importlib
from typing import Any


def _find(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


numpy: Any = _find("numpy")
"""The module numpy; None without it."""


def require_numpy(purpose: str) -> Any:
    """Returns numpy; without it, raises ImportError that names the purpose."""
    if numpy is None:
        raise ImportError(f"numpy is needed {purpose}.")
    return numpy
