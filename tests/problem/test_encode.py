"""Mixed tables to numbers: learnt on the training rows, the same for every container."""

import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from whytransfer.errors import InputError
from whytransfer.problem import Encoder

RNG = np.random.default_rng(0)
N = 60
TRAIN = pd.DataFrame(
    {
        "age": np.where(np.arange(N) % 7 == 0, np.nan, np.arange(N)),
        "member": np.arange(N) % 3 == 0,
        "site": np.array(["a", "b", None], dtype=object)[np.arange(N) % 3],
        "when": pd.date_range("2020-01-31", periods=N, freq="36h"),
        "comment": [f"patient number {i} of ward {i % 5}" for i in range(N)],
        "visits": np.arange(N) % 4,
        "constant": 1.5,
        "one_word": "x",
        "nothing": np.nan,
        "no_text": pd.Series([None] * N, dtype=object),
    }
)


def literal(train, rows):
    """One cell at a time, for everything but free text."""
    out = []
    for _, row in rows.iterrows():
        median = float(np.median([v for v in train["age"] if v == v]))
        missing = row["age"] != row["age"]
        cells = [median if missing else row["age"], float(missing), float(row["member"])]
        cells += [float(row["site"] == "a"), float(row["site"] == "b"), float(pd.isna(row["site"]))]
        t = row["when"]
        cells += [t.month, t.day, t.weekday(), t.hour, (t - pd.Timestamp(0)).total_seconds()]
        out.append([*cells, float(row["visits"])])
    return np.array(out, dtype=float)


def test_against_the_literal_code():
    train, rows = TRAIN.drop(columns="comment").iloc[:40], TRAIN.drop(columns="comment").iloc[30:]
    encoder = Encoder().fit(train)
    assert encoder.feature_names_out == (
        "age", "age missing", "member", "site=a", "site=b", "site missing",
        "when month", "when day", "when weekday", "when hour", "when seconds", "visits",
    )  # fmt: skip
    assert encoder.origin == ("age",) * 2 + ("member",) + ("site",) * 3 + ("when",) * 5 + ("visits",)
    np.testing.assert_array_equal(encoder.transform(rows), literal(train, rows))


def test_what_is_left_out_is_said():
    assert Encoder().fit(TRAIN).warnings == (
        "columns without any value in the training rows, left out: 'nothing', 'no_text'",
        "columns with one value only in the training rows, left out: 'constant', 'one_word'",
    )


def test_no_missing_number_ever_comes_out():
    encoder = Encoder().fit(TRAIN)
    holes = TRAIN.astype(object).where(np.zeros(TRAIN.shape, dtype=bool), None)
    for rows in (TRAIN, holes, TRAIN.iloc[:1], TRAIN.iloc[:0]):
        encoded = encoder.transform(rows)
        assert encoded.dtype == np.float64
        assert encoded.shape == (len(rows), len(encoder.feature_names_out))
        assert np.isfinite(encoded).all()


def test_only_training_rows_are_learnt_from():
    """The canary: other rows may say anything; what was learnt, and what comes of the source, stay the same."""
    encoder = Encoder().fit(TRAIN.iloc[:40])
    before = encoder.transform(TRAIN.iloc[40:])
    wild = TRAIN.iloc[:5].assign(age=1e9, site="wild", comment="zzzz", visits=-1)
    encoder.transform(wild), encoder.remarks(wild)
    np.testing.assert_array_equal(encoder.transform(TRAIN.iloc[40:]), before)
    other = Encoder().fit(TRAIN.assign(age=TRAIN["age"] + 1).iloc[:40])
    assert not np.array_equal(other.transform(TRAIN.iloc[40:]), before)


def test_it_is_deterministic():
    first, second = (Encoder(seed=3).fit(TRAIN).transform(TRAIN) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_a_row_is_coded_alike_alone_and_among_others():
    encoder = Encoder().fit(TRAIN)
    together = encoder.transform(TRAIN)
    alone = np.vstack([encoder.transform(TRAIN.iloc[[i]]) for i in range(N)])
    np.testing.assert_allclose(alone, together, rtol=1e-6, atol=1e-6)


FORMS = {
    "object": lambda f: f.astype(object),
    "nullable": lambda f: f.convert_dtypes(),
    "arrow types": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "category": lambda f: f.astype({"site": "category", "one_word": "category"}),
    "polars": pl.from_pandas,
    "arrow": lambda f: pa.Table.from_pandas(f, preserve_index=False),
    "another order": lambda f: f[f.columns[::-1]],
    "more columns": lambda f: f.assign(extra=1),
    "another index": lambda f: f.set_axis(range(N, 2 * N)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_container_gives_the_same_code(form):
    expected = Encoder().fit(TRAIN).transform(TRAIN)
    if form not in ("another order", "more columns"):
        np.testing.assert_array_equal(Encoder().fit(FORMS[form](TRAIN)).transform(TRAIN), expected)
    np.testing.assert_array_equal(Encoder().fit(TRAIN).transform(FORMS[form](TRAIN)), expected)


def test_arrays_and_frames_of_the_same_numbers():
    X = RNG.normal(size=(20, 3))
    X[3, 1] = np.nan
    encoder = Encoder().fit(X)
    assert encoder.feature_names_out == ("x0", "x1", "x1 missing", "x2")
    for form in (X, X.tolist(), np.asfortranarray(X), pd.DataFrame(X), pl.DataFrame(X)):
        np.testing.assert_array_equal(encoder.transform(form), encoder.transform(X))
    assert (Encoder().fit(pd.DataFrame(X)).transform(X) == encoder.transform(X)).all()


def test_numbers_come_out_as_they_went_in():
    X = RNG.normal(size=(50, 4)) * 10.0 ** np.arange(-8, 8, 4)
    assert Encoder().fit(X).transform(X).tobytes() == X.tobytes()


def test_unknown_categories_are_zeros_and_counted():
    train = pd.DataFrame({"k": ["a", "b", "a"], "x": [1.0, 2.0, 3.0]})
    rows = pd.DataFrame({"k": ["c", "d", "c", "a", None], "x": [1.0, np.nan, np.nan, 1.0, 1.0]})
    encoder = Encoder().fit(train)
    assert encoder.transform(rows)[:, :2].tolist() == [[0, 0], [0, 0], [0, 0], [1, 0], [0, 0]]
    assert encoder.transform(rows)[1, 2] == 2.0
    assert encoder.remarks(rows) == (
        "2 missing values in columns that had none in training, read as the training median: 'x'",
        "3 rows with values of 'k' that training had not, all its columns are zero there: 'c', 'd'",
    )
    assert encoder.remarks(train) == ()


def test_one_value_and_gaps_make_one_column():
    train = pd.DataFrame({"k": ["a", None, "a"], "x": [5.0, np.nan, 5.0]})
    encoder = Encoder().fit(train)
    assert encoder.feature_names_out == ("k=a", "x missing")
    assert encoder.transform(train).tolist() == [[1, 0], [0, 1], [1, 0]]
    assert encoder.warnings == (
        "columns with one value only where present, of which only the gaps are used: 'x'",
    )


def test_up_to_thirty_categories_are_one_hot():
    few = pd.DataFrame({"k": [f"v{i % 30}" for i in range(90)]})
    many = pd.DataFrame({"k": [f"v{i % 31}" for i in range(93)]})
    assert len(Encoder().fit(few).feature_names_out) == 30
    assert all("~" in name for name in Encoder().fit(many).feature_names_out)
    assert len(Encoder(most_categories=31).fit(many).feature_names_out) == 31


def test_similar_texts_are_near():
    towns = [f"{word} {i}" for word in ("Saint-Pierre", "Oberhausen", "Villanueva") for i in range(20)]
    encoder = Encoder().fit(pd.DataFrame({"town": towns}))
    one, typo, other = encoder.transform(
        pd.DataFrame({"town": ["Oberhausen 3", "Oberhausne 3", "Villanueva 3"]})
    )
    assert np.linalg.norm(one - typo) < np.linalg.norm(one - other)


def test_texts_of_few_letters_do_not_warn():
    train = pd.DataFrame({"k": [chr(97 + i % 26) * (1 + i // 26) for i in range(40)]})
    assert np.isfinite(Encoder().fit(train).transform(train)).all()


def test_dates_before_1900_and_seconds_are_exact():
    train = pd.DataFrame(
        {"t": pd.to_datetime(["1850-06-01", "2020-01-01", "2020-01-01 00:00:01"], format="ISO8601")}
    )
    encoder = Encoder().fit(train)
    seconds = encoder.transform(train)[:, -1]
    assert seconds[2] - seconds[1] == 1.0
    assert seconds[0] == (pd.Timestamp("1850-06-01") - pd.Timestamp(0)).total_seconds()


def test_numeric_categories_and_numbers_meet():
    train = pd.DataFrame({"k": pd.Categorical([3, 5, 3])})
    encoder = Encoder().fit(train)
    assert encoder.feature_names_out == ("k=3", "k=5")
    assert encoder.transform(pd.DataFrame({"k": [5.0, 3.0]})).tolist() == [[0, 1], [1, 0]]
    numbers = Encoder().fit(pd.DataFrame({"k": [3, 5, 4]}))
    assert numbers.transform(pd.DataFrame({"k": pd.Categorical(["5", "3"])})).tolist() == [[5], [3]]


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
def test_sparse_of_few_columns_becomes_dense(form):
    X = np.array([[0, 1, 0, 2.0], [3, 1, 0, 0], [0, 1, 0, 5]])
    encoder = Encoder().fit(form(X))
    assert encoder.feature_names_out == ("x0", "x3")
    assert encoder.transform(form(X)).tolist() == X[:, [0, 3]].tolist()
    assert encoder.transform(X).tolist() == X[:, [0, 3]].tolist()
    assert encoder.warnings == ("columns with one value only in the training rows, left out: 'x1', 'x2'",)
    assert Encoder().fit(X).transform(form(X)).tolist() == X[:, [0, 3]].tolist()


def test_sparse_of_many_columns_stays_sparse():
    X = sparse.random_array(
        (20, 50), density=0.2, rng=np.random.default_rng(0), format="csr", dtype=np.float32
    )
    encoder = Encoder(dense_columns=49).fit(X)
    encoded = encoder.transform(X)
    assert sparse.issparse(encoded)
    assert encoded.dtype == np.float64
    assert encoded.shape == (20, len(encoder.feature_names_out))
    assert isinstance(Encoder(dense_columns=50).fit(X).transform(X), np.ndarray)


def test_nothing_left_is_said():
    encoder = Encoder().fit(pd.DataFrame({"x": [1.0, 1.0]}))
    assert encoder.transform(pd.DataFrame({"x": [1.0, 2.0, 3.0]})).shape == (3, 0)
    assert encoder.warnings[-1] == "no column varies in the training rows: nothing is left to learn from"


REFUSED = {
    "a column missing": (lambda: Encoder().fit(TRAIN).transform(TRAIN.drop(columns="age")), "lack the column 'age'"),
    "another width": (lambda: Encoder().fit(np.eye(3)).transform(np.eye(2)), "2 columns, expected 3"),
    "text for numbers": (lambda: Encoder().fit(TRAIN).transform(TRAIN.assign(age="old")), "'age' held numbers in training"),
    "text for dates": (lambda: Encoder().fit(TRAIN).transform(TRAIN.assign(when="x")), "'when' held dates in training"),
    "infinite": (lambda: Encoder().fit(TRAIN).transform(TRAIN.assign(age=np.inf)), "infinite number"),
    "a parameter": (lambda: Encoder().set_params(depth=3), "unknown parameter 'depth'"),
}  # fmt: skip


def test_unfitted_it_says_so_as_scikit_learn_does():
    with pytest.raises(NotFittedError, match="not fitted"):
        Encoder().transform(TRAIN)


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_line(case):
    call, words = REFUSED[case]
    with pytest.raises(InputError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_it_is_a_transformer_of_scikit_learn():
    encoder = Encoder(most_categories=5, seed=2)
    assert clone(encoder).get_params() == encoder.get_params()
    assert repr(encoder) == "Encoder(most_categories=5, components=30, dense_columns=1000, seed=2)"
    y = np.arange(N) % 2
    pipeline = clone(make_pipeline(Encoder(), LogisticRegression(max_iter=5000))).fit(
        TRAIN[["age", "member"]], y
    )
    assert pipeline.predict(TRAIN[["age", "member"]]).shape == (N,)
    assert Encoder().fit(TRAIN).get_feature_names_out().tolist() == list(
        Encoder().fit(TRAIN).feature_names_out
    )
    assert np.array_equal(Encoder().fit_transform(TRAIN, y), Encoder().fit(TRAIN).transform(TRAIN))


def test_it_is_saved_without_pickles():
    import skops.io

    encoder = Encoder().fit(TRAIN)
    data = skops.io.dumps(encoder)
    trusted = skops.io.get_untrusted_types(data=data)
    assert all(name.startswith(("whytransfer.problem.", "skrub.")) for name in trusted)
    loaded = skops.io.loads(data, trusted=trusted)
    assert loaded.transform(TRAIN).tobytes() == encoder.transform(TRAIN).tobytes()


def test_numbers_and_categories_need_no_skrub():
    code = (
        "import sys, pandas as pd; from whytransfer.problem import Encoder, Problem\n"
        "f = pd.DataFrame({'x': [1., 2.], 'k': ['a', 'b'], 't': pd.to_datetime(['2020', '2021'])})\n"
        "Encoder().fit(f).transform(f)\n"
        "print([m for m in ('skrub', 'sklearn', 'numba', 'scipy.stats') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
