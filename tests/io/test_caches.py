"""Where caches lie: the user's word first, then the system's custom, and nowhere where that is wanted."""

from pathlib import Path

import pytest

from whytransfer.io.caches import cache_folder


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    for name in ("WHYTRANSFER_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)


def test_the_users_folder_goes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "system"))
    assert cache_folder() == tmp_path / "system" / "whytransfer"
    monkeypatch.setenv("WHYTRANSFER_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.setenv("WHYTRANSFER_CACHE", " ")
    assert cache_folder() is None


def test_a_relative_path_of_the_system_is_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache_folder() in (
        tmp_path / ".cache" / "whytransfer",
        tmp_path / "Library/Caches" / "whytransfer",
    )


def test_nobody_s_home_keeps_nothing(monkeypatch):
    def none():
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", none)
    assert cache_folder() is None
