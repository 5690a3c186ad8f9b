"""``python docs/dependencies.py``: every dependency with the part that wants it, its range and its licence, as docs/dependencies.md.

Ranges come from pyproject.toml, licences from the metadata of what is installed; run it where every extra is.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "dependencies.md"
HEAD = """# Dependencies

Written by `python docs/dependencies.py` from pyproject.toml and the metadata of the installed packages. *core* comes with `pip install
whytransfer`; the rest with the extra of that name. Nothing is fetched at run time, and nothing is reported to anybody.

| Package | Range | Wanted by | Licence |
|---|---|---|---|
"""
NOT_STATED = "not stated in its metadata"


def wanted() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Package: its range and the parts that want it, in the order of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for part, lines in {"core": project["dependencies"], **project["optional-dependencies"]}.items():
        for line in lines:
            name, extras, limits = re.fullmatch(r"([\w.-]+)(\[[\w,]+\])?(.*)", line).groups()
            known = found.get(name, (limits, ()))
            if known[0] != limits:
                raise SystemExit(f"{name}: {known[0]} and {limits}, expected one range everywhere")
            found[name] = (limits, (*known[1], part))
            del extras
    return found


def licence(name: str) -> str:
    """What the installed package says of its licence: an SPDX expression, a classifier, a short text, or its file's first line."""
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        raise SystemExit(
            f"{name} is not installed: run this where every extra is (`make lint` makes such a place)"
        ) from None
    metadata = installed.metadata
    classifiers = [
        c.split(" :: ")[-1] for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    short = (metadata.get("License") or "").strip()
    files = [
        f
        for f in installed.files or []
        if re.fullmatch(r"(LICEN[SC]E|COPYING)(\..+)?", f.name, re.IGNORECASE)
    ]
    first = next((line.strip() for f in files[:1] for line in f.read_text().splitlines() if line.strip()), "")
    told = [
        metadata.get("License-Expression"),
        *(c for c in classifiers if c != "OSI Approved"),
        short
        if 0 < len(short) < 40 and short != "UNKNOWN"
        else short.split("\n")[0]
        if "License" in short.split("\n")[0]
        else None,
        first,
    ]
    return next((text for text in told if text), NOT_STATED)


def page() -> str:
    """The whole page."""
    rows = [
        f"| {name} | {limits} | {', '.join(parts)} | {licence(name)} |" for name, (limits, parts) in sorted(wanted().items(), key=lambda item: item[0].lower())
    ]  # fmt: skip
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
