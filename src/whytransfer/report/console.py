"""The console that answers are printed on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 100


def stdout_console() -> Console:
    """Standard output: as wide as the terminal, and of one fixed width where it is piped.

    rich honours NO_COLOR by itself, and leaves colours out where nobody looks.
    """
    from rich.console import Console

    piped = not sys.stdout.isatty()
    return Console(file=sys.stdout, width=PIPED_WIDTH if piped else None, highlight=False, soft_wrap=False)
