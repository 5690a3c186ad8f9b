"""A model as it was given: whether it is fitted, and an unfitted copy of it."""

from __future__ import annotations

from typing import Any

from whytransfer.errors import InputError
from whytransfer.models.subject import one_line


def is_fitted(model: Any) -> bool:
    """Whether a model can predict already: anything that is no scikit-learn estimator is taken to be fitted.

    Raises
    ------
    InputError
        For an object without ``predict``.
    """
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    if not hasattr(model, "predict"):
        raise InputError(
            f"model: expected an object with predict, a learner's name or None, got {type(model).__name__}"
        )
    if not isinstance(model, BaseEstimator):
        return True
    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    except TypeError:
        # scikit-learn's check wants a fit method; what has none can't be unfitted.
        return True
    return True


def clone_of(model: Any) -> Any:
    """An unfitted copy.

    Raises
    ------
    InputError
        Where the model can't be copied.
    """
    from sklearn.base import clone

    try:
        return clone(model)
    except (TypeError, RuntimeError) as error:
        raise InputError(
            f"model: can't be cloned ({one_line(error)}); give a scikit-learn estimator, or trained_on_source=False"
        ) from error
