"""WordLlama's static vectors, the default for text: read from the files inside the package.

The package's own loader looks for newer files on the network and sets up logging; only its data are used here.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from whytransfer.errors import InputError, NotAvailableError
from whytransfer.features.encoders.base import TextEncoder

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENS = "tokenizers/l2_supercat_tokenizer_config.json"
TENSOR = "embedding.weight"
WIDTH = 256


class WordLlama(TextEncoder):
    """The mean of the 256 static numbers of a text's tokens; a text without tokens is at the origin.

    Source: D. Lee Miller, WordLlama (2024), MIT licence: token embeddings of large language models, reduced and trained as static vectors.

    Raises
    ------
    NotAvailableError
        When the package of the extra ``[text]`` is missing, or another version of it has no such files.
    """

    name = "wordllama"
    width = WIDTH

    def __init__(self) -> None:
        self.vectors, self.tokens, self.key = _files()

    def encode(self, text: str) -> np.ndarray:
        """Features of one text; see `TextEncoder.encode`."""
        ids = np.array(self.tokens.encode(text, add_special_tokens=False).ids, dtype=np.int64)
        if not len(ids):
            return np.zeros(WIDTH, dtype=np.float32)
        rows = self.vectors[np.minimum(ids, len(self.vectors) - 1)]
        # Pairwise sums of float64: a text of a million tokens keeps its digits.
        return np.asarray(rows.mean(axis=0, dtype=np.float64), dtype=np.float32)


@cache
def _files() -> tuple[np.ndarray, Any, str]:
    """Vectors (tokens × 256), tokenizer and the digest of both; read once a process."""
    # Found without importing the package, whose import sets up logging for the whole process.
    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise NotAvailableError("text: wordllama is not installed; install whytransfer[text]")
    folder = Path(spec.origin).parent
    weights, tokens = folder / WEIGHTS, folder / TOKENS
    for file in (weights, tokens):
        if not file.is_file():
            raise NotAvailableError(
                f"text: this version of wordllama has no {file.name}; install whytransfer[text] again"
            )
    data = weights.read_bytes()
    written = tokens.read_text(encoding="utf-8")
    key = hashlib.sha256(b"wordllama mean" + hashlib.sha256(data).digest() + written.encode()).hexdigest()
    return tensor(data, TENSOR, WIDTH), _tokenizer(written), key


def tensor(data: bytes, name: str, width: int) -> np.ndarray:
    """One matrix of a safetensors file as float32.

    The format is a length, a JSON table of places, and numbers: nothing in it can run.

    Raises
    ------
    InputError
        When the file holds no such matrix.
    """
    try:
        length = int.from_bytes(data[:8], "little")
        entry = json.loads(data[8 : 8 + length])[name]
        start, end = entry["data_offsets"]
        numbers = np.frombuffer(
            data[8 + length :][start:end], dtype={"F16": "<f2", "F32": "<f4"}[entry["dtype"]]
        )
        return numbers.reshape(entry["shape"]).astype(np.float32).reshape(-1, width)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"the file of word vectors is damaged ({type(error).__name__}); install wordllama again"
        ) from None


def _tokenizer(written: str) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise NotAvailableError("text: tokenizers is not installed; install whytransfer[text]") from None
    made = Tokenizer.from_str(written)
    made.no_padding()
    made.no_truncation()
    return made
