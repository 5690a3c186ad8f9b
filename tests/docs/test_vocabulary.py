"""Names and codes in the documents: what exists is documented, and what is documented exists."""

import re
from pathlib import Path

import pytest

import whytransfer as wt
from docs import vocabulary
from whytransfer.estimators import ESTIMATORS, LOSS_ESTIMATORS
from whytransfer.metrics import METRICS
from whytransfer.steps.options import ASSUMPTIONS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CLI = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
SOURCES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")}
# Options of other programs that the documents name, and of this repository's own scripts and benchmarks.
FOREIGN = {
    "--body-file": "gh",
    "--edit-last": "gh",
    "--create-if-none": "gh",
    "--check": "docs/build.py",
    "--measured": "benchmarks",
    "--root": "benchmarks",
    "--shipped": "benchmarks",
}


def families():
    """A pattern for each family of claims."""
    known = {
        "theorem": "|".join(wt.theorems()),
        "estimator": "|".join([*ESTIMATORS, *LOSS_ESTIMATORS]),
        "metric": "|".join([*METRICS, "cost"]),
        "name": "|".join(
            [*wt.divergences(), *vocabulary._registry("claims.intervals", "INTERVALS"), "hdh", "disparity"]
        ),
        "class": r"[\w()=,.]+",
    }
    for shown in vocabulary.CLAIMS:
        yield (
            shown,
            re.sub(r"‹(\w+)›", lambda m: f"(?:{known[m[1]]})", re.escape(shown).replace("\\.", r"\.")),
        )


@pytest.fixture(scope="module")
def ids():
    problem = wt.lab.gaussians(mean=1.0).sample(60, 60, seed=0)
    # No time for what may be skipped: the panel, what is counted and the divergences are always there.
    audit = wt.audit(problem, "stump", tolerance=0.4, theorems=["hdh", "tv_lower"], time_budget=0.001)
    return [claim.id for claim in audit.claims]


def test_every_claim_of_an_audit_is_of_a_family_that_the_page_has(ids):
    assert len(ids) > 15
    for id_ in ids:
        assert [s for s, pattern in families() if re.fullmatch(rf"{pattern}(\.[\w()=,.]+)?", id_)], id_
    assert not [s for s, pattern in families() if re.fullmatch(pattern, "target_error.by_guessing")]


def test_every_family_of_the_page_is_made_somewhere():
    written = "\n".join(SOURCES.values())
    for shown in vocabulary.CLAIMS:
        stem = re.split(r"[.‹]", shown)[0].rstrip("_")
        assert re.search(rf"[\"'{{ ]{stem}[\"'._{{]", written), shown


def test_the_keys_that_one_may_assert_are_those_of_the_product():
    assert set(vocabulary.ASSUME) == set(ASSUMPTIONS)


def test_an_assumption_that_the_source_names_is_found():
    found = vocabulary.assumptions()
    assert found["iid"].startswith("the rows of each domain are independent draws")
    assert "covariate_shift" in found and "no_such_assumption" not in found


def test_the_readme_has_every_answer_with_its_code():
    text = PAGES[0].read_text(encoding="utf-8")
    shown = re.findall(r"^\| ([A-Z ]+) \| (\d+) \|", text, flags=re.MULTILINE)
    assert dict(shown) == {answer.name.replace("_", " "): str(answer.exit_code) for answer in wt.Answer}


@pytest.mark.parametrize(
    "page", [p for p in PAGES if p.name != "cli.md"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_every_option_that_a_page_names_exists(page):
    text = page.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```(?:console|yaml|text|bash).*?```|`[^`\n]+`", text, flags=re.DOTALL))
    lines = [
        line
        for line in code.splitlines()
        if not re.search(r"python -m (?!whytransfer)|scripts/|\bpip\b|\bgit\b", line)
    ]
    named = {option for line in lines for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+[a-z]", line)}
    unknown = {o for o in named if not re.search(rf"{o}\b", CLI)} - FOREIGN.keys()
    assert unknown == set()
