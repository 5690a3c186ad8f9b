"""What a run has worked out is found again by what determines it, to the last bit, and by nothing else."""

import hashlib
import os
import time

import numpy as np
import pytest

from whytransfer.io import journal as module
from whytransfer.io.journal import about, from_plain, journal, kept, open_journal, plain


class EndedError(Exception):
    """The run is ended here."""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder, every entry written at once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(module, "EVERY", 0.0)
    return tmp_path / "whytransfer" / "journals"


def run(parts, *, resume=False, end=True, values=(0.1,)):
    """Steps that return `values`; how many were worked out, what was returned, what was said."""
    worked, said, returned = [], [], []

    def work(value):
        worked.append(value)
        return np.array([value, -0.0, np.nan, np.inf, np.nextafter(value, 1)])

    try:
        with journal(resume=resume, say=said.append):
            open_journal(parts)
            for i, value in enumerate(values):
                with about(str(i)):
                    returned.append(
                        kept(
                            "step",
                            (np.arange(3),),
                            lambda v=value: work(v),
                            lambda a: {"a": a},
                            lambda k: k["a"],
                        )
                    )
            if end:
                raise EndedError
    except EndedError:
        pass
    return worked, returned, said


def test_a_run_that_was_ended_goes_on_to_the_last_bit(cache):
    worked, before, said = run(["x"], values=(0.1, 0.2))
    assert worked == [0.1, 0.2] and said == []
    worked, after, said = run(["x"], resume=True, end=False, values=(0.1, 0.2, 0.3))
    assert worked == [0.3] and said == ["resuming: 2 steps are known from an earlier run"]
    assert [a.tobytes() for a in after[:2]] == [a.tobytes() for a in before]
    assert not list(cache.iterdir()), "a run that comes to its end deletes its journal"


def test_other_inputs_find_nothing(cache):
    run(["x"])
    worked, _, said = run(["y"], resume=True)
    assert worked == [0.1] and "nothing to resume" in said[0]
    with journal(resume=True, say=said.append):
        open_journal(["x"])
        with about("0"):
            other = kept("step", (np.arange(4),), lambda: np.ones(1), lambda a: {"a": a}, lambda k: k["a"])
            again = kept("another", (np.arange(3),), lambda: np.ones(1), lambda a: {"a": a}, lambda k: k["a"])
    assert other == again == 1.0


def test_without_resume_everything_is_worked_out_and_the_journal_is_told(cache):
    run(["x"])
    worked, _, said = run(["x"])
    assert worked == [0.1] and "--resume goes on with it" in said[0]


@pytest.mark.parametrize(
    "change", [lambda b: b[:-20], lambda b: b + b"x", lambda b: b"", lambda b: b[:50] + b"?" + b[51:]]
)
def test_a_file_that_does_not_fit_its_name_is_ignored_and_said(cache, change):
    run(["x"])
    (file,) = cache.glob("*/*.npz")
    file.write_bytes(change(file.read_bytes()))
    worked, _, said = run(["x"], resume=True)
    assert worked == [0.1] and "1 files that don't fit" in said[0]


def test_a_file_of_objects_under_its_right_digest_is_not_opened(cache, tmp_path):
    """Whoever can write into the folder can name a file rightly; it still runs no code."""
    run(["x"])
    (file,) = cache.glob("*/*.npz")

    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "evil"),)

    np.savez(tmp_path / "o.npz", **{f"{'0' * 64}/a": np.array([Evil()], dtype=object)})
    content = (tmp_path / "o.npz").read_bytes()
    file.with_name(f"{hashlib.sha256(content).hexdigest()}.npz").write_bytes(content)
    _, _, said = run(["x"], resume=True)
    assert "1 files that don't fit" in said[0] and not (tmp_path / "evil").exists()


def test_objects_are_refused_when_they_are_written(cache):
    with journal(resume=False, say=print):
        open_journal(["x"])
        with pytest.raises(TypeError, match="holds objects"):
            kept("step", (), lambda: np.array([None]), lambda a: {"a": a}, lambda k: k["a"])


def test_where_nothing_can_be_written_the_run_goes_on_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "EVERY", 0.0)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    worked, _, said = run(["x"], end=False, values=(0.1, 0.2))
    assert worked == [0.1, 0.2] and len(said) == 1 and "can't be resumed" in said[0]


def test_short_runs_write_nothing(cache, monkeypatch):
    monkeypatch.setattr(module, "EVERY", 3600.0)
    run(["x"])
    assert not cache.exists()


def test_an_abandoned_journal_is_deleted_after_a_month(cache):
    run(["x"])
    (file,) = cache.glob("*/*.npz")
    old = time.time() - module.ABANDONED - 60
    os.utime(file, (old, old))
    run(["y"], end=False)
    assert not file.parent.exists()


def test_files_of_others_stay(cache):
    run(["x"])
    (file,) = cache.glob("*/*.npz")
    other = file.with_name("mine.txt")
    other.write_text("")
    run(["x"], end=False)
    assert other.exists() and not file.exists()


def test_outside_a_journal_steps_are_worked_out():
    assert kept("step", (), lambda: 1, lambda a: None, lambda k: 2) == 1


def test_plain_values_come_back():
    value = {"a": [0.1 + 0.2, None, "é", 2**70], "b": {}}
    assert from_plain(plain(value)) == value
