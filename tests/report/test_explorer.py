"""The explorer: it starts where the verdict stands, follows its rules, and says nothing it may not."""

import json

import pytest

import whytransfer as wt
from tests.report.documents import answers, hostile
from whytransfer.report import explorer, to_html, vega
from whytransfer.report.explorer import RANK, Sliders, answer_at, rows_of
from whytransfer.verdict import Answer, Basis, Requirement, decide


@pytest.fixture(scope="module")
def audit():
    problem = wt.lab.gaussians(mean=0.5).sample(200, 200, seed=0)
    return wt.audit(problem, tolerance=0.2, assume={"class": "stumps", "lambda": 0.02})


def test_it_starts_where_the_verdict_stands(audit):
    for document in (*answers().values(), audit.document):
        chart = explorer.spec(document)
        if document["verdict"]["answer"] == "not_comparable":
            assert chart is None
            continue
        start = {param["name"]: param["value"] for param in chart["params"]}
        at = Sliders(**{"lambda_" if k == "lambda" else k: v for k, v in start.items()})
        assert answer_at(chart["data"]["values"], at, 1) == document["verdict"]["answer"]


def test_it_follows_the_rules_of_the_verdict(audit):
    """`decide` on the same claims with another requirement, at every tolerance of the slider."""
    rows = [row for row in rows_of(audit.document) if row["moves"] == "nothing"]
    claims = [c for c in audit.claims if "lambda" not in str(c.detail.get("asserted", ""))]
    claims = [c for c in claims if c.theorem not in {"hdh", "disparity", "lagrangian", "localised"}]
    seen = set()
    for step in range(0, 201, 4):
        tolerance = step / 200
        requirement = Requirement(value=tolerance, quantity="target_error", kind="tolerance")
        for required in Basis:
            expected = decide(claims, requirement, required=required).answer
            answer = answer_at(rows, Sliders(tolerance=tolerance), RANK[str(required)])
            assert Answer(answer) is expected, (tolerance, required)
            seen.add(answer)
    assert seen == {"works", "fails", "undecided"}


def test_a_bound_at_its_break_even_is_the_requirement(audit):
    tolerance = audit.document["verdict"]["requirement"]["value"]
    by_name = {row["name"]: row for row in rows_of(audit.document) if row["moves"] == "lambda"}
    uppers = {
        c.theorem: c.upper for c in audit.claims if c.hypothesis_class == "stumps" and c.upper is not None
    }
    for theorem in ("hdh", "disparity"):
        row = next(row for name, row in by_name.items() if explorer.words.theorem(theorem) in name)
        # λ was asserted at .02: the claim's limit is the row's at that λ.
        assert row["base"] + 0.02 == pytest.approx(uppers[theorem], abs=1e-12)
        item = next(i for i in audit.document["break_even"] if i["theorem"] == theorem)
        assert row["base"] + item["lambda"] == pytest.approx(tolerance, abs=1e-12)


def test_the_localised_bound_is_not_moved_beyond_where_it_was_worked_out(audit):
    """Its supremum grows with λ: at λ beyond the break-even, and beyond what was asserted, base + λ would be too small."""
    even = next(i["lambda"] for i in audit.document["break_even"] if i["theorem"] == "localised")
    claim = next(c for c in audit.claims if c.theorem == "localised")
    rows = [r for r in rows_of(audit.document) if "localised" in r["name"] and r["moves"] == "lambda"]
    assert sorted(row["most"] for row in rows) == sorted([even, 0.02])

    def limit(lam):
        found = [explorer.limits_at(row, Sliders(tolerance=0.2, lambda_=lam))[1] for row in rows]
        return min((value for value in found if value is not None), default=None)

    assert limit(0.02) == pytest.approx(claim.upper, abs=1e-12)
    assert limit(max(even, 0.02) + 0.005) is None
    assert "lambda <= datum.most" in json.dumps(explorer.spec(audit.document))


def test_labels_count_as_a_certificate(audit):
    points = audit.document["curves"]["budget"]
    rows = rows_of(audit.document)
    for point in points:
        claim = wt.interval(
            "clopper_pearson", point["errors"], point["labels"], delta=audit.document["delta"] / 2
        )
        assert (point["lower"], point["upper"]) == pytest.approx((claim.lower, claim.upper), abs=1e-12)
    last = points[-1]
    at = Sliders(tolerance=last["upper"], labels=last["labels"])
    assert answer_at(rows, at, RANK["certified"]) == "works"


def test_the_specification_is_valid_vega_lite(audit):
    altair = pytest.importorskip("altair")
    altair.LayerChart.from_dict(explorer.spec(audit.document))


def test_a_rise_of_the_error_has_no_explorer(audit):
    document = json.loads(json.dumps(audit.document))
    document["verdict"]["requirement"]["kind"] = "max_drop"
    assert explorer.spec(document) is None


def test_an_unlike_problem_keeps_its_estimate_from_deciding(audit):
    document = answers()["works"]
    document["verdict"]["answer"], document["provenance"]["options"]["require"] = "undecided", "estimated"
    chart = explorer.spec(document)
    assert chart is None or all(row["rank"] > RANK["estimated"] for row in chart["data"]["values"])


def test_an_estimate_that_labels_contradict_moves_no_slider(audit):
    document = json.loads(json.dumps(audit.document))
    panel = next(c for c in document["claims"] if c["id"] == "target_error.panel")
    direct = {**panel, "id": "target_error.direct", "level": "proved", "assumptions": [], "detail": {}}
    document["claims"].append({**direct, "lower": panel["upper"] + 0.01, "upper": panel["upper"] + 0.2})
    assert RANK["estimated"] in ranks_of(audit.document)
    assert RANK["estimated"] not in ranks_of(document)


def ranks_of(document):
    return {row["rank"] for row in rows_of(document)}


def test_what_forbids_deciding_forbids_it_at_every_requirement(audit):
    assert ranks_of(audit.document) == set(RANK.values())
    apart = json.loads(json.dumps(audit.document))
    apart["diagnosis"]["overlap"]["no_overlap"] = True
    assert RANK["conditional"] not in ranks_of(apart)
    unlike = json.loads(json.dumps(audit.document))
    panel = next(c for c in unlike["claims"] if c["id"] == "target_error.panel")
    panel["detail"]["distance"] = panel["detail"]["typical_distance"] + 1.0
    assert RANK["estimated"] not in ranks_of(unlike)
    for small in ({"target": {"rows": 19, "labelled": 19}}, {"classes": ["a"]}):
        assert explorer.spec({**audit.document, "problem": {**audit.document["problem"], **small}}) is None


def test_no_string_of_the_document_closes_the_script():
    page = to_html(hostile())
    assert "<script>alert" not in page
    assert page.count("</script") in (0, 2)


def test_without_the_library_the_page_is_complete_and_static(monkeypatch, audit):
    monkeypatch.setattr(vega, "bundle", lambda start: None)
    page = to_html(audit.document)
    assert page == to_html(audit.document, interactive=False)
    assert "<script" not in page
    assert "script-src" not in page
    assert "What can be said" in page
    assert "What labels would settle" in page


@pytest.mark.parametrize("document", [*answers().values(), hostile()], ids=[*answers(), "hostile"])
def test_nothing_else_of_the_page_changes(document):
    """The page with sliders, without their section, their script and their policy, is the page without."""
    page = to_html(document)
    for begins, ends in (
        ('<section id="explorer"', "</section>\n"),
        ("<script>", "</script>\n"),
        ("script-src", "; "),
    ):
        start = page.find(begins)
        if start >= 0:
            page = page[:start] + page[page.index(ends, start) + len(ends) :]
    assert page == to_html(document, interactive=False)


def test_the_page_stays_small(audit):
    assert len(to_html(audit.document).encode()) < 1_500_000
