"""Two sets of photographs as a problem: features as columns, folders as labels, and what people want to see of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.features.embedding import Embedded, embed, refuse_unusable
from whytransfer.features.encoders import ImageEncoder, image_encoder
from whytransfer.features.listing import PATH, Listing, list_images
from whytransfer.features.turning import turned
from whytransfer.io.caches import cache_folder
from whytransfer.problem import Problem
from whytransfer.wording import how_many

if TYPE_CHECKING:
    import pandas as pd

Told = Callable[[str, int, int], None]

TYPICAL = 0.99
"""Share of the source's photographs that count as having a neighbour, as `whytransfer.overlap` has it."""

LABEL = "label"
"""What the label column is called where the user doesn't call it anything."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Domain:
    """The photographs of one domain that could be used, row by row."""

    listing: Listing
    embedded: Embedded

    @property
    def names(self) -> list[str]:
        """How each row's photograph is called."""
        return [self.listing.names[i] for i in self.embedded.rows]

    @property
    def paths(self) -> list[Path]:
        """Where each row's photograph is."""
        return [self.listing.paths[i] for i in self.embedded.rows]

    @property
    def features(self) -> np.ndarray:
        """The encoder's features of each row, turned (`whytransfer.features.turning`), float32, shape (n, width)."""
        return turned(self.embedded.features)

    def frame(self, label: str, *, named: bool = False) -> pd.DataFrame:
        """A row a photograph: the features ``f0000``, …, and the label where there are labels; with `named`, the paths as its index."""
        import pandas as pd

        features = self.features
        width = features.shape[1]
        columns = [f"f{i:0{max(4, len(str(width - 1)))}d}" for i in range(width)]
        index = pd.Index(self.names, name=PATH) if named else None
        frame = pd.DataFrame(features, columns=pd.Index(columns), index=index)
        if self.listing.labels is not None:
            frame[label] = [self.listing.labels[i] for i in self.embedded.rows]
        return frame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photos:
    """A problem made of photographs, and the photographs.

    Parameters
    ----------
    problem : Problem
        Its columns are the encoder's features.
    source, target : Domain
        The photographs behind the rows.
    encoder : ImageEncoder
        What made the features.
    warnings : tuple of str
        Which were skipped or converted, and which files are no images.
    """

    problem: Problem
    source: Domain
    target: Domain
    encoder: ImageEncoder
    warnings: tuple[str, ...]


def read_domain(
    given: str | os.PathLike[str],
    encoder: ImageEncoder,
    *,
    label: str = LABEL,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Domain:
    """The photographs of a folder or table, embedded.

    Parameters
    ----------
    given : path
        As `list_images` takes it.
    encoder : ImageEncoder
        What makes the features.
    label : str
        Label column of a table.
    cache : Path or None
        Folder of features worked out before.
    progress : callable or None
        Told how many of how many are done.

    Raises
    ------
    InputError
        When there are none. Those that can't be used are in ``embedded.skipped``.
    """
    listing = list_images(given, label=label)
    return Domain(listing=listing, embedded=embed(listing, encoder, cache=cache, progress=progress))


def read_photos(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    label: str = LABEL,
    encoder: ImageEncoder | str | None = None,
    skip_broken: bool = False,
    use_target_labels: bool = False,
    target_labels: Any = None,
    cache: Path | str | None = "default",
    progress: Told | None = None,
) -> Photos:
    """Two folders (or tables) of photographs as a problem.

    Parameters
    ----------
    source : path
        A folder with one sub-folder a class, or a table with columns ``path`` and `label`.
    target : path
        The same, or a folder whose images lie flat. Its labels, where it has any, are set aside unless `use_target_labels`.
    label : str
        Name of the label column.
    encoder : ImageEncoder, str or None
        What makes features of the photographs; by name as `image_encoder` takes it.
    skip_broken : bool
        Leave out what can't be used, and say so, instead of refusing.
    use_target_labels : bool
        Take the target's labels, for evaluation.
    target_labels : path, array-like, data frame, mapping or None
        Labels of target rows for evaluation, as `Problem.read` takes them, or with a column ``path`` instead of ``row``.
    cache : path, None or "default"
        Where features are kept; None keeps none.
    progress : callable or None
        Told a sentence, and how many of how many are done.

    Returns
    -------
    Photos

    Raises
    ------
    InputError
        In one line: which photographs can't be used, and what else is wrong.
    """
    made = encoder if isinstance(encoder, ImageEncoder) else image_encoder(encoder)
    kept = cache_folder() if cache == "default" else None if cache is None else Path(cache)
    domains = {}
    for whose, given in (("source", source), ("target", target)):
        listener = None if progress is None else _named(progress, f"embedding the {whose}'s images")
        domains[whose] = read_domain(given, made, label=label, cache=kept, progress=listener)
    here, there = domains["source"], domains["target"]
    said = refuse_unusable([(whose, domain.embedded) for whose, domain in domains.items()], skip=skip_broken)
    said += [_aside(whose, domain.listing) for whose, domain in domains.items() if domain.listing.aside]
    if here.listing.labels is None:
        raise InputError(
            f"source {os.fspath(source)!r}: its images lie flat and have no labels, expected one sub-folder a class, or a CSV with "
            f"columns {PATH} and {label}"
        )
    if use_target_labels and there.listing.labels is None:
        raise InputError(
            f"target {os.fspath(target)!r}: its images lie flat and have no labels to evaluate with; leave out --use-target-labels, or "
            "move them into one sub-folder a class"
        )
    problem = Problem.read(
        here.frame(label),
        there.frame(label),
        label,
        target_labels=_by_row(target_labels, there),
        use_target_labels=use_target_labels,
    )
    return Photos(problem=problem, source=here, target=there, encoder=made, warnings=tuple(said))


def _named(progress: Told, text: str) -> Callable[[int, int], None]:
    return lambda done, of: progress(text, done, of)


def _aside(whose: str, listing: Listing) -> str:
    """Files that are no images, by name."""
    count = len(listing.aside)
    names = ", ".join(listing.aside[:5]) + (f" and {count - 5} more" if count > 5 else "")
    return f"{whose}: {count} file{'' if count == 1 else 's'} that {'is' if count == 1 else 'are'} no image set aside: {names}"


def _by_row(given: Any, target: Domain) -> Any:
    """Target labels by row, where they were given by path."""
    if given is None or not isinstance(given, (str, os.PathLike)):
        return given
    from whytransfer.problem.read import Wanted, read_table

    skipped = target.embedded.skipped
    frame = read_table(given, wanted=Wanted(text=(PATH,)))
    names = [str(name).strip().casefold() for name in frame.columns]
    if PATH not in names:
        if skipped:
            raise InputError(
                f"target labels {os.fspath(given)!r}: {how_many(len(skipped), 'images')} skipped, so that rows can't be told by number; give columns "
                f"{PATH} and label"
            )
        return given
    label = next((names.index(name) for name in ("label", "y") if name in names), None)
    if label is None:
        raise InputError(f"target labels {os.fspath(given)!r}: no column label beside {PATH}; name it label")
    place = {name: row for row, name in enumerate(target.names)}
    found: dict[int, Any] = {}
    for path, value in zip(frame.iloc[:, names.index(PATH)].astype(str), frame.iloc[:, label], strict=True):
        if path in skipped:
            continue
        if path not in place or place[path] in found:
            reason = "is no image of the target" if path not in place else "stands more than once"
            raise InputError(
                f"target labels {os.fspath(given)!r}: {path!r} {reason}; paths are relative to the target's folder"
            )
        found[place[path]] = None if value != value else value  # noqa: PLR0124  (NaN differs from itself)
    return found


def distances(photos: Photos) -> np.ndarray:
    """How foreign each target photograph is, shape (m,).

    Its Euclidean distance, in the encoder's features, to the nearest source photograph, over the distance within which 99 % of the
    source's photographs have another one: beyond 1 the source has nothing like it. Features are not scaled, because an encoder's have one
    scale; copies in the source count as one.
    """
    from sklearn.neighbors import NearestNeighbors

    source = np.unique(photos.source.embedded.features.astype(np.float64), axis=0)
    target = photos.target.embedded.features.astype(np.float64)
    near = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(source)
    reach = float(np.quantile(near.kneighbors()[0][:, 0], TYPICAL)) if len(source) > 1 else 0.0
    found = np.asarray(near.kneighbors(target)[0][:, 0])
    return found / reach if reach > 0 else found
