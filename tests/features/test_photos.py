"""Photographs through the command line, with an encoder that takes no time."""

import base64
import io
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.features.images import BROKEN, Fake, folder_of
from whytransfer.cli import encoders, run
from whytransfer.features import read_photos, thumbnails
from whytransfer.features.turning import turned
from whytransfer.report import to_html

KINDS = ("mug", "pen")
QUICK = ("--theorem", "clopper_pearson", "--learner", "stump", "--time-budget", "0", "-q")


@pytest.fixture
def shop(tmp_path):
    """Labelled images here; darker ones there, once flat and once in class folders."""
    folder_of(tmp_path / "here", KINDS, count=16, level=0.3)
    folder_of(tmp_path / "there", KINDS, count=11, level=0.2, seed=1)
    folder_of(tmp_path / "flat", KINDS, count=11, level=0.2, seed=1, flat=True)
    return tmp_path


def call(*arguments):
    return run([str(a) for a in arguments])


def audited(shop, target, *more):
    out = shop / "a.json"
    code = call("audit", shop / "here", shop / target, "--label-from", "folder", *QUICK, "--json", out, *more)
    return code, json.loads(out.read_text(encoding="utf-8")) if code != 2 else None


def test_a_flat_target_is_unlabelled(shop, fake):
    code, told = audited(shop, "flat")
    assert code in (0, 10, 11)
    assert told["problem"]["label"] == "label" and told["problem"]["classes"] == list(KINDS)
    assert told["problem"]["source"] == {"rows": 32, "labelled": 32}
    assert told["problem"]["target"] == {"rows": 22, "labelled": 0}
    assert told["provenance"]["encoder"]["name"] == "fake"


def test_class_folders_of_the_target_are_set_aside_unless_asked_for(shop, fake):
    _, told = audited(shop, "there")
    assert told["problem"]["target"]["labelled"] == 0
    assert any("set aside" in w for w in told["warnings"])
    _, told = audited(shop, "there", "--use-target-labels")
    assert told["problem"]["target"]["labelled"] == 22
    assert any(c["id"] == "target_error.direct" for c in told["claims"])


def test_target_labels_by_path(shop, fake):
    labels = shop / "labels.csv"
    labels.write_text("path,label\npen03.png,pen\nmug00.png,mug\npen04.png,\n")
    _, told = audited(shop, "flat", "--target-labels", labels)
    assert told["problem"]["target"]["labelled"] == 2
    labels.write_text("path,label\nnone.png,pen\n")
    assert audited(shop, "flat", "--target-labels", labels)[0] == 2


def test_the_same_bytes_with_and_without_a_cache(shop, fake, cache):
    audited(shop, "flat")
    first = (shop / "a.json").read_bytes()
    seen = fake.calls
    audited(shop, "flat")
    assert fake.calls == seen
    assert (shop / "a.json").read_bytes() == first


def test_broken_images_are_refused_in_one_line(shop, fake, capsys):
    for kind in ("bomb", "animated_gif", "truncated_jpeg"):
        (shop / "here" / "mug" / f"{kind}.jpg").write_bytes(BROKEN[kind][0])
    (shop / "flat" / "zero.png").write_bytes(b"")
    assert audited(shop, "flat")[0] == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert said.err.startswith("whytransfer: 4 images can't be used: source: mug/animated_gif.jpg (animated")
    assert "target: zero.png (empty file)" in said.err and "--skip-broken" in said.err
    assert not (shop / "a.json").exists()


def test_skipped_images_are_counted_and_named(shop, fake):
    (shop / "here" / "mug" / "half.jpg").write_bytes(BROKEN["truncated_jpeg"][0])
    Image.new("RGB", (9, 9)).convert("CMYK").save(shop / "flat" / "print.tif")
    (shop / "flat" / "notes.txt").write_text("not an image")
    _, told = audited(shop, "flat", "--skip-broken")
    assert told["problem"]["source"]["rows"] == 32 and told["problem"]["target"]["rows"] == 23
    text = "\n".join(told["warnings"])
    assert "source: 1 of 33 images were skipped: mug/half.jpg (truncated" in text
    assert "target: 1 image had to be converted: print.tif (CMYK converted to RGB)" in text
    assert "target: 1 file that is no image set aside: notes.txt" in text


def test_thumbnails_are_small_and_say_which_and_why(shop, fake):
    _, told = audited(shop, "flat")
    shown = told["images"]
    assert {i["why"] for i in shown} >= {"foreign"}
    assert sum(len(i["jpeg_base64"]) for i in shown) <= 150_000
    foreign = [i for i in shown if i["why"] == "foreign"]
    assert [i["value"] for i in foreign] == sorted((i["value"] for i in foreign), reverse=True)
    first = Image.open(io.BytesIO(base64.b64decode(shown[0]["jpeg_base64"])))
    assert first.size == (96, 96) and first.format == "JPEG"
    assert shown[0]["name"] == read_photos(shop / "here", shop / "flat").target.names[shown[0]["row"]]
    page = to_html(told, interactive=False)
    assert page.count('<img src="data:image/jpeg;base64,') == len(shown)
    assert all(i["jpeg_base64"] in page for i in shown)
    _, told = audited(shop, "flat", "--no-examples")
    assert told["images"] == []


def test_what_is_no_jpeg_or_too_much_is_not_put_into_the_page(shop, fake):
    _, told = audited(shop, "flat")
    jpeg = told["images"][0]["jpeg_base64"]
    one = {"sha256": "0", "why": "foreign", "value": 1.0}
    told["images"] = [
        {**one, "name": "script", "jpeg_base64": '"><script>alert(1)</script>'},
        {**one, "name": "gif", "jpeg_base64": base64.b64encode(b"GIF89a").decode()},
        {**one, "name": "<b>bold</b>", "jpeg_base64": jpeg},
        {**one, "name": "large", "jpeg_base64": base64.b64encode(b"\xff\xd8\xff" + bytes(120_000)).decode()},
    ]
    page = to_html(told, interactive=False)
    assert page.count('<img src="data:image/jpeg') == 1 and jpeg in page
    assert "alert(1)" not in page and "<b>bold</b>" not in page and "&lt;b&gt;bold" in page


def test_an_image_that_changed_since_is_not_shown(tmp_path, fake):
    place = folder_of(tmp_path, ("a",), count=2, level=0.3, flat=True)
    paths = sorted(place.iterdir())
    assert thumbnails(paths, ["x", "y"], ["0" * 64, "1" * 64], {"foreign": [(0, 1.0), (1, 0.5)]}) == []


def test_embedded_features_audit_as_the_folder_does(shop, fake):
    for name in ("here", "flat"):
        assert call("embed", shop / name, "--out", shop / f"{name}.parquet", "-q") == 0
    frame = pd.read_parquet(shop / "here.parquet")
    assert frame.index.name == "path" and frame.index[0] == "mug/00.png"
    assert list(frame.columns[-2:]) == ["f0011", "label"]
    assert "label" not in pd.read_parquet(shop / "flat.parquet")
    _, told = audited(shop, "flat")
    out = shop / "b.json"
    call("audit", shop / "here.parquet", shop / "flat.parquet", "--label", "label", *QUICK, "--json", out)
    assert json.loads(out.read_text())["claims"] == told["claims"]


def test_a_sheet_of_photographs_shows_paths(shop, fake, capsys):
    sheet = shop / "rows.csv"
    options = ("--label-from", "folder", "--tolerance", "0.4", "--learner", "stump", "--budget", "8")
    assert call("labels", "plan", shop / "here", shop / "flat", *options, "--out", sheet, "-q") == 0
    frame = pd.read_csv(sheet)
    assert list(frame.columns) == ["row", "batch", "path", "label"] and len(frame) == 8
    names = read_photos(shop / "here", shop / "flat").target.names
    assert [names[row] for row in frame["row"]] == frame["path"].tolist()
    frame["label"] = frame["path"].str[:3]
    frame.to_csv(sheet, index=False)
    assert call("labels", "certify", sheet, "-q") in (0, 10, 11)
    assert "error" in capsys.readouterr().out


def test_adapted_predictions_name_the_photographs(shop, fake):
    out = shop / "p.csv"
    options = ("--label-from", "folder", "--methods", "coral", "-q", "--out", out)
    assert call("adapt", shop / "here", shop / "flat", *options) == 0
    frame = pd.read_csv(out)
    assert frame["path"].str.endswith(".png").all()
    assert np.mean(frame["prediction"] == frame["path"].str[:3]) > 0.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{here}", "{flat}", "--text", "words"], "exclude each other"),
        (["{here}", "{flat}", "--group", "g"], "names a column"),
        (["{flat}", "{here}"], "have no labels"),
        (["{here}", "{flat}", "--use-target-labels"], "lie flat"),
        (["{here}", "{none}"], "no such file"),
    ],
    ids=["text", "group", "flat source", "flat target labels", "missing"],
)
def test_refused(arguments, words, shop, fake, capsys):
    filled = [a.format(here=shop / "here", flat=shop / "flat", none=shop / "none") for a in arguments]
    assert call("audit", *filled, "--label-from", "folder") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and words in said


def test_who_forgets_to_say_images_is_told(shop, capsys):
    assert call("audit", shop / "here", shop / "flat") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "--label-from folder" in said


def test_several_targets_each_with_its_images(shop, fake):
    out = shop / "a.json"
    code = call(
        "audit", shop / "here", shop / "flat", shop / "there", "--label-from", "folder", *QUICK, "--json", out
    )
    told = json.loads(out.read_text())
    assert code in (0, 10, 11)
    for one in told["audits"]:
        assert one["audit"]["provenance"]["encoder"]["name"] == "fake"
        assert one["audit"]["images"]


class Blind(Fake):
    """Noise that depends on the image and says nothing of it."""

    name, key = "blind", "b" * 64

    def encode(self, pixels):
        return np.random.default_rng(int(pixels.sum())).normal(size=12).astype(np.float32)


def test_several_encoders_are_compared_and_the_better_one_is_audited(shop, fake, monkeypatch, capsys):
    known = {"fake": fake, "blind": Blind()}
    monkeypatch.setattr("whytransfer.features.photos.image_encoder", known.__getitem__)
    monkeypatch.setattr("whytransfer.features.encoders.named.LIBRARIES", tuple(known))
    out, page = shop / "a.json", shop / "a.html"
    options = ("--label-from", "folder", "--use-target-labels", *QUICK[:-1], "--json", out, "--html", page)
    call("audit", shop / "here", shop / "there", *options, "--encoder", "blind", "--encoder", "fake")
    told = json.loads(out.read_text())
    blind, seeing = told["diagnosis"]["encoders"]
    assert (blind["name"], seeing["name"]) == ("blind", "fake")
    assert seeing["chosen"] and not blind["chosen"]
    for domain in ("source", "target"):
        assert seeing[domain]["logme"] > blind[domain]["logme"]
        assert seeing[domain]["h_score"] > blind[domain]["h_score"]
    assert told["provenance"]["encoder"]["name"] == "fake" and told["delta"] == 0.025
    assert any("share δ = 0.05 equally" in w for w in told["warnings"])
    # A target of 22 images is too small for the panel: LogME on the source decides.
    assert "fake (this audit): no estimate; source LogME" in " ".join(capsys.readouterr().out.split())
    assert "fake (this audit)" in page.read_text()
    assert (
        call("audit", shop / "here", shop / "there", *options, "--encoder", "fake", "--encoder", "fake") == 2
    )


@pytest.mark.parametrize(("estimates", "chosen"), [((0.2, 0.1), 1), ((0.2, None), 0)])
def test_the_smallest_estimate_chooses_the_encoder(estimates, chosen):
    tried = [
        encoders.Tried(
            name=str(e),
            audit=SimpleNamespace(claim=lambda key, e=e: SimpleNamespace(estimate=e)),
            photos=None,
        )
        for e in estimates
    ]
    assert encoders._best(tried) is tried[chosen]
    assert "estimated target error" in encoders._why(tried)


def test_turning_keeps_every_distance_and_leaves_no_column_silent():
    rng = np.random.default_rng(0)
    # A feature that is silent in all rows but one: divided by its deviation it would outweigh all others.
    rows = np.hstack([rng.normal(size=(50, 39)), np.zeros((50, 1))])
    rows[0, -1] = 1.0
    found = turned(rows)
    gram = rows @ rows.T
    assert np.allclose(found.astype(float) @ found.T.astype(float), gram, atol=1e-4)
    spread = found.std(axis=0)
    assert spread.min() > 0.5 > 10 * rows[1:].std(axis=0).min()
    assert np.array_equal(turned(rows[3:5]), found[3:5])
