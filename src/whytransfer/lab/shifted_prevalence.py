"""Label shift: the two classes keep their laws, their shares change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import IntArray, Rows, World, first_column, keep_number
from whytransfer.lab.line import Line
from whytransfer.theorems.laws import jensen_shannon


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelShift(World):
    """x | y ~ N(±separation, 1), y = 1 with probability `source` here and `target` there; model 1[x > 0] (THEORY E10).

    Parameters
    ----------
    source, target : float
        Share of class 1, in (0, 1).
    separation : float
        Half the distance of the two class means, > 0.

    Notes
    -----
    Truth, beside the keys of `World`:

    * ``total_variation`` = ``half_line`` = ``interval`` = ``discrepancy.thresholds``, ``wasserstein1``,
      ``jensen_shannon`` (nats), of the features
    * ``label_total_variation``, ``label_jensen_shannon_bits``; ``zhao_lower_bits`` and ``tv_lower``: what an
      invariant Z would cost
    * ``bayes_target`` and where, ``bayes_target_at``; ``adaptability.thresholds`` and where,
      ``adaptability.thresholds_at``
    * the joint confusion P_S(h = i, y = j): ``confusion_00`` ...; its least singular value ``sigma_min``; the
      target's predictions ``mu_0``, ``mu_1``; the true weights ``weight_0``, ``weight_1`` = target share /
      source share

    Examples
    --------
    >>> truth = LabelShift().truth
    >>> round(truth["total_variation"], 6), round(truth["adaptability.thresholds"], 6), round(truth["zhao_lower_bits"], 6)
    (0.273076, 0.277497, 0.073397)
    """

    name: ClassVar[str] = "label_shift"

    source: float = 0.5
    target: float = 0.9
    separation: float = 1.0

    def __post_init__(self) -> None:
        for which in ("source", "target"):
            keep_number(self, which, "a share strictly between 0 and 1", lambda v: 0 < v < 1)
        keep_number(self, "separation", "a positive number", lambda v: v > 0)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        from scipy.stats import norm

        wrong = float(norm.cdf(-self.separation))
        moved = abs(self.target - self.source)
        tv = moved * (1 - 2 * wrong)
        js = jensen_shannon(self.source, self.target)
        cut = self._cut(self.source + self.target, 2 - self.source - self.target)
        best = self._cut(self.target, 1 - self.target)
        found = {
            "error_source": wrong,
            "error_target": wrong,
            "total_variation": tv,
            "half_line": tv,
            "interval": tv,
            "discrepancy.thresholds": tv,
            "wasserstein1": 2 * self.separation * moved,
            "jensen_shannon": self.line().jensen_shannon(),
            "label_total_variation": moved,
            "label_jensen_shannon_bits": js,
            "zhao_lower_bits": js / 2,
            "tv_lower": moved,
            "bayes_target": self._error(self.target, best),
            "bayes_target_at": best,
            "adaptability.thresholds": self._error(self.source, cut) + self._error(self.target, cut),
            "adaptability.thresholds_at": cut,
        }
        return found | self._confusion(wrong)

    def line(self) -> Line:
        """The two mixtures."""
        from scipy.stats import norm

        s, c = self.separation, (self.source, self.target)
        densities = [lambda x, c=share: c * norm.pdf(x - s) + (1 - c) * norm.pdf(x + s) for share in c]
        below = [lambda x, c=share: c * norm.cdf(x - s) + (1 - c) * norm.cdf(x + s) for share in c]
        return Line(
            source_density=densities[0],
            target_density=densities[1],
            source_below=below[0],
            target_below=below[1],
            low=-s - 12,
            high=s + 12,
        )

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x > 0], the best rule for equal shares."""
        return (first_column(X) > 0).astype(np.int64)

    def _cut(self, ones: float, zeros: float) -> float:
        """The threshold that is best when the classes weigh `ones` and `zeros`: where the weighted densities cross."""
        return math.log(zeros / ones) / (2 * self.separation)

    def _error(self, share: float, cut: float) -> float:
        from scipy.stats import norm

        return float(share * norm.cdf(cut - self.separation) + (1 - share) * norm.cdf(-cut - self.separation))

    def _confusion(self, wrong: float) -> dict[str, float]:
        shares = np.array([1 - self.source, self.source])
        given = np.array([[1 - wrong, wrong], [wrong, 1 - wrong]])
        joint = given * shares
        there = np.array([1 - self.target, self.target])
        mu, weights = given @ there, there / shares
        found = {f"confusion_{i}{j}": float(joint[i, j]) for i in (0, 1) for j in (0, 1)}
        found |= {"sigma_min": float(np.linalg.svd(joint, compute_uv=False).min())}
        return (
            found
            | {f"mu_{i}": float(mu[i]) for i in (0, 1)}
            | {f"weight_{i}": float(weights[i]) for i in (0, 1)}
        )

    def _rows(self, size: int, share: float, rng: np.random.Generator) -> Rows:
        y = (rng.random(size) < share).astype(np.int64)
        X = (self.separation * (2 * y - 1) + rng.standard_normal(size))[:, None]
        return Rows(X=X, y=y)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return self._rows(n, self.source, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return self._rows(m, self.target, rng)
