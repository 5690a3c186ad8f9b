"""The clean pair of tables from which every hostile one is made, and the command line as a user calls it."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from whytransfer.cli import run

ROWS = 60
QUICK = ("--label", "y", "--theorem", "clopper_pearson", "-q")
"""An audit in a second: no bound, and the quickest learner where no model is given."""
STUMP = ("--learner", "stump")


def table(seed):
    """Two measurements and a colour; the label follows the first."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=ROWS)
    return pd.DataFrame(
        {
            "a": a.round(4),
            "b": rng.normal(size=ROWS).round(4),
            "colour": rng.choice(["blue", "red"], ROWS),
            "y": np.where(a + 0.3 * rng.normal(size=ROWS) > 0, "yes", "no"),
        }
    )


@dataclass(frozen=True)
class Pair:
    """A folder with the clean source.csv and target.csv, which hostile ones are written beside."""

    folder: Path
    source: pd.DataFrame
    target: pd.DataFrame

    @classmethod
    def written(cls, folder):
        source, target = table(1), table(2).drop(columns="y")
        source.to_csv(folder / "source.csv", index=False)
        target.to_csv(folder / "target.csv", index=False)
        return cls(folder, source, target)

    @property
    def paths(self):
        return self.folder / "source.csv", self.folder / "target.csv"

    def raw(self, name, content):
        """A file of these bytes."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def csv(self, name, frame):
        """A file of this table."""
        return self.raw(name, frame.to_csv(index=False))


def audit(*arguments):
    """The exit code of a quick audit."""
    learner = () if "--model" in arguments else STUMP
    return run(["audit", *map(str, arguments), *QUICK, *learner])


def answer(document):
    """Verdict and figures of every claim, without names and digests of what was read."""
    if isinstance(document, Path):
        document = json.loads(document.read_text())
    claims = [[c["id"], c["estimate"], c["lower"], c["upper"], c["level"]] for c in document["claims"]]
    return document["verdict"]["answer"], document["verdict"]["exit_code"], claims
