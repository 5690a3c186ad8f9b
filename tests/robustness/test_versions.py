"""Results that version 0.1.0 saved stay readable; without extras everything but the extras' own work is done."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import whytransfer as wt
from tests.robustness.material import QUICK, STUMP
from whytransfer.cli import run
from whytransfer.labels import LabelPlan

GOLDEN = Path(__file__).parent / "golden"


def test_an_audit_of_version_0_1_is_read_and_rendered(tmp_path, capsys):
    path = GOLDEN / "audit-0.1.0.json"
    audit, document = wt.Audit.from_json(path), json.loads(path.read_text())
    assert (audit.verdict.answer, audit.verdict.basis) == ("works", "certified")
    assert [c.id for c in audit.claims] == [c["id"] for c in document["claims"]]
    # 60 rows, no error among them that is not counted in the file: Clopper and Pearson's limit is a closed form of both.
    direct = audit.claim("target_error.direct")
    assert direct.upper == pytest.approx(
        wt.interval("clopper_pearson", direct.detail["errors"], 60, delta=0.025).upper, abs=1e-12
    )
    assert run(["report", str(path), "--html", str(tmp_path / "a.html")]) == 0
    assert run(["report", str(path)]) == 0
    assert "WORKS" in capsys.readouterr().out
    assert (tmp_path / "a.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_a_plan_of_version_0_1_is_read_and_certified(tmp_path, capsys):
    plan = LabelPlan.read(GOLDEN / "rows-0.1.0.plan.json")
    assert (plan.n, plan.m, plan.requirement) == (12, 60, 0.4)
    header, *lines = (GOLDEN / "rows-0.1.0.csv").read_text().splitlines()
    sheet = tmp_path / "rows.csv"
    sheet.write_text("\n".join([header, *(line + "no" for line in lines)]) + "\n")
    code = run(["labels", "certify", str(sheet), "--plan", str(GOLDEN / "rows-0.1.0.plan.json"), "-q"])
    assert code in (0, 10, 11)
    assert capsys.readouterr().out.startswith(("WORKS", "FAILS", "UNDECIDED"))


EXTRAS = ("torch", "dask", "distributed", "altair", "vl_convert", "PIL", "efficientnet_lite_pytorch", "wordllama", "polars",
          "jsonschema", "hypothesis", "matplotlib", "skada", "selenium")  # fmt: skip

WITHOUT = f"""
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
from whytransfer.cli import run
sys.exit(run(["audit", *sys.argv[1:3], "--html", sys.argv[3], *{(*QUICK, *STUMP)!r}]))
"""


def test_without_extras_it_audits(pair, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, pair.paths), str(tmp_path / "a.html")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 10, 11) and "Traceback" not in done.stderr
    assert (tmp_path / "a.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_what_extras_would_add_is_said(monkeypatch):
    from whytransfer.methods.network import torch_module
    from whytransfer.scale.engines import Dask

    for module in ("torch", "distributed"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(wt.WhyTransferError, match=r"pip install 'whytransfer\[deep\]'"):
        torch_module()
    with pytest.raises(wt.WhyTransferError, match=r"pip install 'whytransfer\[dask\]'"):
        Dask(scheduler="tcp://nowhere:1").run([])
