"""A fixed rotation of features, so that none of them is nearly silent."""

from __future__ import annotations

import hashlib

import numpy as np


def turned(features: np.ndarray) -> np.ndarray:
    """The features in another orthonormal basis: distances, angles and linear models stay what they are; each column mixes all.

    Some features of a network hardly ever speak on product photographs. What learns and measures by columns puts each in units of its standard deviation in the source, and such a
    feature, divided by almost nothing, then outweighs all others as soon as it speaks in the target. After a rotation that depends on no data every column has about the
    same spread. Signs, then the cosine transform (Ailon and Chazelle 2009, "The fast Johnson-Lindenstrauss transform"; no column is left out here).

    Parameters
    ----------
    features : ndarray, shape (n, p)

    Returns
    -------
    ndarray of float32, shape (n, p)

    Examples
    --------
    >>> rows = np.array([[3.0, 4.0], [0.0, 1.0]])
    >>> np.linalg.norm(turned(rows), axis=1).round(6).tolist()
    [5.0, 1.0]
    """
    from scipy.fft import dct

    mixed = dct(features.astype(np.float64) * signs(features.shape[1]), norm="ortho", axis=1)
    return np.asarray(mixed, dtype=np.float32)


def signs(p: int) -> np.ndarray:
    """As many signs, ±1, that look random and are the same for ever, from a hash and not from a generator whose stream may change."""
    blocks = [hashlib.sha256(f"turned {block}".encode()).digest() for block in range(p // 256 + 1)]
    bits = np.unpackbits(np.frombuffer(b"".join(blocks), dtype=np.uint8))[:p]
    return 1.0 - 2.0 * bits
