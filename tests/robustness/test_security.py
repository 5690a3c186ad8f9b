"""What SECURITY.md promises, held against the source itself and against the page of dependencies."""

import ast
import re
import runpy
from pathlib import Path

import pytest

import whytransfer as wt

ROOT = Path(__file__).parents[2]
MODULES = sorted(Path(wt.__file__).parent.rglob("*.py"))
FORBIDDEN_MODULES = {
    "pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "joblib",
    "marshal",
    "shelve",
    "yaml",
    "subprocess",
    "requests",
    "http",
}
FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "system",
    "popen",
    "read_pickle",
    "to_pickle",
    "extractall",
}
UNSAFE_OPTIONS = {("allow_pickle", True), ("weights_only", False), ("shell", True), ("autoescape", False)}


def forbidden(module):
    # urllib.parse takes addresses apart; urllib.request would fetch.
    return module.split(".")[0] in FORBIDDEN_MODULES or module.startswith("urllib.request")


def faults(tree):
    """Where a module does what the promise excludes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if forbidden(a.name))
        elif isinstance(node, ast.ImportFrom) and forbidden(node.module or ""):
            yield node.module
        elif isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            owner = getattr(getattr(function, "value", None), "id", "")
            # re.compile compiles a pattern, model.eval() of torch switches dropout off: neither runs text.
            if (
                name in FORBIDDEN_CALLS
                and (name != "compile" or owner != "re")
                and (name != "eval" or node.args)
            ):
                yield f"{name}()"
            if name == "load" and owner in ("np", "numpy", "joblib", "pickle"):
                yield f"{owner}.load()"
            if (
                owner == "torch"
                and name == "load"
                and not any(k.arg == "weights_only" for k in node.keywords)
            ):
                yield "torch.load() without weights_only"
            for keyword in node.keywords:
                if (
                    isinstance(keyword.value, ast.Constant)
                    and (keyword.arg, keyword.value.value) in UNSAFE_OPTIONS
                ):
                    yield f"{keyword.arg}={keyword.value.value}"


def test_nothing_that_could_run_data_is_in_the_source():
    found = {str(p): list(faults(ast.parse(p.read_text(encoding="utf-8")))) for p in MODULES}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from joblib import load",
        "eval(x)",
        "np.load(p)",
        "f(allow_pickle=True)",
        "torch.load(p)",
        "os.system(x)",
    ],
)
def test_the_walk_would_see_it(text):
    assert list(faults(ast.parse(text)))


def test_the_page_of_dependencies_is_that_of_pyproject():
    command = runpy.run_path(str(ROOT / "docs" / "dependencies.py"))
    rows = re.findall(
        r"^\| (\S+) \| (\S*) \| ([\w, ]+) \| (.+) \|$",
        command["PAGE"].read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert {
        name: (limits, tuple(parts.split(", "))) for name, limits, parts, _ in rows if name != "Package"
    } == command["wanted"]()
    for name, _, _, licence in rows:
        assert not re.search(r"(?<!L)GPL", licence), name


def test_names_from_data_are_escaped_in_the_report(tmp_path, pair):
    """A column called like a script, all the way through the command line."""
    from tests.robustness.material import audit

    evil = "<script>alert(1)</script>"
    paths = [
        pair.csv(f"x{p.name}", f.rename(columns={"a": evil}))
        for p, f in zip(pair.paths, (pair.source, pair.target), strict=True)
    ]
    audit(*paths, "--html", tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert evil not in page and "&lt;script&gt;alert(1)" in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
