"""The members of every class by their definitions, and random problems with many ties, for the literal oracles."""

from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import comb, inf

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from whytransfer.hypotheses import AllFunctions, Constants, Finite, Intervals, Threshold, Thresholds, Unions

EXACT = 1e-12
SOME = settings(max_examples=40)


# The members of each class, by their definitions; thresholds stand at the data and at minus infinity.


def below(column):
    return [[int(x <= t) for x in column] for t in [-inf, *sorted(set(column))]]


def inside(column):
    cuts = [-inf, *sorted(set(column))]
    return [[int(a < x <= b) for x in column] for a in cuts for b in cuts if a <= b]


def flipped(members):
    return [[1 - k for k in member] for member in members]


def united(column, j):
    chosen = combinations_with_replacement(sorted(set(map(tuple, inside(column)))), j)
    return [list(p) for p in {tuple(max(ks) for ks in zip(*sets, strict=True)) for sets in chosen}]


def anything(column, K):
    values = sorted(set(column))
    return [[ks[values.index(x)] for x in column] for ks in product(range(K), repeat=len(values))]


ODD = Finite(
    models=[
        lambda x: (np.ravel(x) % 2).astype(int),
        lambda x: (np.ravel(x) > 2).astype(int),
        lambda x: np.ravel(x) < 2,
    ]
)

BINARY = {
    "constants": (Constants(), lambda x: [[0] * len(x), [1] * len(x)]),
    "threshold": (Threshold(), below),
    "thresholds": (Thresholds(), lambda x: below(x) + flipped(below(x))),
    "intervals": (Intervals(), inside),
    "complements": (Intervals(complements=True), lambda x: inside(x) + flipped(inside(x))),
    "unions": (Unions(j=2), lambda x: united(x, 2)),
    "unions of 3": (Unions(j=3), lambda x: united(x, 3)),
    "all functions": (AllFunctions(), lambda x: anything(x, 2)),
    "finite": (ODD, lambda x: [[int(v % 2) for v in x], [int(v > 2) for v in x], [int(v < 2) for v in x]]),
}
NAMES = sorted(BINARY)


@st.composite
def problems(draw, values=4, most=6):
    """Few distinct values, so that nearly every row is tied, also across the domains."""
    column = st.integers(0, values).map(float)
    n, m = draw(st.integers(1, most)), draw(st.integers(1, most))
    code = st.integers(0, 1)
    lists = [draw(st.lists(kind, min_size=size, max_size=size)) for kind in (column, code) for size in (n, m)]
    h = [draw(st.lists(code, min_size=size, max_size=size)) for size in (n, m)]
    xs, xt, ys, yt = lists
    return xs, ys, xt, yt, h, draw(st.integers(0, n))


def share(one, other):
    return Fraction(sum(a != b for a, b in zip(one, other, strict=True)), len(one))


def parts(members, xs, ys, h):
    """For each member: its source errors, its disagreements with h on the source and on the target."""
    n = len(xs)
    return [(share(p[:n], ys), share(p[:n], h[0]), share(p[n:], h[1])) for p in members]


def tail(n, sigma, errors):
    """P(Bin(n, sigma) >= errors), term by term."""
    return sum(comb(n, e) * sigma**e * (1 - sigma) ** (n - e) for e in range(errors, n + 1))
