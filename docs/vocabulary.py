"""The page of all names and codes, from the registries and enumerations of the package. `docs/build.py` writes it."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from markdown.extensions.toc import slugify

import whytransfer as wt
from docs import names

SOURCES = Path(wt.__file__).parent
METHODS = Path(__file__).resolve().parent / "methods.md"
HEAD = """# Names and codes

Written by `python docs/build.py` from the registries of the package. Each name is what the command line, configuration files, Python and documents
use. Symbols: [notation](../notation.md).
"""
# Families of claims: how an id begins, and what it is about. Tests hold real audits against them.
CLAIMS = {
    "source_error": "error of the model on source rows that did not train it; `.‹theorem›` of what needs no hold-out",
    "target_error.direct": "error on labelled target rows, counted; the headline where it is there",
    "target_error.panel": "the panel's estimate without target labels; else the headline",
    "target_error.‹estimator›": "one [estimator](../estimators.md), as it went into the panel or beside it",
    "target_error.‹theorem›": "a [bound](../theory/index.md); `.‹class›` where it speaks of a class of hypotheses",
    "target_‹metric›": "the same for another metric: `target_balanced_error`, `target_f1`, `target_auc`, `target_cost`",
    "error_drop": "target error less source error, counted together",
    "adaptability.‹class›": "λ, the least sum of both errors that one rule of the class reaches",
    "divergence.‹name›": "a divergence of the samples' laws; `.‹class›` of a term of a bound",
    "error_sum_lower.‹theorem›": "what both errors add up to at least",
    "disagreement": "how often models contradict each other on target rows: `.competitor`, `.models`",
    "ensemble_target_error.‹theorem›": "error of a voter drawn from an ensemble; `ensemble_source_error` of the source",
    "loss_ceiling": "of an adapted model: by how much its error can exceed the source model's at most",
    "expected_gain": "of an adapted model: by how much its error is expected to be smaller",
    "interval.‹name›": "an interval for an error, of `wt.interval`",
}
ASSUME = {
    "class": "the class of hypotheses that `sigma`, `tau`, `lambda` are about",
    "sigma": "err_S of some rule of the class that is good on both, in [0, 1]",
    "tau": "err_T of the same rule, in [0, 1]",
    "lambda": "λ of the class, in [0, 2]",
    "ratio": "density ratio of target to source, at most this, ≥ 1",
    "lipschitz": "Lipschitz constant, ≥ 0, per unit of the columns",
    "range": "largest distance of two rows, ≥ 0, in the units of the columns",
    "label_shift": "only the shares of the classes moved; `yes`",
    "covariate_shift": "the labels at the same inputs did not move; `yes`",
    "radius.tv": "total variation of the joint laws, in [0, 1]",
    "radius.kl": "KL(T, S) of the joint laws, in nats, ≥ 0",
    "radius.chi2": "chi-square divergence of the joint laws, ≥ 0",
    "radius.hellinger": "squared Hellinger distance of the joint laws, in [0, 1]",
    "prevalence.<class>": "share of this class on the target, in [0, 1]",
}


def page() -> str:
    """The whole page."""
    return HEAD + "\n" + "\n".join("\n".join(part) for part in _parts()).rstrip() + "\n"


def _parts() -> Iterable[Iterable[str]]:
    yield section(
        "Answers",
        "",
        ("answer", "exit code", "what"),
        [(f"`{a}`", str(a.exit_code), said) for a, said in told(wt.Answer)],
    )
    yield section(
        "Exit codes",
        "",
        ("code", "what"),
        [
            (
                "0, 10, 11, 12",
                "the answer, of `audit` and `labels certify`; 0 and 12 of `adapt`; 0 of every other command that ran",
            ),
            ("2", "bad usage or bad input: one line on stderr, nothing written"),
            ("1", "a mistake of the program"),
            ("130", "stopped by Ctrl-C"),
        ],
    )
    yield section(
        "Bases",
        "What an answer stands on, the strongest first.",
        ("basis", "what"),
        [(f"`{b}`", said) for b, said in told(wt.Basis)],
    )
    yield section(
        "Levels",
        "The evidence behind a claim.",
        ("level", "what"),
        [(f"`{one}`", said) for one, said in told(wt.Level)],
    )
    yield section(
        "Units",
        "Numbers of different units are never added.",
        ("unit", "what"),
        [(f"`{u}`", said) for u, said in told(wt.Unit)],
    )
    yield section(
        "Claims",
        "`audit.claim(key)` takes an id, or the quantity before the first dot.",
        ("id", "what"),
        [(f"`{k}`", v) for k, v in CLAIMS.items()],
    )
    yield section(
        "Statuses",
        "How an assumption is known.",
        ("status", "what"),
        [(f"`{s}`", said) for s, said in told(wt.Status)],
    )
    yield section(
        "Assumptions",
        "Ids that claims list.",
        ("id", "text"),
        [(f"`{k}`", cell(v) or "said in the claim") for k, v in assumptions().items()],
    )
    yield section(
        "Keys of `--assume`",
        "What you may assert: `--assume key=value,…`, `assume={…}`.",
        ("key", "what"),
        [(f"`{k}`", v) for k, v in ASSUME.items()],
    )
    yield section(
        "Configuration",
        "`--config FILE.toml` (at the top, or in a table `[audit]`), and `[tool.whytransfer]` of a pyproject.toml in the working directory, take the names of "
        "the options of [`audit`](cli.md) without their dashes: "
        + ", ".join(f"`{key}`" for key in configuration())
        + ".",
        (),
        [],
    )
    yield section(
        "Divergences",
        "`wt.divergence(name, Xs, Xt)`.",
        ("name", "what", "source"),
        _registered("divergences", "DIVERGENCES"),
    )
    yield section(
        "Classes of hypotheses",
        "`wt.hypotheses(name)`. A surrogate's search gives no upper limit of a supremum.",
        ("name", "what", "optimum"),
        [
            (f"`{k}`", cell(first(v)), "exact" if v.exact else "surrogate")
            for k, v in _registry("hypotheses", "HYPOTHESES").items()
        ],
    )
    yield section(
        "Intervals",
        "`wt.interval(name, errors, n)`.",
        ("name", "what", "source"),
        _registered("claims.intervals", "INTERVALS"),
    )
    yield section(
        "Theorems",
        "`wt.theorem(name, …)`.",
        ("name", "terms"),
        [
            (f"[`{k}`](../theory/{k}.md)", ", ".join(f"`{term}`" for term in needs))
            for k, needs in wt.theorems().items()
        ],
    )
    # `### name: title` of the page, as the site and forges make an anchor of it.
    headings = re.findall(r"^### (`(\w+)`.*)$", METHODS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    anchors = {name: slugify(heading.replace("`", ""), "-") for heading, name in headings}
    estimators = {**_registry("estimators", "ESTIMATORS"), **_registry("estimators", "LOSS_ESTIMATORS")}
    yield section(
        "Estimators",
        "",
        ("name", "what"),
        [(f"[`{k}`](../estimators.md#{k})", cell(first(v))) for k, v in sorted(estimators.items())],
    )
    yield section(
        "Adaptation methods",
        "",
        ("name", "what"),
        [
            (f"[`{k}`](../methods.md#{anchors[k]})", cell(first(v)))
            for k, v in _registry("methods", "METHODS").items()
        ],
    )
    yield section(
        "Learners",
        "`--learner`, `model=`.",
        ("name", "what"),
        [(f"`{k}`", v) for k, v in _registry("models.learners", "TITLES").items()],
    )
    metrics = {k: v.title for k, v in _registry("metrics", "METRICS").items()} | {
        "cost:FILE": "a mean cost, its matrix from a file"
    }
    yield section(
        "Metrics",
        "`--metric`; `error` by default. How each is proved: [how-to](../how-to/metrics.md).",
        ("name", "what"),
        [(f"`{k}`", v) for k, v in metrics.items()],
    )
    yield section(
        "Worlds",
        "`wt.lab.‹name›(…)`, `whytransfer lab`.",
        ("name", "what"),
        [(f"`{k}`", cell(first(v))) for k, v in wt.lab.WORLDS.items()],
    )


def section(title: str, said: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """A heading, a sentence, a table."""
    parts = [f"## {title}", ""]
    if said:
        parts += [said, ""]
    if head:
        parts += [
            f"| {' | '.join(head)} |",
            "|" + "---|" * len(head),
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
        ]
    return parts


def told(kind: type) -> list[tuple[object, str]]:
    """The members of an enumeration with what stands below each."""
    return [(kind[name], said) for name, _, said in names.members(kind) if name in kind.__members__]


def cell(text: str) -> str:
    """Text that may stand in a table."""
    return names.escaped(text).replace("\\|", "|").replace("|", "\\|")


def first(thing: object) -> str:
    """The first paragraph of a docstring in one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def _registry(room: str, name: str) -> Mapping[str, object]:
    return getattr(importlib.import_module(f"whytransfer.{room}"), name)


def _registered(room: str, name: str) -> list[tuple[str, str, str]]:
    """Name, first paragraph and source of what a room holds."""
    return [
        (f"`{k}`", cell(first(v)), f"`{v.reference}`" if getattr(v, "reference", None) else "")
        for k, v in _registry(room, name).items()
    ]


def assumptions() -> dict[str, str]:
    """Every assumption that the package's source names, with its text where that is fixed."""
    found: dict[str, str] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in (
                "Assumption",
                "declared",
            ):
                continue
            given = {k.arg: k.value for k in node.keywords} | dict(
                zip(("id", "text"), node.args, strict=False)
            )
            id_, text = given.get("id"), given.get("text")
            if isinstance(id_, ast.Constant):
                found[id_.value] = found.get(id_.value) or _written(text)
    return dict(sorted(found.items()))


def _written(text: ast.expr | None) -> str:
    """A string as it stands in the source; of what is filled in, the dots."""
    if isinstance(text, ast.Constant):
        return str(text.value)
    if isinstance(text, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in text.values)
    return ""


def configuration() -> list[str]:
    """The options of `audit` that a file may hold."""
    import typer

    from whytransfer.cli.app import app

    command = typer.main.get_command(app).commands["audit"]
    kept = (
        p.name for p in command.params if p.param_type_name == "option" and p.name not in ("config", "help")
    )
    return sorted(name.replace("_", "-") for name in kept)
