"""Which step is under way, for whoever wants to show it. Nobody listens by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str], None]

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


def step(name: str) -> None:
    """Say that a step begins."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(name)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let `listener` hear the steps of what runs inside; of this context only, so that audits side by side don't mix."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)
