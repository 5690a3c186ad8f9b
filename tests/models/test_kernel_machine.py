"""Answers by matrix products are those of the library."""

import numpy as np
import pytest
from sklearn.svm import SVC

from whytransfer.models.kernel_machine import AT_ONCE, KernelMachine


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_same_answers(classes):
    rng = np.random.default_rng(classes)
    X = rng.normal(size=(300, 4))
    score = X[:, 0] + 0.2 * rng.normal(size=300)
    y = 3 * np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    rows = 2 * rng.normal(size=(AT_ONCE + 300, 4))
    gamma = 1 / (4 * X.var())
    ours, library = KernelMachine(gamma=gamma).fit(X, y), SVC().fit(X, y)
    assert set(np.unique(library.predict(rows))) == set(np.unique(y))
    np.testing.assert_array_equal(ours.predict(rows), library.predict(rows))
