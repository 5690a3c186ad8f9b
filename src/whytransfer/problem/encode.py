"""Mixed tables to numbers, learnt from the training rows only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.codes import CategoryCode, Code, DateCode, NumberCode, Reason, SparseCode, WordCode
from whytransfer.problem.codes.code import listed
from whytransfer.problem.columns import Kind, kind_of, tidied
from whytransfer.problem.native import as_frame, has_names, is_sparse, native_rows

if TYPE_CHECKING:
    import pandas as pd


class Encoder:
    """A scikit-learn transformer from raw rows to a float64 matrix without missing values.

    Numbers and booleans become themselves, missing ones the training median, with a 0/1 column for missing where
    training had gaps. Categories and text of up to `most_categories` values in training become one 0/1 column a
    value (unknown: all zeros); text of more values becomes `components` coordinates (skrub's ``StringEncoder``);
    dates become year, month, day, weekday, hour and seconds. Columns that are constant or empty in training are
    left out. Sparse matrices of up to `dense_columns` columns become dense, wider ones stay sparse.

    Parameters
    ----------
    most_categories : int
        Up to how many distinct training values a text column is one-hot encoded.
    components : int
        Coordinates of a text column of more values.
    dense_columns : int
        Up to how many columns a sparse matrix is made dense.
    seed : int
        Of the randomised SVD for text; the rest is deterministic without it.

    Attributes
    ----------
    feature_names_out, origin : tuple of str
        Name of every output column, and the raw column it comes from.
    warnings : tuple of str
        What `fit` left out. What other rows hold that training had not is told by `remarks`.

    Examples
    --------
    >>> import pandas as pd
    >>> encoder = Encoder().fit(pd.DataFrame({"age": [30.0, None, 50.0], "site": ["a", "b", "a"]}))
    >>> encoder.feature_names_out
    ('age', 'age missing', 'site=a', 'site=b')
    >>> encoder.transform(pd.DataFrame({"age": [None], "site": ["c"]}))
    array([[40.,  1.,  0.,  0.]])
    """

    def __init__(
        self, *, most_categories: int = 30, components: int = 30, dense_columns: int = 1000, seed: int = 0
    ) -> None:
        self.most_categories = most_categories
        self.components = components
        self.dense_columns = dense_columns
        self.seed = seed

    def fit(self, rows: Any, y: Any = None) -> Self:
        """Learn the codes from training rows.

        Parameters
        ----------
        rows : array-like, sparse matrix or data frame
            (n, p) raw rows, n ≥ 1.
        y : ignored
            For scikit-learn's pipelines: labels are never looked at.

        Raises
        ------
        InputError
            For infinite numbers and nested values.
        """
        del y
        rows = native_rows(rows, "training rows")
        self.named_ = has_names(rows)
        table = _table(rows, "training rows")
        self.n_features_in_ = int(table.shape[1])
        self.codes_: list[Code]
        if is_sparse(table):
            self.columns_ = tuple(f"x{position}" for position in range(table.shape[1]))
            self.codes_ = [SparseCode(table, dense=table.shape[1] <= self.dense_columns)]
        else:
            self.columns_ = tuple(str(name) for name in table.columns)
            self.codes_ = self._codes(table)
        self._order()
        return self

    def _codes(self, table: pd.DataFrame) -> list[Code]:
        kinds = [kind_of(table.iloc[:, position]) for position in range(table.shape[1])]
        numeric = [position for position, kind in enumerate(kinds) if kind in (Kind.NUMBER, Kind.BOOLEAN)]
        codes: list[Code] = [NumberCode(table, numeric)] if numeric else []
        for position, kind in enumerate(kinds):
            series = table.iloc[:, position]
            if kind is Kind.DATE:
                codes.append(DateCode(series, position))
            elif kind is Kind.TEXT and series.nunique() <= self.most_categories:
                codes.append(CategoryCode(series, position))
            elif kind is Kind.TEXT:
                codes.append(WordCode(series, position, components=self.components, seed=self.seed))
        return codes

    def _order(self) -> None:
        """Outputs in the order of their raw columns."""
        places = np.array([place for code in self.codes_ for place in code.places], dtype=np.int64)
        self.order_ = np.argsort(places, kind="stable")
        names = [name for code in self.codes_ for name in code.names]
        origins = [origin for code in self.codes_ for origin in code.origin]
        self.feature_names_out = tuple(names[i] for i in self.order_)
        self.origin = tuple(origins[i] for i in self.order_)
        self.warnings = _left_out(self.codes_)
        if not names:
            self.warnings += ("no column varies in the training rows: nothing is left to learn from",)

    def transform(self, rows: Any) -> Any:
        """Raw rows as numbers.

        Parameters
        ----------
        rows : array-like, sparse matrix or data frame
            (m, p) with the columns of the training rows: by name, in any order, others ignored; by position where
            one side has no names.

        Returns
        -------
        numpy.ndarray or CSR matrix
            (m, k) float64 without NaN; sparse only for sparse input of more than `dense_columns` columns.

        Raises
        ------
        InputError
            When columns are missing or hold another kind of thing.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        table = self._matched(rows)
        if isinstance(self.codes_[0], SparseCode):
            return self.codes_[0].encode(table)
        blocks = [code.encode(table) for code in self.codes_ if code.names]
        if len(blocks) == 1:
            return blocks[0]
        encoded = np.empty((table.shape[0], len(self.order_)))
        slots = np.argsort(self.order_, kind="stable")
        start = 0
        for block in blocks:
            encoded[:, slots[start : start + block.shape[1]]] = block
            start += block.shape[1]
        return encoded

    def fit_transform(self, rows: Any, y: Any = None) -> Any:
        """`fit`, then `transform` of the same rows."""
        return self.fit(rows, y).transform(rows)

    def remarks(self, rows: Any) -> tuple[str, ...]:
        """What these rows hold that the training rows had not: unknown categories and new gaps, counted.

        Parameters
        ----------
        rows : array-like, sparse matrix or data frame
            (m, p) raw rows.
        """
        table = self._matched(rows)
        return tuple(sentence for code in self.codes_ for sentence in code.remarks(table))

    def _matched(self, rows: Any) -> Any:
        if not self.__sklearn_is_fitted__():
            from sklearn.exceptions import NotFittedError

            # Old pipelines of scikit-learn leave it to their first step to say so.
            raise NotFittedError("this encoder is not fitted, expected fit(rows) before transform")
        rows = native_rows(rows, "rows")
        table = _table(rows, "rows")
        if isinstance(self.codes_[0], SparseCode) != is_sparse(table):
            table = _as_trained(table, sparse=is_sparse(table), columns=self.columns_)
        if is_sparse(table) or not (self.named_ and has_names(rows)):
            if table.shape[1] != self.n_features_in_:
                raise InputError(
                    f"rows have {table.shape[1]} columns, expected {self.n_features_in_} as in training"
                )
            return table if is_sparse(table) else table.set_axis(list(self.columns_), axis=1)
        missing = [name for name in self.columns_ if name not in table.columns]
        if missing:
            raise InputError(
                f"rows lack the column {missing[0]!r}, expected the {self.n_features_in_} columns of training"
            )
        return table if tuple(table.columns) == self.columns_ else table[list(self.columns_)]

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the outputs, as scikit-learn asks for them."""
        del input_features
        return np.array(self.feature_names_out, dtype=object)

    def get_params(self, deep: bool = True) -> dict[str, int]:
        """The constructor's parameters, as scikit-learn asks for them."""
        del deep
        return {
            name: getattr(self, name) for name in ("most_categories", "components", "dense_columns", "seed")
        }

    def set_params(self, **params: int) -> Self:
        """Change parameters of the constructor."""
        for name, value in params.items():
            if name not in self.get_params():
                raise InputError(
                    f"unknown parameter {name!r}, expected one of {', '.join(self.get_params())}"
                )
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "codes_")

    def __sklearn_tags__(self) -> Any:
        # Not a BaseEstimator: importing scikit-learn takes half a second, and nothing else of it is needed here.
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        inputs = InputTags(allow_nan=True, sparse=True, categorical=True, string=True)
        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(),
            input_tags=inputs,
        )

    def __repr__(self) -> str:
        return f"Encoder({', '.join(f'{name}={value}' for name, value in self.get_params().items())})"


def _table(rows: Any, what: str) -> Any:
    return rows if is_sparse(rows) else tidied(as_frame(rows), what).frame


def _as_trained(table: Any, *, sparse: bool, columns: tuple[str, ...]) -> Any:
    """Sparse rows for an encoder that learnt from dense ones, or the other way round."""
    import pandas as pd
    from scipy.sparse import csr_array

    if not sparse:
        return csr_array(table.to_numpy(dtype=np.float64))
    return pd.DataFrame(
        table.toarray(), columns=pd.Index(list(columns)) if table.shape[1] == len(columns) else None
    )


def _left_out(codes: list[Code]) -> tuple[str, ...]:
    """One sentence for all columns that were left out for the same reason."""
    dropped = {column: reason for code in codes for column, reason in code.dropped.items()}
    columns = {reason: [column for column, why in dropped.items() if why is reason] for reason in Reason}
    return tuple(f"columns {reason}: {listed(names)}" for reason, names in columns.items() if names)
