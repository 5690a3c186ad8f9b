"""Whole or not at all."""

import os
import stat

import pytest

from whytransfer.errors import InputError
from whytransfer.io import write_atomically


def test_text_and_bytes_arrive_as_given(tmp_path):
    write_atomically(tmp_path / "a", "é\r\nb\n")
    write_atomically(str(tmp_path / "b"), b"\x00\xff")
    assert (tmp_path / "a").read_bytes() == "é\r\nb\n".encode()
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_an_existing_file_is_replaced_and_keeps_its_permissions(tmp_path):
    target = tmp_path / "a"
    target.write_text("old")
    target.chmod(0o640)
    before = target.stat().st_ino
    write_atomically(target, "new")
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert target.stat().st_ino != before


def test_a_new_file_has_the_permissions_of_the_umask(tmp_path):
    (tmp_path / "plain").write_text("")
    write_atomically(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_long_name_fits(tmp_path):
    write_atomically(tmp_path / ("n" * 255), "x")
    assert (tmp_path / ("n" * 255)).read_text() == "x"


def test_a_device_is_written_to_and_not_replaced():
    write_atomically(os.devnull, "x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("", "it is a folder"),
        ("no/such/a", "doesn't exist; create it"),
        ("a\0b", "null"),
        ("n" * 300, "too long"),
    ],
)
def test_one_line_for_a_place_that_can_not_be_written(tmp_path, where, what):
    with pytest.raises(InputError, match=what) as caught:
        write_atomically(str(tmp_path) + "/" + where, "x")
    assert "\n" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_the_old_file_survives_when_writing_fails(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        write_atomically(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_nothing_is_left_after_an_interrupt(tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a", "new")
    assert os.listdir(tmp_path) == []
