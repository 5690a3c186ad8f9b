"""Figures in words and tables: limits rounded outwards, so that no figure claims more than the document does."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal


def number(value: float | None, *, rounding: str = ROUND_HALF_EVEN, places: int = 3) -> str:
    """A number in units of error: fixed decimals, `rounding` a constant of the decimal module.

    >>> number(0.0304, rounding=ROUND_CEILING)
    '0.031'
    """
    if value is None:
        return "–"
    # Twelve figures first: 0.1 + 0.2 is 0.3, not the first number above it.
    exact = Decimal(f"{value:.12g}")
    if abs(exact) >= 10**9:
        return general(value)
    return _signed(f"{exact.quantize(Decimal(1).scaleb(-places), rounding=rounding):f}")


def at_most(value: float | None, unit: str = "error") -> str:
    """An upper limit, never shown lower than it is."""
    return _in_unit(value, unit, ROUND_CEILING)


def at_least(value: float | None, unit: str = "error") -> str:
    """A lower limit, never shown higher than it is."""
    return _in_unit(value, unit, ROUND_FLOOR)


def estimate(value: float | None, unit: str = "error") -> str:
    """A point value."""
    return _in_unit(value, unit, ROUND_HALF_EVEN)


def general(value: float | None, *, rounding: str = ROUND_HALF_EVEN) -> str:
    """A number in any other unit: four figures.

    >>> general(12345.678), general(0.00123456), general(2007.0), general(None)
    ('12,350', '0.001235', '2007', '–')
    """
    if value is None:
        return "–"
    exact = Decimal(f"{value:.12g}")
    if not exact:
        return "0"
    size = exact.adjusted()
    rounded = exact.quantize(Decimal(1).scaleb(size - 3), rounding=rounding)
    if not -5 <= size < 9:
        return _signed(f"{rounded:.3e}")
    # Years and the like are read without a comma.
    digits = f"{rounded:,f}" if size >= 4 else f"{rounded:f}"
    return _signed(digits.rstrip("0").rstrip(".") if "." in digits else digits)


def as_given(value: float) -> str:
    """A number that somebody declared, with the digits it was given.

    >>> as_given(12345.0), as_given(0.15), as_given(2007.5)
    ('12,345', '0.15', '2007.5')
    """
    # Years and the like are read without a comma, as above.
    return _signed(f"{value:,.10g}" if abs(value) >= 10**4 else f"{value:.10g}")


def required(value: float, kind: str) -> str:
    """What must not be exceeded: as it was given, or to four figures where it was worked out (kind ``"majority_error"``).

    >>> required(12345.0, "tolerance"), required(0.4533333, "majority_error")
    ('12,345', '0.4533')
    """
    return general(value) if kind == "majority_error" else as_given(value)


def p_value(value: float | None) -> str:
    """A p-value, two figures.

    >>> p_value(0.004975), p_value(2e-12), p_value(None)
    ('0.005', '< 0.0001', '–')
    """
    if value is None:
        return "–"
    return f"{value:.2g}" if value >= 0.0001 else "< 0.0001"


def tested(value: float | None) -> str:
    """A p-value inside a sentence, kept on one line; empty where nothing was tested."""
    if value is None:
        return ""
    return f"p\u00a0{'' if value < 0.0001 else '= '}{p_value(value)}".replace(" ", "\u00a0")


def sure(confidence: float | None) -> str:
    """A confidence as a percentage, never shown higher than it is."""
    if confidence is None:
        return "–"
    percent = Decimal(f"{100 * confidence:.12g}").quantize(Decimal("0.01"), rounding=ROUND_FLOOR)
    return f"{percent.normalize():f}%"


def count(value: int | None) -> str:
    """A whole number, thousands apart."""
    return "–" if value is None else f"{value:,}"


def _in_unit(value: float | None, unit: str, rounding: str) -> str:
    return (number if unit in {"error", "auc"} else general)(value, rounding=rounding)


def _signed(text: str) -> str:
    negative = text.startswith("-")
    return "−" + text[1:] if negative and text.strip("-0.,") else text.removeprefix("-")
