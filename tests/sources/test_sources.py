"""Several sources: the mixture is found, the combination beats one model of all rows, pairs are told apart, δ adds up."""

import json

import numpy as np
import pytest

import whytransfer as wt
from whytransfer.errors import InputError
from whytransfer.models.combined import DistributionWeighted


def test_the_mixture_is_found(found):
    weights = {one["name"]: one["weight"] for one in found.document["sources"]["each"]}
    assert weights["north"] == pytest.approx(75 / 200, abs=0.1)
    assert weights["south"] == pytest.approx(125 / 200, abs=0.1)
    assert weights["odd"] < 0.02


def test_em_by_hand():
    """z is the fixed point of the mean posterior: on two sources that never meet it counts the target's rows."""
    X = np.concatenate([np.arange(20.0), 1000 + np.arange(20.0)])[:, None]
    y, d = np.tile(["a", "b"], 20), np.repeat(["left", "right"], 20)
    target = np.concatenate([np.arange(5.0), 1000 + np.arange(15.0)])[:, None]
    made = DistributionWeighted("stump").fit(X, y, domains=d, target=target)
    assert made.mixture_ == pytest.approx([0.25, 0.75], abs=0.02)
    assert made.weights(np.array([[3.0]]))[0] == pytest.approx([1.0, 0.0], abs=0.01)
    assert DistributionWeighted("stump").fit(X, y, domains=d).mixture_.tolist() == [0.5, 0.5]


def test_which_source_transfers_and_which_go_together(found):
    told = found.document["sources"]
    there = {
        one["name"]: next(c for c in one["claims"] if c["id"] == "target_error.direct")
        for one in told["each"]
    }
    assert max(there, key=lambda name: there[name]["estimate"]) == "odd"
    assert all(c["level"] == "proved" for c in there.values())
    assert found.claim("target_error.direct").estimate < min(c["estimate"] for c in there.values())
    pair = next(p for p in told["pairs"] if (p["from"], p["to"]) == ("north", "odd"))
    claims = {c["id"]: c for c in pair["claims"]}
    # One rule for both has to fail somewhere: λ's proved lower limit is above what noise alone costs.
    assert claims["adaptability.stumps"]["estimate"] > 0.3
    assert claims["adaptability.stumps"]["lower"] is not None
    assert [p["reason"] for p in told["pairs"]] == [None] * 6


def test_delta_adds_up(found):
    told = found.document["sources"]
    claims = [c for part in (*told["each"], *told["pairs"]) for c in part["claims"]]
    spent = sum(c["detail"].get("delta") or 0.0 for c in claims if c["level"] in ("proved", "conditional"))
    whole = sum(item["delta"] for item in found.document["provenance"]["delta_spent"])
    assert spent + whole <= 0.05 + 1e-12
    assert found.document["delta"] == 0.05


def test_there_and_back_and_the_report(found, tmp_path):
    found.to_json(tmp_path / "a.json")
    assert wt.Audit.from_json(tmp_path / "a.json").document == found.document
    found.to_html(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert ">Sources<" in page and "and south: λ of stumps" in page
    from io import StringIO

    from rich.console import Console

    from whytransfer.report import render

    out = StringIO()
    render(json.loads(found.to_json()), Console(file=out, width=100))
    assert "Between sources" in out.getvalue()


def test_adapting_takes_the_combination_where_labels_show_it(problem, tables):
    rng = np.random.default_rng(1)
    labels = problem.classes[problem.target.labels]
    rows = rng.permutation(200)[:120]
    made = wt.adapt(
        problem, learner="stump", target_labels={int(r): labels[r] for r in rows}, domains=tables[0].site
    )
    assert made.choice.name == "distribution_weighted" and made.choice.lower > 0
    assert made.claim("expected_gain").confidence == 0.95  # of whichever of the four is chosen
    rest = np.setdiff1d(np.arange(200), rows)
    taken = problem.target.take(rest)
    kept = wt.adapt(problem, learner="stump", target_labels={0: labels[0]}, domains=tables[0].site)
    assert kept.choice.name == "source"
    assert (made.predict(taken) != labels[rest]).mean() < (kept.predict(taken) != labels[rest]).mean()
    assert made.claim("loss_ceiling").upper < 1.0
    assert {c.name for c in made.candidates} == {
        "source",
        "distribution_weighted",
        "source.north",
        "source.odd",
        "source.south",
    }


def test_rows_that_compare_the_combination_did_not_fit_its_shares(problem, tables, monkeypatch):
    seen = []
    fit = DistributionWeighted.fit

    def heard(self, X, y, *, domains, target=None):
        seen.append(set(np.asarray(target["a"]).tolist()))
        return fit(self, X, y, domains=domains, target=target)

    monkeypatch.setattr(DistributionWeighted, "fit", heard)
    labels = problem.classes[problem.target.labels]
    rows = np.random.default_rng(1).permutation(200)
    made = wt.adapt(
        problem,
        learner="stump",
        target_labels={int(r): labels[r] for r in rows[:120]},
        domains=tables[0].site,
    )
    compared = set(tables[1]["a"].to_numpy()[rows[:120]].tolist())
    assert len(seen) == 1 and len(seen[0]) > 20 and not seen[0] & compared
    assert made.choice.name == "distribution_weighted"
    assert made.claim("expected_gain").level is wt.Level.CONDITIONAL
    # With labels of every row nothing is left to fit them on: the gain is an estimate then.
    every = wt.adapt(problem, learner="stump", target_labels=dict(enumerate(labels)), domains=tables[0].site)
    assert every.choice.name == "distribution_weighted" and seen[-1]
    assert every.claim("expected_gain").level is wt.Level.ESTIMATED


def test_without_labels_only_a_mixture_is_chosen_for(problem, tables):
    blind = wt.adapt(problem, learner="stump", domains=tables[0].site)
    assert blind.choice.rule == "label_free"
    assert blind.claim("expected_gain").level is wt.Level.ESTIMATED
    moved = problem.target.frame() + 1.5
    elsewhere = wt.Problem(problem.source.frame(), problem.classes[problem.source.labels], moved)
    refused = wt.adapt(elsewhere, learner="stump", domains=tables[0].site)
    assert refused.choice.kept and "no mixture of the sources" in refused.choice.why


@pytest.mark.parametrize(
    ("domains", "words"),
    [
        (lambda d: d[:10], "one a source row"),
        (lambda d: d.where(d.index > 0), "row 0 of the source names none"),
        (lambda d: d.map(lambda _: "all"), "two to 8 sources"),
        (lambda d: d.where(d.index > 5, "tiny"), "source 'tiny' has 6 labelled rows"),
    ],
)
def test_refused(problem, tables, domains, words):
    with pytest.raises(InputError, match=words):
        wt.audit(problem, "stump", tolerance=0.3, domains=domains(tables[0].site))


def test_one_model_of_many_sources_is_no_given_one(problem, tables):
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit([[0.0, 0.0], [1.0, 1.0]], ["no", "yes"])
    with pytest.raises(InputError, match="a fitted one can't be given"):
        wt.audit(problem, fitted, tolerance=0.3, domains=tables[0].site)
    with pytest.raises(InputError, match="leave methods out"):
        wt.adapt(problem, ["coral"], domains=tables[0].site)


def test_rows_that_chose_the_mixture_don_t_judge_it(found, problem):
    direct, wrong = found.claim("target_error.direct"), found.model.predict(problem.target.rows)
    errs = wrong != problem.classes[problem.target.labels]
    fresh = np.setdiff1d(np.arange(problem.target.n), found.splits.target_choose)
    assert direct.detail["rows"] == len(fresh) == 160
    assert direct.estimate == errs[fresh].mean()
    assert any(w.startswith("40 labelled target rows chose") for w in found.warnings)
    assert [w for w in found.warnings if "chose" in w] == [
        w for w in found.document["warnings"] if "chose" in w
    ]
    # A source alone chose nothing on the target: all its labels count.
    for one in found.document["sources"]["each"]:
        assert next(c for c in one["claims"] if c["id"] == "target_error.direct")["detail"]["rows"] == 200


def test_of_a_whole_file_every_label_counts(problem, tables):
    audit = wt.audit(
        problem,
        "stump",
        tolerance=0.3,
        domains=tables[0].site,
        theorems=[],
        time_budget=0,
        population="file",
    )
    claim = audit.claim("target_error.direct")
    assert claim.detail["rows"] == 200 and claim.lower == claim.upper


def test_a_source_in_the_target_s_place_is_a_sample_even_where_the_target_is_known_whole(problem, tables):
    audit = wt.audit(
        problem,
        "stump",
        tolerance=0.3,
        domains=tables[0].site,
        theorems=[],
        time_budget=0,
        population="file",
    )
    for pair in audit.document["sources"]["pairs"]:
        direct = next(c for c in pair["claims"] if c["id"] == "target_error.direct")
        assert direct["lower"] < direct["estimate"] < direct["upper"], pair["to"]
        assert direct["detail"].get("population") != "file"


def test_what_is_counted_without_weights_says_so(problem, tables):
    source, target = problem.source, problem.target
    weights = np.linspace(1.0, 2.0, source.n), np.linspace(1.0, 2.0, target.n)
    weighed = wt.Problem(
        source.frame(),
        problem.classes[source.labels],
        target.frame(),
        problem.classes[target.labels],
        weights=weights,
    )
    audit = wt.audit(
        weighed, "stump", tolerance=0.3, domains=tables[0].site, theorems=[], time_budget=0, max_weight=2.0
    )
    assert sum("pairs of sources are counted without weights" in w for w in audit.warnings) == 1
    assert audit.warnings[-1] in audit.document["warnings"]
    assert audit.claim("source_error").detail["max_weight"] == 2.0
    told = audit.document["sources"]
    apart = [c for one in (*told["each"], *told["pairs"]) for c in one["claims"]]
    assert apart and all("without weights" in c["detail"]["weights"] for c in apart)
    assert not any("no claim of this version" in w for one in told["each"] for w in one["warnings"])
