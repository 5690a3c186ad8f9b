"""``python -m benchmarks``: every table in docs/benchmarks, from one command."""

from __future__ import annotations

import runpy
import sys

PARTS = (
    "calibrate",
    "estimate",
    "audits",
    "certificates",
    "adapt",
    "shifts",
    "speed",
    "speed_scale",
    "peers",
)


def main() -> None:
    """Run each part in turn; the exit code is 1 when one of them failed."""
    failed = []
    for part in PARTS:
        sys.argv = [f"benchmarks.{part}"]
        try:
            runpy.run_module(f"benchmarks.{part}", run_name="__main__")
        except SystemExit as stop:
            if stop.code:
                failed.append(part)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
