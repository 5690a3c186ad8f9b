"""Several encoders of the same images: which transfers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from whytransfer.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from whytransfer.features import Photos
    from whytransfer.result import Audit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """One encoder with its audit."""

    name: str
    audit: Audit
    photos: Photos

    @property
    def panel(self) -> Any:
        """The panel's claim on the target error."""
        return self.audit.claim("target_error.panel")

    def described(self, *, chosen: bool) -> dict[str, Any]:
        """As the document holds it: LogME and H-score on the labelled rows of each domain, the panel's estimate with its limits."""
        problem, panel = self.photos.problem, self.panel
        scores = {
            domain: _scores(getattr(self.photos, domain).embedded.features, getattr(problem, domain).labels)
            for domain in ("source", "target")
        }
        return {
            "name": self.name,
            "features": self.photos.encoder.width,
            **scores,
            "panel": {"estimate": panel.estimate, "lower": panel.lower, "upper": panel.upper},
            "chosen": chosen,
        }


def compared(
    names: Sequence[str], read: Callable[[str], Photos], run: Callable[..., Audit], asked: Mapping[str, Any]
) -> tuple[Any, Photos]:
    """The audit of the encoder that is estimated to transfer best, with what was found of all; and its photographs.

    δ is shared equally by the encoders, declared before any is tried, so that what is certified holds for whichever is chosen. Chosen is the one with the
    smallest panel estimate of the target error, which needs no label of the target; where the panel is silent for all, the one with the largest
    LogME on the source. Labels for evaluation never choose.

    Parameters
    ----------
    names : sequence of str
        At least two encoders, as `image_encoder` takes them.
    read : callable
        The photographs embedded by an encoder.
    run : callable
        The audit of a problem.
    asked : mapping
        Its options.

    Raises
    ------
    InputError
        For an encoder that is given twice.
    """
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"--encoder {twice} is given twice; give each once")
    shared = {**asked, "delta": asked["delta"] / len(names)}
    if asked.get("time_budget") is not None:
        shared["time_budget"] = asked["time_budget"] / len(names)
    tried = []
    for name in names:
        photos = read(name)
        tried.append(Tried(name=name, audit=run(photos.problem, **shared), photos=photos))
    best = _best(tried)
    listed = [one.described(chosen=one is best) for one in tried]
    note = (
        f"{len(tried)} encoders were tried and share δ = {asked['delta']:g} equally; this audit is about {best.name}, "
        f"{_why(tried)}; that makes its estimate a little too good, its certificates stay valid"
    )
    document = best.audit.document
    document = {
        **document,
        "diagnosis": {**document["diagnosis"], "encoders": listed},
        "warnings": [note, *document["warnings"]],
    }
    return replace(best.audit, document=document, warnings=(note, *best.audit.warnings)), best.photos


def _scores(features: np.ndarray, labels: np.ndarray | None) -> dict[str, Any] | None:
    from whytransfer.features.transferability import transferability

    found = None if labels is None else transferability(features, labels)
    return None if found is None else {"logme": found.logme, "h_score": found.h_score, "rows": found.rows}


def _spoken(tried: Sequence[Tried]) -> bool:
    return any(one.panel.estimate is not None for one in tried)


def _best(tried: Sequence[Tried]) -> Tried:
    if _spoken(tried):
        return min(tried, key=lambda one: float("inf") if one.panel.estimate is None else one.panel.estimate)
    scores = [_scores(one.photos.source.embedded.features, one.photos.problem.source.labels) for one in tried]
    known = [float("-inf") if found is None else found["logme"] for found in scores]
    return tried[known.index(max(known))]


def _why(tried: Sequence[Tried]) -> str:
    return (
        "whose estimated target error is the smallest"
        if _spoken(tried)
        else "whose LogME on the source is the largest, because no target error could be estimated"
    )
