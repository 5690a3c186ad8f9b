"""Text that people would read as numbers or dates: amounts with a unit, separators of thousands, days before months."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 200
"""Cells of a column that are looked at: the first ones that are not missing."""
FEWEST_CELLS = 20
MOST_ALIKE = 0.5
"""Share of the cells that are distinct, at least: a few amounts that come again and again serve as categories."""
SHARE = 0.9
"""Share of the cells that look so, at least; the rest may be marks of missing values."""

_GROUPED = r"[1-9]\d{0,2}(?:[,.'’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?"
_MONEY = "[$€£¥₹₽₩₺]|EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|AUD|CAD|BRL"
# Before a number only money: letters there make a name of it (C10452), whose digits are no amount.
_AMOUNT = re.compile(
    rf"\s*({_MONEY})?\s?([+-]?(?:{_GROUPED}|\d+(?:[.,]\d+)?))\s?({_MONEY}|[%‰]|[A-Za-zµ°²³/]{{1,6}})?\s*"
)
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DAY_FIRST = re.compile(r"\s*\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?:[ T,]+\d{1,2}:\d{2}(?::\d{2})?)?\s*")


def spelt(series: pd.Series) -> str | None:
    """What a column of text seems to hold, and how to write it so that it is read so; None where it seems to be text.

    Parameters
    ----------
    series : pandas.Series
        Of text, missing values included.

    Examples
    --------
    >>> import pandas as pd
    >>> spelt(pd.Series([f"{i},50 €" for i in range(30)], dtype="string"))
    "numbers such as '0,50 €'; it is read as text: write plain ones, 0.50"
    >>> spelt(pd.Series([f"{i:02d}.11.2024" for i in range(1, 31)], dtype="string"))
    "dates such as '01.11.2024', day or month first; it is read as text: write them as 2024-12-31"
    >>> spelt(pd.Series(["red", "green"] * 20, dtype="string")) is None
    True
    """
    cells = [str(cell) for cell in series.dropna().head(LOOKED_AT)]
    if len(cells) < FEWEST_CELLS or len(set(cells)) < MOST_ALIKE * len(cells):
        return None
    least = SHARE * len(cells)
    dates = [cell for cell in cells if _DAY_FIRST.fullmatch(cell)]
    if len(dates) >= least:
        return f"dates such as {dates[0][:40]!r}, day or month first; it is read as text: write them as 2024-12-31"
    found = [(cell, parts) for cell in cells if (parts := _AMOUNT.fullmatch(cell))]
    # A unit is the same in nearly all cells; what changes from cell to cell is part of a name.
    (unit, many), *_ = Counter((p[1], p[3]) for _, p in found).most_common(1) or [((None, None), 0)]
    if many < least:
        return None
    shown, parts = next((c, p) for c, p in found if (p[1], p[3]) == unit)
    if unit == (None, None) and all(_PLAIN.fullmatch(p[2]) for _, p in found):
        odd = next((cell for cell in cells if not _AMOUNT.fullmatch(cell)), None)
        return (
            None
            if odd is None
            else f"numbers and cells such as {odd[:40]!r}; it is read as text: leave cells empty whose number is not known"
        )
    plain = "" if re.search(_GROUPED, parts[2]) else f", {parts[2].replace(',', '.')}"
    return f"numbers such as {shown[:40]!r}; it is read as text: write plain ones{plain}"
