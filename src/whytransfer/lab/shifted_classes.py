"""Location shift: both classes move by the same amount, and the boundary with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import FloatArray, IntArray, Rows, World, first_column, keep_number
from whytransfer.lab.line import Line, least


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationShift(World):
    r"""x | y ~ N(±1, 1) in the source, N(±1 + shift, 1) in the target, balanced; model 1[x > 0] (THEORY E15).

    Aligning the means repairs it at once: x − shift has the source's law.

    Parameters
    ----------
    shift : float
        At most 50 in size.

    Notes
    -----
    Truth, beside the keys of `World`: ``wasserstein1`` = \|shift\|, ``total_variation``, ``half_line``,
    ``interval`` = ``discrepancy.thresholds``, ``jensen_shannon`` (nats), ``bayes_source`` = ``bayes_target``,
    ``adaptability.thresholds`` and one place where it is attained, ``adaptability.thresholds_at``.

    Examples
    --------
    >>> truth = LocationShift(shift=1.0).truth
    >>> round(truth["error_target"], 6), round(truth["adaptability.thresholds"], 6), truth["wasserstein1"]
    (0.261375, 0.375345, 1.0)
    """

    name: ClassVar[str] = "location_shift"

    shift: float = 1.0

    def __post_init__(self) -> None:
        keep_number(self, "shift", "a number of size at most 50", lambda v: abs(v) <= 50)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        line = self.line()
        reach = abs(self.shift) + 2
        interval = line.interval()
        # Both orientations: the reversed rule has the error 2 − the sum, and constants have the sum 1.
        best, at = least(lambda t: self._errors(t, 0.0) + self._errors(t, self.shift), -reach, reach)
        bayes = float(self._errors(np.zeros(()), 0.0))
        return {
            "error_source": bayes,
            "error_target": float(self._errors(np.zeros(()), self.shift)),
            "bayes_source": bayes,
            "bayes_target": bayes,
            "wasserstein1": abs(self.shift),
            "total_variation": line.total_variation(),
            "half_line": line.half_line(),
            "interval": interval,
            "discrepancy.thresholds": interval,
            "jensen_shannon": line.jensen_shannon(),
            "adaptability.thresholds": best,
            "adaptability.thresholds_at": at,
        }

    def line(self) -> Line:
        """The two mixtures."""
        from scipy.stats import norm

        return Line(
            source_density=lambda x: (norm.pdf(x - 1) + norm.pdf(x + 1)) / 2,
            target_density=lambda x: (norm.pdf(x - self.shift - 1) + norm.pdf(x - self.shift + 1)) / 2,
            source_below=lambda x: (norm.cdf(x - 1) + norm.cdf(x + 1)) / 2,
            target_below=lambda x: (norm.cdf(x - self.shift - 1) + norm.cdf(x - self.shift + 1)) / 2,
            low=min(0.0, self.shift) - 12,
            high=max(0.0, self.shift) + 12,
        )

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x > 0], the best rule of the source."""
        return (first_column(X) > 0).astype(np.int64)

    def _errors(self, cut: FloatArray, shift: float) -> FloatArray:
        """The error of 1[x > cut] in the domain moved by `shift`."""
        from scipy.stats import norm

        u = cut - shift
        return np.asarray((norm.cdf(u - 1) + norm.cdf(-u - 1)) / 2, dtype=np.float64)

    def _rows(self, size: int, shift: float, rng: np.random.Generator) -> Rows:
        y = (rng.random(size) < 0.5).astype(np.int64)
        return Rows(X=(shift + 2.0 * y - 1.0 + rng.standard_normal(size))[:, None], y=y)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return self._rows(n, 0.0, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return self._rows(m, self.shift, rng)
