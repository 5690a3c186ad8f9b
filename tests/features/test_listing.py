"""Folders and tables of images."""

import pytest

from tests.features.images import folder_of, noise, saved
from whytransfer.errors import InputError
from whytransfer.features import list_images


def test_a_sub_folder_a_class_at_any_depth_and_hidden_files_left_out(tmp_path):
    folder_of(tmp_path, ("b", "a"), count=2, level=0.2)
    (tmp_path / "a" / "deep").mkdir()
    (tmp_path / "a" / "deep" / "x.JPG").write_bytes(b"")
    (tmp_path / "a" / "unnamed").write_bytes(saved(noise(0)))
    (tmp_path / "b" / ".hidden.png").write_bytes(b"")
    (tmp_path / "b" / "notes.txt").write_text("none")
    found = list_images(tmp_path)
    assert found.names == ("a/00.png", "a/01.png", "a/deep/x.JPG", "a/unnamed", "b/00.png", "b/01.png")
    assert found.labels == ("a", "a", "a", "a", "b", "b")
    assert found.aside == ("b/notes.txt",)


def test_flat_images_have_no_labels(tmp_path):
    assert list_images(folder_of(tmp_path, ("a",), count=2, level=0.2, flat=True)).labels is None


def test_a_table_of_paths_and_labels(tmp_path):
    folder_of(tmp_path, ("a", "b"), count=1, level=0.2)
    table = tmp_path / "list.csv"
    table.write_text("path,kind\nb/00.png,left\na/00.png,\n")
    found = list_images(table, label="kind")
    assert found.names == ("b/00.png", "a/00.png") and found.labels == ("left", None)
    assert found.paths[0] == tmp_path / "b/00.png"
    table.write_text("path,more\nb/00.png,1\na/00.png,2\n")
    assert list_images(table, label="kind").labels == ("b", "a")


def test_links_in_a_circle_end(tmp_path):
    folder_of(tmp_path, ("a",), count=1, level=0.2)
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert list_images(tmp_path).names == ("a/00.png",)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p, "no images"),
        (lambda p: folder_of(p, ("a",), count=1, level=0.2) / "a/00.png", "one image"),
        (lambda p: (p / "x.csv").write_text("file\na.png\n") and p / "x.csv", "no column 'path'"),
        (lambda p: (p / "x.csv").write_text("path,y\na.png,1\n,2\n") and p / "x.csv", "row 1 has no path"),
        (lambda p: p / "none", "no such file"),
    ],
    ids=["nothing", "one image", "no paths", "a gap", "missing"],
)
def test_other_things_are_refused(make, words, tmp_path):
    with pytest.raises(InputError, match=words):
        list_images(make(tmp_path))


def test_flat_images_beside_classes_are_refused(tmp_path):
    folder_of(tmp_path, ("a",), count=1, level=0.2)
    folder_of(tmp_path, ("z",), count=1, level=0.2, flat=True)
    with pytest.raises(InputError, match=r"1 images such as 'z00.png' lie beside"):
        list_images(tmp_path)
