"""Delimited text (CSV, TSV and their cousins) as pandas frames."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whytransfer.errors import InputError
from whytransfer.problem.arrow import arrow_to_pandas

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = ",;\t|"
SAMPLE = 2**16
BLOCK = 2**24
"""A row, the header included, may be this many bytes long."""
MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
"""Cells that stand for a missing value: what pandas takes for one."""
WORDS = "words of the label column that were read as missing"
MOMENTS = ("%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")
"""Dates beside ISO 8601; only those written year first, which can be read in one way only."""

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d+\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a text file is written.

    Parameters
    ----------
    delimiter : str
        One of comma, semicolon, tab, bar.
    decimal : str
        ``"."`` or ``","``; a comma only where the delimiter is another one.
    """

    delimiter: str
    decimal: str


def read_delimited(
    content: bytes, name: str, text_columns: tuple[str, ...] = (), label: str | None = None
) -> pd.DataFrame:
    """A text table with a header line.

    Parameters
    ----------
    content : bytes
        UTF-8, with or without a byte-order mark, any line ends; cells may hold quoted line breaks.
    name : str
        The file's name, for messages.
    text_columns : tuple of str
        Columns to be read as text whatever they look like.
    label : str or None
        Column of which ``attrs[WORDS]`` of the frame tells which words were read as missing, and how often.

    Raises
    ------
    InputError
        Non-UTF-8 text, rows of different lengths, or no row below the header.
    """
    import pyarrow as pa
    import pyarrow.csv as pcsv

    sample = _decoded_sample(content, name)
    whole = len(content) <= SAMPLE
    if whole and not re.search(r"[\r\n]", sample.strip()):
        raise InputError(
            f"{name!r} holds no rows, expected at least one below the header; there is nothing to learn from"
        )
    dialect = sniffed(sample, whole=whole)
    reading = (
        pcsv.ReadOptions(block_size=BLOCK),
        pcsv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=True),
    )
    try:
        table = pcsv.read_csv(
            pa.BufferReader(content),
            *reading,
            convert_options=pcsv.ConvertOptions(
                null_values=list(MISSING),
                strings_can_be_null=True,
                timestamp_parsers=[pcsv.ISO8601, *MOMENTS],
                decimal_point=dialect.decimal,
                column_types={column: pa.string() for column in text_columns},
            ),
        )
    except UnicodeDecodeError:
        raise _not_utf8(content, name) from None
    except (pa.ArrowException, ValueError) as error:
        if "UTF8" in str(error):
            raise _not_utf8(content, name) from None
        reason = " ".join(str(error).split()).removeprefix("CSV parse error: ")[:160]
        raise InputError(
            f"{name!r} is not a table with a header and rows of equal length: {reason}"
        ) from None
    if any(pa.types.is_binary(field.type) for field in table.schema):
        raise _not_utf8(content, name)
    frame = arrow_to_pandas(table)
    if table.column_names.count(label) == 1 and table[label].null_count:
        frame.attrs[WORDS] = _words_read_as_missing(content, str(label), reading)
    return frame


def _words_read_as_missing(content: bytes, label: str, reading: tuple[Any, Any]) -> dict[str, int]:
    """What stands in the missing cells of a column of a table that has been read, and in how many."""
    import pyarrow as pa
    import pyarrow.csv as pcsv

    as_written = pcsv.ConvertOptions(include_columns=[label], column_types={label: pa.string()})
    cells = pcsv.read_csv(pa.BufferReader(content), *reading, convert_options=as_written)[label]
    counted = ((one["values"], one["counts"]) for one in cells.value_counts().to_pylist())
    return {word: times for word, times in counted if word in MISSING and word != ""}


def sniffed(sample: str, *, whole: bool = True) -> Dialect:
    r"""The dialect of the first lines of a text: the delimiter that cuts them all into the most, equally many cells.

    Parameters
    ----------
    sample : str
        The first lines, the header among them.
    whole : bool
        Whether that is the whole text; otherwise the last line may be cut and is not counted.

    Examples
    --------
    >>> sniffed("a;b\n1,5;2\n3,25;4\n")
    Dialect(delimiter=';', decimal=',')
    """
    best, most = DELIMITERS[0], 1
    for delimiter in DELIMITERS:
        rows = [row for row in _rows(sample, delimiter)[: None if whole else -1][:200] if row]
        widths = {len(row) for row in rows}
        if len(widths) == 1 and min(widths) > most:
            best, most = delimiter, min(widths)
    if most == 1:
        # No delimiter cuts all lines alike: the one that the header has most, so that the message can show the odd row.
        header = sample.split("\n", 1)[0]
        best = max(DELIMITERS, key=header.count)
    cells = [cell for row in _rows(sample, best)[1:] for cell in row]
    commas = sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum(_DECIMAL_POINT.fullmatch(cell) is not None for cell in cells)
    return Dialect(delimiter=best, decimal="," if best != "," and commas > points else ".")


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
    except csv.Error:
        return []


def _decoded_sample(content: bytes, name: str) -> str:
    sample = content[:SAMPLE]
    if len(content) > SAMPLE:
        cut = sample.rfind(b"\n")
        sample = sample[:cut] if cut > 0 else sample
    try:
        return sample.decode("utf-8-sig", errors="strict" if len(content) <= SAMPLE else "ignore")
    except UnicodeDecodeError:
        raise _not_utf8(content, name) from None


def _not_utf8(content: bytes, name: str) -> InputError:
    line = 1
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    # What Excel calls Unicode text begins with a mark; of other encodings the most frequent one is guessed.
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin1"
    return InputError(
        f"{name!r} is not UTF-8 text (line {line}), expected UTF-8; save it again as UTF-8, "
        f"for instance with: iconv -f {encoding} -t utf-8 {name}"
    )


def text_cells(content: bytes, name: str) -> list[list[Any]]:
    """All cells of a small text file as they are written, a list a line; used for files of labels. `name` is the bare path."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_utf8(content, name) from None
    return _rows(text, sniffed(text[:SAMPLE]).delimiter)
