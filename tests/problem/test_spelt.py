"""Text columns that people would read as numbers or dates are read as text, and that is said."""

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt

DRAWS = np.random.default_rng(0).integers(10, 10**6, 60)


def said_of(cells):
    """What reading a source with such a column says of it."""
    table = pd.DataFrame({"a": pd.Series(cells, dtype="string"), "b": np.arange(60.0)})
    problem = wt.Problem(table, ["yes", "no"] * 30, table.drop(columns="a").assign(a="other")[["a", "b"]])
    return [w for w in problem.warnings if "'a'" in w]


@pytest.mark.parametrize(
    "spell",
    [
        lambda i: f"{i / 100:.2f} €".replace(".", ","),
        lambda i: f"${i:,}.50",
        lambda i: f"{i % 1000 / 10} %",
        lambda i: f"EUR {i}",
        lambda i: f"{i / 7:.1f} kg",
        lambda i: f"{i / 100:.2f}".replace(".", ","),
        lambda i: f"{i % 28 + 1:02d}.{i % 12 + 1:02d}.2024",
        lambda i: f"{i % 12 + 1}/{i % 28 + 1}/24 10:30",
        lambda i: "?" if i % 15 == 0 else str(i),
    ],
    ids=["euro", "dollar", "percent", "code", "unit", "comma", "day first", "month first", "question marks"],
)
def test_amounts_and_days_that_are_read_as_text_are_told(spell):
    (told,) = said_of([spell(int(i)) for i in DRAWS])
    assert told.startswith("source: column 'a' holds ") and "it is read as text" in told


@pytest.mark.parametrize(
    "spell",
    [
        lambda i: f"C{i:06d}",
        lambda i: f"INV{i}",
        lambda i: f"{i:05d}",
        lambda i: f"{i}{'ABCD'[i % 4]}",
        lambda i: f"10.{i % 255}.0.{i % 99}",
        lambda i: f"{i % 24}:{i % 60:02d}",
        lambda i: f"{i}-{i + 9}",
        lambda i: f"030 {i % 1000:03d} {i % 997:03d}",
        lambda i: f"{i % 4} %",
        lambda i: f"the {i} of them",
    ],
    ids=["customer", "invoice", "code", "house", "address", "time", "range", "phone", "few", "words"],
)
def test_names_made_of_digits_are_text(spell):
    assert said_of([spell(int(i)) for i in DRAWS]) == []
