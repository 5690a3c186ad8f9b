"""A verdict a sub-group, and a verdict a target: δ shared, the model trained once, the worst answer told."""

import json
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from tests.report.documents import answers, hostile, several
from whytransfer.cli import run
from whytransfer.models import subject
from whytransfer.report import to_json, to_pages
from whytransfer.result import audit_of_document
from whytransfer.several import WORST_FIRST, _document
from whytransfer.steps import several as steps


class Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def frame(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return pd.DataFrame({"x": x, "y": np.where(x + 0.2 * rng.normal(size=n) > 0, "yes", "no")})


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("several")
    sites = ["north"] * 26 + ["south"] * 24 + [None] * 4
    # Few enough that no estimator speaks: what is counted is what matters here.
    frame(38, 1).to_csv(folder / "source.csv", index=False)
    frame(54, 2).assign(site=sites).to_csv(folder / "target.csv", index=False)
    frame(30, 3)[["y"]].assign(z=1.0).to_csv(folder / "other.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def by_site(files):
    """The audits of three sub-groups, by the command line; and how often a model was trained."""
    trained = []
    monkeypatch = pytest.MonkeyPatch()
    train = subject.train
    monkeypatch.setattr(subject, "train", lambda *a, **k: trained.append(1) or train(*a, **k))
    out = files / "audits.json"
    arguments = [
        "audit",
        files / "source.csv",
        files / "target.csv",
        "--label",
        "y",
        "--by",
        "site",
        "--use-target-labels",
    ]
    arguments += [
        "--learner",
        "stump",
        "--tolerance",
        0.6,
        "--time-budget",
        0,
        "--json",
        out,
        "--html",
        files / "index.html",
    ]
    code = run([str(a) for a in arguments])
    monkeypatch.undo()
    return code, wt.Audits.from_json(out), len(trained)


def test_sub_groups_share_delta_and_one_model(by_site, files):
    code, audits, trained = by_site
    assert list(audits.audits) == ["(missing)", "north", "south"] and trained == 1
    assert code == audits.exit_code == 11 and audits.answer is wt.Answer.UNDECIDED
    target = frame(54, 2)
    for name, rows in (("north", slice(0, 26)), ("south", slice(26, 50))):
        audit = audits[name]
        direct = audit.claim("target_error.direct")
        assert audit.document["problem"]["target"]["rows"] == len(target[rows])
        assert direct.detail["delta"] == 0.05 / 2 / 2
        exact = wt.interval(
            "clopper_pearson", errors=direct.detail["errors"], n=len(target[rows]), delta=0.0125, side="both"
        )
        assert (direct.lower, direct.upper) == pytest.approx((exact.lower, exact.upper), abs=1e-12)
        spent = sum(s["delta"] for s in audit.document["provenance"]["delta_spent"])
        assert spent <= 0.025 + 1e-12
    digests = {a.document["provenance"]["digests"]["source"] for a in audits.audits.values()}
    assert len(digests) == 1 and "δ = 0.025 per side" in audits.document["sharing"]


def test_a_group_of_fewer_than_twenty_rows_is_undecided_and_spends_nothing(by_site):
    few = by_site[1]["(missing)"]
    assert few.verdict.answer is wt.Answer.UNDECIDED and "4 rows" in few.verdict.reason
    assert [c.id for c in few.claims] == ["target_error.panel"] and not few.claims[0].says_something
    assert (
        few.document["provenance"]["delta_spent"] == []
        and few.document["provenance"]["options"]["delta"] == 0.025
    )


def test_what_is_written_is_read_back_and_linked(by_site, files):
    audits = by_site[1]
    assert json.loads(audits.to_json()) == json.loads((files / "audits.json").read_text())
    index = Page((files / "index.html").read_text(encoding="utf-8"))
    links = [attrs["href"] for tag, attrs in index.elements if tag == "a"]
    assert links == ["index.1.html", "index.2.html", "index.3.html"]
    assert all((files / link).read_text(encoding="utf-8").startswith("<") for link in links)
    assert "north" in index.text and "UNDECIDED" in index.text
    audits.to_html(files / "again.html")
    assert (files / "again.2.html").read_bytes() == (files / "index.2.html").read_bytes()
    assert audits.to_junit(files / "a.xml") == (files / "a.xml").read_text(encoding="utf-8")
    assert "| north | WORKS" in audits.to_markdown()
    flat = audits.metrics()
    assert flat["north/target_error.direct.upper"] == audits["north"].claim("target_error.direct").upper
    assert flat["exit_code"] == 11.0 and all(type(value) is float for value in flat.values())
    with pytest.raises(wt.InputError, match="several audits"):
        wt.Audit.from_json(files / "audits.json")


def test_a_saved_document_of_several_is_rendered(files, by_site, capsys):
    assert run(["report", str(files / "audits.json")]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("UNDECIDED: of 3 sub-groups 1 is undecided ((missing)), 2 work")
    assert run(["report", str(files / "audits.json"), "--junit", "-"]) == 0
    assert 'tests="3" failures="1"' in capsys.readouterr().out


def test_several_targets_are_named_by_their_files_and_the_worst_decides(files, capsys):
    other = files / "again.csv"
    other.write_bytes((files / "other.csv").read_bytes())
    code = run(
        [
            "audit",
            str(files / "source.csv"),
            str(files / "other.csv"),
            str(other),
            "--label",
            "y",
            "--json",
            "-",
        ]
    )
    document = json.loads(capsys.readouterr().out)
    assert code == 12 and document["kind"] == "targets" and document["verdict"]["exit_code"] == 12
    assert [one["name"] for one in document["audits"]] == ["other.csv", "again.csv"]
    assert document["audits"][0]["audit"]["delta"] == 0.025


def test_the_worst_answer_in_its_stated_order():
    audits = {name: audit_of_document(document) for name, document in answers().items()}
    told = {"kind": "targets", "column": None, "delta": 0.05, "sharing": "equal"}
    left = dict(audits)
    for answer in WORST_FIRST:
        assert _document(left, told, 0)["verdict"]["answer"] == answer.value
        del left[answer.value]
    assert [a.value for a in WORST_FIRST] == ["fails", "not_comparable", "undecided", "works"]


def test_every_share_of_delta_adds_up():
    problem = wt.Problem(np.zeros((4, 1)), [0, 1, 0, 1], np.zeros((70, 1)))
    parts = steps.by_group(problem, np.repeat([1.0, 2.0, np.nan], [40, 25, 5]))
    assert {name: part.target.n for name, part in parts.items()} == {"(missing)": 5, "1.0": 40, "2.0": 25}
    assert steps.share(parts, 0.05, groups=True).each == 0.025
    assert steps.share(parts, 0.06, groups=False).each == pytest.approx(0.02)


def test_predictions_go_with_their_rows():
    problem = wt.Problem(np.zeros((2, 1)), [0, 1], np.zeros((6, 1)))
    values, said = list("abcabc"), wt.Predictions([0, 1], [0, 1, 0, 1, 1, 0], None, np.linspace(0, 1, 6))
    parts = steps.sliced(said, steps.by_group(problem, values), values)
    assert parts["a"].target.tolist() == [0, 1] and parts["c"].proba_target.tolist() == [0.4, 1.0]


def test_hostile_names_stay_text():
    pages = to_pages(several(hostile()), "x.html")
    page = Page(pages["x.html"])
    assert list(pages) == ["x.1.html", "x.2.html", "x.3.html", "x.html"]
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "img"}) and "<script>alert(1)" in page.text
    assert to_json(several(hostile()))


def test_the_index_tells_what_is_said_of_all_and_numbers_stand_under_each_other():
    document = several()
    document["warnings"] = ["one sub-group has too few rows"]
    text = to_pages(document, "x.html")["x.html"]
    assert "<li><bdi>One sub-group has too few rows.</bdi></li>" in text
    assert text.count('class="num"') == 4 * (1 + len(document["audits"]))
    assert "Warnings of all" not in to_pages(several() | {"warnings": []}, "x.html")["x.html"]


REFUSED = {
    "both": (["source.csv", "target.csv", "other.csv", "--label", "y", "--by", "site"], "exclude"),
    "labels of one": (
        ["source.csv", "target.csv", "other.csv", "--label", "y", "--target-labels", "l.csv"],
        "one target",
    ),
    "twice": (["source.csv", "target.csv", "target.csv", "--label", "y"], "given twice"),
    "no such column": (["source.csv", "target.csv", "--label", "y", "--by", "sites"], "did you mean 'site'"),
    "standard input": (["source.csv", "-", "--label", "y", "--by", "site"], "twice"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_meaning_is_refused_in_one_line(name, files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    arguments, word = REFUSED[name]
    assert run(["audit", *arguments]) == 2
    said = capsys.readouterr().err
    assert word in said and len(said.strip().splitlines()) == 1


def test_the_function_refuses_too():
    problem = wt.Problem(np.zeros((2, 1)), [0, 1], np.zeros((300, 1)))
    for wrong in (
        lambda: wt.audit_each(problem),
        lambda: wt.audit_each({}),
        lambda: wt.audit_each({"a": problem}, by=[1]),
        lambda: wt.audit_each(problem, by=[1]),
        lambda: wt.audit_each(problem, by=np.arange(300)),
        lambda: wt.audit_each(problem, by=np.zeros(300), tolerence=0.1),
    ):
        with pytest.raises(wt.InputError):
            wrong()
