"""Trees asked one after another say what scikit-learn's say, to the last bit."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier

from whytransfer.models.randomised_trees import RandomisedTrees


@pytest.mark.parametrize("classes", [2, 4])
def test_the_same_probabilities_and_the_same_classes(classes):
    rng = np.random.default_rng(classes)
    X, fresh = rng.normal(size=(80, 3)), rng.normal(size=(50, 3))
    # Codes with a gap, as where a class has no training row.
    y = 2 * rng.integers(0, classes, 80)
    settings = {"n_estimators": 30, "min_samples_leaf": 2, "random_state": 0}
    ours, theirs = (kind(**settings).fit(X, y) for kind in (RandomisedTrees, ExtraTreesClassifier))
    assert ours.predict_proba(fresh).tobytes() == theirs.predict_proba(fresh).tobytes()
    assert ours.predict(fresh).tolist() == theirs.predict(fresh).tolist()
