"""Where what can be worked out again is kept: features of images and text, journals of runs that were ended."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FOLDER = "WHYTRANSFER_CACHE"
"""The environment variable that names another folder; set to nothing, nothing is kept."""


def cache_folder() -> Path | None:
    """``$WHYTRANSFER_CACHE``, else ``whytransfer`` where the system keeps a user's caches; None where nothing is to be kept, or there is no such place.

    The system's place is ``$XDG_CACHE_HOME``, else ``%LOCALAPPDATA%``, else ``~/Library/Caches`` on macOS, else ``~/.cache``.
    """
    named = os.environ.get(FOLDER)
    if named is not None:
        return Path(named) if named.strip() else None
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        given = os.environ.get(name, "")
        # The XDG specification: a relative path is to be ignored.
        if given and Path(given).is_absolute():
            return Path(given) / "whytransfer"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "whytransfer"
