"""Write the generated pages: the command line from --help, the Python names from their docstrings.

python docs/build.py          writes them
python docs/build.py --check  answers 1 when a committed page is not what would be written
"""

import contextlib
import inspect
import io
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = [
    "audit",
    "adapt",
    "labels-plan",
    "labels-next",
    "labels-certify",
    "report",
    "diff",
    "compare",
    "embed",
    "calibrate",
    "lab",
    "demo",
]


def main() -> int:
    """Write or check every generated page."""
    # Not this folder: one of its scripts has the name of a package that other libraries try to import.
    sys.path[0] = str(ROOT)
    stale = []
    for path, text in pages().items():
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(str(path.relative_to(ROOT)))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{path} is stale: run `python docs/build.py`", file=sys.stderr)
    return 1 if stale else 0


def pages() -> dict[Path, str]:
    """Path and text of every generated page."""
    return {
        ROOT / "docs" / "reference" / "cli.md": command_line(),
        ROOT / "docs" / "reference" / "python.md": python_names(),
        ROOT / "docs" / "reference" / "bibliography.md": bibliography(),
        ROOT / "docs" / "index.md": start_page(),
    }


def bibliography() -> str:
    """The entries that ship in the package."""
    text = (ROOT / "src" / "whytransfer" / "bibliography" / "references.bib").read_text(encoding="utf-8")
    said = "Written by `python docs/build.py`. `wt.cite(audit)` gives the entries of what an audit ran."
    return f"# Bibliography\n\n{said}\n\n```bibtex\n{text.strip()}\n```\n"


def start_page() -> str:
    """The README, with its links as they run from here; what lies above this folder is only named."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("(docs/", "(")
    return re.sub(r"\[(`(?:CONTRIBUTING|CHANGELOG)\.md`)\]\([^)]*\)", r"\1", text).replace(
        "(benchmarks)", "(benchmarks/reference.md)"
    )


def command_line() -> str:
    """Each command with its --help."""
    os.environ.update(COLUMNS="100", NO_COLOR="1", TERM="dumb")
    from whytransfer.cli import run

    parts = ["# Command line", "", "Written by `python docs/build.py` from `--help`."]
    for name in COMMANDS:
        words = name.split("-")
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            run([*words, "--help"])
        text = "\n".join(line.rstrip() for line in said.getvalue().strip().splitlines())
        parts += ["", f"## whytransfer {' '.join(words)}", "", "```text", text, "```"]
    return "\n".join(parts) + "\n"


def python_names() -> str:
    """Each public name with its signature and docstring."""
    import whytransfer as wt

    parts = [
        "# Python",
        "",
        "Written by `python docs/build.py` from the docstrings. `import whytransfer as wt`.",
    ]
    for name in wt.__all__:
        thing = getattr(wt, name)
        doc = inspect.cleandoc(thing.__doc__ or "")
        parts += ["", f"## {name}", "", "```python", signature(name, thing), "```", "", "```text", doc, "```"]
    return "\n".join(parts) + "\n"


def signature(name: str, thing: object) -> str:
    """How it is called; a module and an enumeration are only named."""
    named = hasattr(thing, "__members__") or (isinstance(thing, type) and issubclass(thing, BaseException))
    if inspect.ismodule(thing) or not callable(thing) or named:
        return f"wt.{name}"
    return re.sub(r" at 0x[0-9a-f]+", "", f"wt.{name}{inspect.signature(thing)}")


if __name__ == "__main__":
    sys.exit(main())
