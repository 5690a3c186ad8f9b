"""The structure that DESIGN promises: imports point one way, heavy libraries wait, the public names are pinned."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import whytransfer as wt

SRC = Path(wt.__file__).parent
ROOMS = [
    ["compiled", "errors", "names", "threads", "wording"],
    ["claims"],
    ["io"],
    ["problem", "features"],
    ["summaries", "scale"],
    ["overlap", "hypotheses"],
    ["divergences", "metrics"],
    ["models"],
    ["theorems"],
    ["backtest"],
    ["estimators"],
    ["diagnosis"],
    ["methods"],
    ["choice"],
    ["labels"],
    ["verdict"],
    ["steps"],
    ["result"],
    ["audit", "adapt", "certify", "bibliography"],
    ["baseline", "several", "compare"],
    ["diff", "transfer_classifier", "scorer"],
    ["report", "lab"],
    ["demo"],
    ["cli"],
    ["__init__", "__main__"],
]
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
# A result knows how to write itself: inside the methods of Audit that write and read, the arrow points up, to the report.
ARGUED = {("result", "report"), ("several", "report")}
MODULES = sorted(SRC.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imported_rooms(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("whytransfer."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "whytransfer":
            found |= {alias.name if alias.name in FLOOR else "__init__" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("whytransfer.")}
            found |= {"__init__" for a in node.names if a.name == "whytransfer"}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_imports_never_point_up(path):
    here = room_of(path)
    above = {
        room
        for room in imported_rooms(ast.parse(path.read_text(encoding="utf-8")))
        if FLOOR[room] > FLOOR[here] and (here, room) not in ARGUED
    }
    assert not above, f"{here} imports {sorted(above)}, which stand above it"


def test_the_walk_would_see_an_upward_import():
    tree = ast.parse("from whytransfer.cli import main\nimport whytransfer.audit\nimport whytransfer as wt")
    assert imported_rooms(tree) == {"cli", "audit", "__init__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_no_assert_and_no_global_randomness(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    text = path.read_text(encoding="utf-8")
    for forbidden in (
        "np.random.seed",
        "set_config(",
        'simplefilter("ignore")\n\n',
        "pickle.load",
        "joblib.load",
    ):
        assert forbidden not in text


HEAVY = ("torch", "dask", "altair", "matplotlib", "skrub", "numba", "sklearn", "pandas", "scipy.stats", "ot")


def test_import_is_light():
    code = f"import sys, whytransfer; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_is_imported_when_it_is_asked_for():
    code = "import sys, whytransfer; print([m for m in sys.modules if m == 'numpy' or m.startswith('whytransfer.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_room_that_was_imported_does_not_hide_its_door():
    code = (
        "import whytransfer.hypotheses.stumps, whytransfer.audit, whytransfer as wt, types;"
        "doors = (wt.adapt, wt.audit, wt.certify, wt.divergences, wt.hypotheses, wt.theorems);"
        "assert all(isinstance(door, types.FunctionType) for door in doors)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_import_changes_no_global_setting():
    code = (
        "import sklearn, warnings, numpy as np; before = (sklearn.get_config(), list(warnings.filters), np.geterr());"
        "import whytransfer, whytransfer.models.learners;"
        "assert (sklearn.get_config(), list(warnings.filters), np.geterr()) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names_are_sorted_and_pinned():
    assert wt.__all__ == sorted(wt.__all__)
    assert dir(wt) == wt.__all__
    for name in wt.__all__:
        assert getattr(wt, name) is not None


def test_contract_names_exist():
    names = [
        "Problem",
        "audit",
        "adapt",
        "TransferClassifier",
        "ThreeArrays",
        "make_scorer",
        "Baseline",
        "plan_labels",
        "certify",
        "divergence",
        "divergences",
        "cite",
        "hypotheses",
        "theorem",
        "theorems",
        "interval",
        "lab",
        "Audit",
        "Predictions",
    ]
    assert set(names) <= set(wt.__all__)
