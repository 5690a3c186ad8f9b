"""The randomness of a label plan: other rows for another model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whytransfer.io import digest_of_array, digest_of_parts
from whytransfer.models import Kind
from whytransfer.steps.case import Case


def draw_of(case: Case, said: Sequence[np.ndarray], key: int) -> np.random.Generator:
    """The randomness of a plan: of the seed and, where a model was given, of what the models say on all target rows.

    A model may have learned from labels that an earlier plan with the same seed asked for: it is judged by other rows then.
    """
    words = [case.seed]
    if len(said) > 1 or case.subject.certified_kind is not Kind.TRAINED:
        words.append(int(digest_of_parts([digest_of_array(codes) for codes in said]), 16))
    return np.random.default_rng(np.random.SeedSequence(words, spawn_key=(key,)))
