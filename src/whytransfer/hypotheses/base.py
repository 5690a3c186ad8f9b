"""A class of hypotheses is one oracle: it minimises a cost table over the class.

With different costs on the same pooled rows that one method gives nearly every term of the theory, so that the class, the
loss, the divergence and λ come from one object and can't be mixed (THEORY A3.6 has the counter-example of mixing).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.hypotheses import terms
from whytransfer.hypotheses.extrema import Frontier, Maximum, Minimum
from whytransfer.hypotheses.hypothesis import Behaviours, Hypothesis
from whytransfer.hypotheses.labels import Labels
from whytransfer.hypotheses.rows import FloatArray, IntArray, as_rows
from whytransfer.hypotheses.terms.pool import Groups


class HypothesisClass(ABC):
    """One class of hypotheses. Subclasses are frozen dataclasses whose fields are the class's parameters.

    What a subclass writes:

    * `minimise`: the oracle. Everything else has a default that uses it.
    * `behaviours`, where the class can be enumerated on given rows.
    * `frontier`, where the largest disagreement at each number of source errors can be found exactly without weak duality:
      the version-space bound and its localised form then are exact.
    * `pairs`, where the supremum over pairs (HΔH) can be found: the pair oracle.
    * `read`, where the oracle sees the rows in another way than as float64 columns (a finite class sees the answers of its models).
    * `own_labels`, where the members answer in labels of their own.
    * `losses`, where the loss is not 1[h(x) ≠ y].
    """

    __slots__ = ()

    name: ClassVar[str]
    exact: ClassVar[bool]
    """Whether `minimise` finds the true minimum. From a surrogate no upper value of a supremum is ever claimed."""
    loss: ClassVar[str] = "zero_one"
    binary: ClassVar[bool] = False
    """Whether its members give two answers only, so that cost tables have exactly two columns."""
    columns: ClassVar[int | None] = None
    """How many columns it reads; None: any number."""
    reference: ClassVar[str]

    # What a subclass writes -------------------------------------------------------------------------------------------

    @abstractmethod
    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The member with the least Σ_i cost[i, h(x_i)].

        Parameters
        ----------
        rows : float64 array of shape (N, p)
            What `read` made of the caller's rows. Rows of equal value can't be told apart and move together.
        cost : float64 array of shape (N, K)
            cost[i, k] of answering code k on row i; any sign.

        Returns
        -------
        Minimum
            `value` attained by `hypothesis` (whose `cost` it is); `exact` says whether the class holds no better one.
        """

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """All distinct behaviours on `rows`; see `enumerate`."""
        raise InputError(
            f"{self.label} can't be enumerated; the exact finite ones can (thresholds, stumps, finite, ...)"
        )

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier | None:
        """For each e in 0..most the largest gain of a member with exactly e errors; None: use weak duality instead.

        Parameters
        ----------
        rows : float64 array of shape (N, p)
        errors : int64 array of shape (N, K)
            Errors (0 or 1) made by answering k on row i: 1[k ≠ y_i] on source rows, 0 on target rows.
            The errors of h are E(h) = Σ_i errors[i, h(x_i)].
        gains : int64 array of shape (N, K)
            What answering k on row i gains, ≥ 0: 1[k ≠ h_i] on target rows, 0 on source rows.
            The disagreements of h are D(h) = Σ_i gains[i, h(x_i)].
        most : int
            Members with more errors are of no interest.

        Returns
        -------
        Frontier or None
            Build it with `extrema.frontier_of`, column by column if need be: no predictions are stored.
        """
        return None

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum | None:
        """The pair oracle: the largest |Σ_i weights[i] 1[h(x_i) ≠ h'(x_i)]| over pairs of members; None: not known.

        `weights` (N,) sum to 0 over all rows (−1/n on source rows, +1/m on target rows).
        """
        return None

    def read(self, X: object, what: str = "X", labels: Labels | None = None) -> FloatArray:
        """`X` as the oracle sees it, float64 (n, p); `labels` names the codes, for a class whose members answer in labels."""
        rows = as_rows(X, what)
        if self.columns is not None and rows.shape[1] != self.columns:
            raise InputError(
                f"{self.name} reads one column, got {what} with {rows.shape[1]}; pass one column or use the class 'stumps'"
            )
        return rows

    def own_labels(self) -> Sequence[object]:
        """Labels that its members answer in; none unless the members were given, as in a finite class."""
        return ()

    def losses(self, hypothesis: Hypothesis, rows: FloatArray, codes: IntArray) -> FloatArray:
        """The loss of `hypothesis` on each row against the label codes (n,), in [0, 1]."""
        return np.not_equal(hypothesis.codes(rows), codes).astype(np.float64)

    # What everybody calls ---------------------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """Its name with its parameters, as it stands in claims: ``"unions(j=3)"``."""
        return self.name

    def erm(self, X: object, cost: object) -> Hypothesis:
        """The member of the class with the least Σ_i cost[i, h(x_i)].

        Parameters
        ----------
        X : array-like of shape (n,) or (n, p)
        cost : array-like of shape (n, K)
            cost[i, k] of answering code k on row i; any finite numbers.

        Returns
        -------
        Hypothesis
            With `.predict(X)`, `.cost` (what it attains) and `.rule`.

        Raises
        ------
        InputError
            When the shapes don't fit, or a class of binary rules gets a table that has not two columns.
        """
        rows, table = self.read(X), np.asarray(cost, dtype=np.float64)
        if table.ndim != 2 or len(table) != len(rows) or table.shape[1] < 1:
            raise InputError(f"cost: expected shape ({len(rows)}, K), got {table.shape}")
        if not np.isfinite(table).all():
            raise InputError("cost: expected finite numbers, got missing or infinite ones")
        self.check_labels(table.shape[1])
        found = self.minimise(rows, np.ascontiguousarray(table))
        return replace(found.hypothesis, cost=found.value)

    def enumerate(self, X: object, n_labels: int = 2) -> Behaviours:
        """All distinct behaviours of the class on `X`, each with a member that shows it.

        Raises
        ------
        InputError
            When the class can't be enumerated, or has too many behaviours on these rows.
        """
        self.check_labels(n_labels)
        return self.behaviours(self.read(X), n_labels)

    def as_known(self, claim: Claim) -> Claim:
        """The claim as what is known of this class lets it stand; a class that was made from data adds its assumption."""
        return claim

    def check_labels(self, n_labels: int) -> None:
        """Refuse more than two labels for a class of binary rules."""
        if self.binary and n_labels != 2:
            raise InputError(
                f"{self.name} is a class of binary rules, got {n_labels} labels; use 'stumps', 'tree2', 'finite' or 'constants'"
            )

    def adaptability(
        self,
        Xs: object,
        ys: object,
        Xt: object,
        yt: object = None,
        *,
        delta: float = 0.05,
        seed: int = 0,
        classes: Sequence[object] | None = None,
        groups: Groups | None = None,
        representation: str | None = None,
    ) -> Claim:
        """λ, the least sum of source and target error over the class; see `terms.adaptability`."""
        found = terms.adaptability(
            self, Xs, ys, Xt, yt, delta=delta, seed=seed, classes=classes, groups=groups
        )
        return self._said(found, representation)

    def discrepancy(
        self,
        Xs: object,
        Xt: object,
        *,
        h: object = None,
        delta: float = 0.05,
        classes: Sequence[object] | None = None,
        groups: Groups | None = None,
        target_is_whole: bool = False,
        representation: str | None = None,
    ) -> Claim:
        """disc_H, half of d_HΔH, in [0, 1]; with `h` of the class joined by h; see `terms.discrepancy`."""
        found = terms.discrepancy(
            self, Xs, Xt, h=h, delta=delta, classes=classes, groups=groups, target_is_whole=target_is_whole
        )
        return self._said(found, representation)

    def disparity(
        self,
        h: object,
        Xs: object,
        Xt: object,
        *,
        delta: float = 0.05,
        classes: Sequence[object] | None = None,
        groups: Groups | None = None,
        target_is_whole: bool = False,
        representation: str | None = None,
    ) -> Claim:
        """Largest value over h' of T(h≠h') − S(h≠h'); see `terms.disparity`."""
        found = terms.disparity(
            self, h, Xs, Xt, delta=delta, classes=classes, groups=groups, target_is_whole=target_is_whole
        )
        return self._said(found, representation)

    def lagrangian(
        self,
        h: object,
        Xs: object,
        ys: object,
        Xt: object,
        *,
        level: float | None = None,
        delta: float = 0.05,
        classes: Sequence[object] | None = None,
        groups: Groups | None = None,
        target_is_whole: bool = False,
        representation: str | None = None,
    ) -> Claim:
        """Largest value over h' of T(h≠h') − err_S(h'), localised by `level`; see `terms.lagrangian`."""
        found = terms.lagrangian(
            self,
            h,
            Xs,
            ys,
            Xt,
            level=level,
            delta=delta,
            classes=classes,
            groups=groups,
            target_is_whole=target_is_whole,
        )
        return self._said(found, representation)

    def version_space(
        self,
        h: object,
        Xs: object,
        ys: object,
        Xt: object,
        *,
        sigma: float,
        delta: float = 0.05,
        classes: Sequence[object] | None = None,
        groups: Groups | None = None,
        target_is_whole: bool = False,
        representation: str | None = None,
    ) -> Claim:
        """Largest T(h≠h') over the h' with err_S(h') ≤ sigma; see `terms.version_space`."""
        found = terms.version_space(
            self,
            h,
            Xs,
            ys,
            Xt,
            sigma=sigma,
            delta=delta,
            classes=classes,
            groups=groups,
            target_is_whole=target_is_whole,
        )
        return self._said(found, representation)

    def _said(self, claim: Claim, representation: str | None) -> Claim:
        """The claim, with the representation that its rows were in, where the caller names it.

        H after a map g is another class than H, with another λ (THEORY C5): theorems refuse terms whose representations
        differ. Rows can't tell: the labelled ones and the evaluating ones are different rows of one representation.
        """
        known = self.as_known(claim)
        return known if representation is None else known.with_detail(representation=representation)
