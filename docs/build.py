"""Write the generated pages: the command line from --help, the Python names from their docstrings.

python docs/build.py          writes them
python docs/build.py --check  answers 1 when a committed page is not what would be written
"""

import contextlib
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
        ROOT / "docs" / "reference" / "documents.md": documents(),
        ROOT / "docs" / "reference" / "vocabulary.md": vocabulary(),
        ROOT / "docs" / "reference" / "bibliography.md": bibliography(),
        ROOT / "docs" / "index.md": start_page(),
    }


def bibliography() -> str:
    """The entries that ship in the package."""
    text = (ROOT / "src" / "whytransfer" / "bibliography" / "references.bib").read_text(encoding="utf-8")
    said = "Written by `python docs/build.py`. `wt.cite(audit)` gives the entries of what an audit ran."
    return f"# Bibliography\n\n{said}\n\n```bibtex\n{text.strip()}\n```\n"


WRITTEN_BY = {
    "whytransfer/audit/1": "`audit`, `adapt` and `labels certify` with `--json`, `wt.Audit.to_json`",
    "whytransfer/audits/1": "`audit` with `--by` or several targets and `--json`, `wt.Audits.to_json`",
    "whytransfer/diff/1": "`diff --json`, `wt.diff(…).document`",
    "whytransfer/diffs/1": "the same of documents of several audits",
    "whytransfer/compare/1": "`compare --json`, `whytransfer.compare.compare(…).document`",
    "whytransfer/plan/1": "`labels plan` and `labels next`, beside the sheet",
    "whytransfer/plan-numbers/1": "the same where the label is a quantity",
}
DOCUMENTS = """# Documents and their schemas

Written by `python docs/build.py` from the JSON Schemas (draft 2020-12) in the package, `src/whytransfer/report/schema/`.
`whytransfer.report.load_schema("whytransfer/diff/1")` gives one as a dict; a schema names parts of others by their urn. Tests hold every kind of document against
its schema. Within one number keys are added, never removed or re-typed: readers ignore keys they don't know. What can't be said is null; NaN
and infinity never appear.
"""


def documents() -> str:
    """Every kind of document, who writes it, and what stands at its top."""
    from whytransfer.report.validate import SCHEMAS, load_schema

    parts = [DOCUMENTS]
    for name in SCHEMAS:
        schema = load_schema(name)
        file = name.removeprefix("whytransfer/").replace("/", "-")
        parts += [
            f"## {name}\n",
            f"{schema['description']}\n",
            f"Written by {WRITTEN_BY[name]}. Schema: `{file}.json`, `{schema['$id']}`.\n",
        ]
        parts += ["| key | always there | what |", "|---|---|---|"]
        for key, what in schema["properties"].items():
            always = "yes" if key in schema["required"] else ""
            parts.append(f"| `{key}` | {always} | {shape(what)} |")
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def shape(schema: dict) -> str:
    """One property in words: its type, or the part of a schema that it follows, and its description."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        kind = " or ".join("null" if one is None else f"`{one}`" for one in schema["enum"])
    elif "$ref" in schema:
        kind = ref(schema["$ref"])
    elif "allOf" in schema:
        kind = shape(schema["allOf"][0])
    elif "type" not in schema:
        kind = " or ".join(shape(one) for one in schema["anyOf"])
    else:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        kind = " or ".join({"array": "list"}.get(one, one) for one in kinds)
        items = schema.get("items", {})
        if "$ref" in items:
            kind += f" of {ref(items['$ref'])}"
    said = schema.get("description") or schema.get("$comment", "")
    return f"{kind}. {said}" if said else kind


def ref(pointer: str) -> str:
    """`claim` for a part of the same schema, with the urn for a part of another."""
    urn, _, part = pointer.partition("#/$defs/")
    return f"`{part}`" if not urn else f"`{part}` of `{urn}`" if part else f"`{urn}`"


def start_page() -> str:
    """The README, with its links as they run from here; what lies above this folder is only named."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("(docs/", "(")
    return (
        re.sub(r"\[(`(?:CONTRIBUTING|CHANGELOG)\.md`)\]\([^)]*\)", r"\1", text)
        .replace("(benchmarks)", "(benchmarks/reference.md)")
        .replace("(how-to)", "(how-to/labels.md)")
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


def vocabulary() -> str:
    """Every name and code."""
    from docs import vocabulary

    return vocabulary.page()


def python_names() -> str:
    """Each public name with its signature, docstring and members."""
    from docs import names

    return names.page()


if __name__ == "__main__":
    sys.exit(main())
