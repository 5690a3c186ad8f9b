"""The lab page: its grids are the worlds' exact truths, and the page says them with and without sliders."""

from fractions import Fraction

import pytest

import whytransfer as wt
from whytransfer.cli import run
from whytransfer.lab import XiFamily, explorable, page
from whytransfer.report import vega


def terms_at(rows, **at):
    return {row["term"]: row["value"] for row in rows if all(row[k] == v for k, v in at.items())}


@pytest.fixture(scope="module")
def html():
    return page.to_html()


@pytest.mark.parametrize("teeth", explorable.TEETH)
def test_the_comb_is_the_xi_family(teeth):
    rows, exact = explorable.comb(), XiFamily(xi=Fraction(1, teeth)).exact
    n = teeth // 2
    found = terms_at(rows, teeth=teeth, name="thresholds")
    assert found == pytest.approx(
        {"distance": float(exact["discrepancy.thresholds"]), "λ": float(exact["adaptability.thresholds"])},
        abs=1e-12,
    )
    found = terms_at(rows, teeth=teeth, name="intervals")
    assert found == pytest.approx(
        {"distance": float(exact["discrepancy.intervals"]), "λ": float(exact["adaptability.intervals"])},
        abs=1e-12,
    )
    for j in explorable.INTERVALS:
        # j intervals hold j source points and no target point; two of them differ on at most 2j runs.
        found = terms_at(rows, teeth=teeth, j=j)
        assert found == pytest.approx({"distance": min(1, 2 * j / n), "λ": max(0, 1 - j / n)}, abs=1e-12)
    assert terms_at(rows, teeth=teeth, name="all functions") == {"distance": 1.0, "λ": 0.0}


def test_every_bound_on_the_comb_reaches_the_error():
    rows = explorable.comb()
    sums = {}
    for row in rows:
        key = (row["teeth"], row["name"], row["j"])
        sums[key] = sums.get(key, 0.0) + row["value"]
    assert min(sums.values()) >= 1.0 - 1e-12


def test_bounds_on_gaussians_are_those_of_the_worked_example():
    terms, truths = explorable.gaussians()
    assert len(truths) == len(explorable.SHIFTS) * len(explorable.NOISES)
    truth = wt.lab.worked_example(shift=1.0, source_flip=0.1, target_flip=0.1).truth
    for bound, key in (
        ("HΔH", "hdh"),
        ("disparity", "disparity"),
        ("Lagrangian", "lagrangian"),
        ("version space", "version_space"),
    ):
        found = terms_at(terms, shift=1.0, noise=0.1, size=1_000, bound=bound)
        assert sum(v for k, v in found.items() if k != "sampling") == pytest.approx(
            truth[f"bound.{key}"], abs=1e-9
        )
    at = {
        "source_error": truth["error_source"],
        "adaptability": truth["adaptability.thresholds"],
        "disparity": truth["disparity.thresholds"],
    }
    upper = wt.theorem("disparity", **at, n=1_000, m=1_000).upper
    assert sum(
        terms_at(terms, shift=1.0, noise=0.1, size=1_000, bound="disparity").values()
    ) == pytest.approx(upper, abs=1e-12)
    for t in truths:
        for bound in ("HΔH", "disparity", "Lagrangian", "version space"):
            parts = terms_at(terms, shift=t["shift"], noise=t["noise"], size=100_000, bound=bound)
            assert sum(parts.values()) >= t["target"] - 1e-9
            assert min(parts.values()) >= -1e-12


def test_alignment_takes_the_distance_to_0_and_lambda_to_1():
    rows = explorable.alignment()
    for moved in (0.0, 0.25, 0.5):
        assert terms_at(rows, moved=moved, name="intervals") == {"distance": 1.0, "λ": 0.0}
    assert terms_at(rows, moved=1.0, name="intervals") == {"distance": 0.0, "λ": 1.0}
    assert terms_at(rows, moved=1.0, name="thresholds") == {"distance": 0.0, "λ": 1.0}
    # The two uniform laws have a common part of 2a − 1, and thresholds see all of the rest.
    for moved in (0.5, 0.75, 0.875):
        assert terms_at(rows, moved=moved, name="thresholds")["distance"] == pytest.approx(
            2 - 2 * moved, abs=1e-12
        )


def test_both_ends_are_zhaos_worlds():
    for moved, aligned in ((0.0, False), (1.0, True)):
        truth = wt.lab.zhao(aligned=aligned).truth
        for name in ("thresholds", "intervals"):
            found = terms_at(explorable.alignment(), moved=moved, name=name)
            assert found["λ"] == truth[f"adaptability.{name}"]
        assert (
            terms_at(explorable.alignment(), moved=moved, name="thresholds")["distance"]
            == truth["discrepancy.thresholds"]
        )


def test_charts_are_valid_vega_lite():
    altair = pytest.importorskip("altair")
    for panel in page.panels():
        for chart in panel.charts:
            altair.LayerChart.from_dict(chart)
            assert [p["name"] for p in chart["params"]] == panel.sliders


def test_the_page_is_static_and_complete_without_the_library(monkeypatch, html):
    monkeypatch.setattr(vega, "bundle", lambda start: None)
    static = page.to_html()
    assert static == page.to_html(interactive=False)
    assert "<script" not in static
    for panel in page.panels():
        assert panel.title in static
        assert all(cell in static for row in panel.rows for cell in row)
    assert len(static) < 60_000
    assert len(html.encode()) < 1_500_000


def test_the_command_writes_the_page(tmp_path, monkeypatch, capsys, html):
    monkeypatch.chdir(tmp_path)
    assert run(["lab", "--html", "lab.html"]) == 0
    assert (tmp_path / "lab.html").read_text(encoding="utf-8") == html
    assert run(["lab", "xi", "--html", "no/such/folder/x.html"]) == 2
    assert run(["lab"]) == 2
    assert "WORLD is missing" in capsys.readouterr().err
