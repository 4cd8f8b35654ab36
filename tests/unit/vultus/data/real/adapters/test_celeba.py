import pytest

from vultus.data.real.sources import SOURCES
from vultus.errors import InputError


def _pictures(folder, *names):
    folder.mkdir()
    for name in names:
        (folder / name).touch()


def test_tables_give_people_splits_and_attributes(tmp_path):
    _pictures(tmp_path / "img_align_celeba", "000001.jpg", "000002.jpg", "000003.jpg")
    (tmp_path / "list_eval_partition.txt").write_text("000001.jpg 0\n000002.jpg 1\n000003.jpg 2\n")
    (tmp_path / "identity_CelebA.txt").write_text("000001.jpg 2880\n000002.jpg 2880\n")
    (tmp_path / "list_attr_celeba.txt").write_text(
        "3\nBald Eyeglasses Smiling\n000001.jpg -1  1  1\n000002.jpg -1 -1 -1\n000003.jpg  1 -1 -1\n"
    )
    first, second, third = SOURCES["celeba"](tmp_path)
    assert [item.id for item in (first, second, third)] == ["p2880/000001", "p2880/000002", "000003/000003"]
    assert [item.split for item in (first, second, third)] == ["train", "val", "test"]
    assert first.extra == {"attributes": ["Eyeglasses", "Smiling"]}
    assert second.extra == {}
    assert third.extra == {"attributes": ["Bald"]}


def test_every_table_is_optional(tmp_path):
    _pictures(tmp_path / "img_celeba", "000007.jpg")
    (item,) = SOURCES["celeba"](tmp_path)
    assert (item.id, item.split, item.extra) == ("000007/000007", None, {})
    assert "non-commercial" in item.licence


def test_the_high_quality_set_leads_back_to_the_tables(tmp_path):
    _pictures(tmp_path / "CelebA-HQ-img", "0.jpg", "1.jpg")
    (tmp_path / "CelebA-HQ-to-CelebA-mapping.txt").write_text("idx orig_idx orig_file\n0 119613 119614.jpg\n")
    (tmp_path / "Anno").mkdir()
    (tmp_path / "Anno" / "identity_CelebA.txt").write_text("119614.jpg 99\n")
    first, second = SOURCES["celeba"](tmp_path)
    assert (first.id, second.id) == ("p99/0", "1/1")


def test_another_layout_is_refused(tmp_path):
    with pytest.raises(InputError, match="img_align_celeba"):
        next(SOURCES["celeba"](tmp_path))
