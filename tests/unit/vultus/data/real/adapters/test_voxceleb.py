import pytest

from vultus.data.real.adapters.voxceleb import read_utterance
from vultus.data.real.sources import SOURCES
from vultus.errors import InputError

VOX1 = """Identity  : \tA.J._Buckley
Reference : \t1zcIwhmdeo4
Offset    : \t-4
FV Conf   : \t16.964\t(1)
ASD Conf  : \t4.456

FRAME \tX \tY \tW \tH
000245 \t211 \t 57 \t 96 \t 96
000246 \t201 \t 59 \t 96 \t 96
000247 \t205 \t 58 \t 100 \t 90
"""

VOX2 = """Identity  : \tid00017
Reference : \t_mjZ87sK6cA
Offset    : \t2
FV Conf   : \t16.140\t(1)
ASD Conf  : \t5.142

FRAME \tX \tY \tW \tH
000050 \t0.250 \t0.125 \t0.500 \t0.750
000074 \t0.300 \t0.100 \t0.500 \t0.750
"""


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def vox1(tmp_path):
    _write(
        tmp_path / "vox1_meta.csv",
        "VoxCeleb1 ID\tVGGFace1 ID\tGender\tNationality\tSet\nid10001\tA\tm\tUK\ttest\n",
    )
    _write(tmp_path / "txt" / "id10001" / "1zcIwhmdeo4" / "0000375.txt", VOX1)
    _write(tmp_path / "videos" / "1zcIwhmdeo4.webm", "")
    return tmp_path


def test_the_box_holds_the_face_in_every_frame(vox1):
    (item,) = SOURCES["voxceleb1"](vox1)
    assert item.box_px == (201.0, 57.0, 307.0, 155.0)
    assert item.box_frame_px == (360, 0)


def test_frame_numbers_are_twenty_fifths_of_a_second(vox1):
    (item,) = SOURCES["voxceleb1"](vox1)
    assert (item.start_s, item.end_s) == (245 / 25, 248 / 25)


def test_person_clip_video_and_official_split_are_told(vox1):
    (item,) = SOURCES["voxceleb1"](vox1)
    assert (item.id, item.split) == ("id10001/1zcIwhmdeo4-0000375", "test")
    assert item.path == vox1 / "videos" / "1zcIwhmdeo4.webm"
    assert item.extra == {"reference": "1zcIwhmdeo4"}


def test_boxes_of_the_second_set_are_fractions(tmp_path):
    _write(tmp_path / "txt" / "id00017" / "_mjZ87sK6cA" / "00001.txt", VOX2)
    (tmp_path / "videos").mkdir()
    (item,) = SOURCES["voxceleb2"](tmp_path)
    assert item.box_px == pytest.approx((0.25, 0.1, 0.8, 0.875))
    assert (item.box_frame_px, item.start_s, item.end_s) == ((1, 1), 2.0, 3.0)
    assert item.path == tmp_path / "videos" / "_mjZ87sK6cA.mp4"  # named although it is not there yet


def test_published_clips_are_taken_whole(tmp_path):
    _write(tmp_path / "vox2_meta.csv", "VoxCeleb2 ID ,VGGFace2 ID ,Gender ,Set \nid00012 ,n1 ,m ,dev \n")
    _write(tmp_path / "dev" / "mp4" / "id00012" / "21Uxsk56VDQ" / "00001.mp4", "")
    (item,) = SOURCES["voxceleb2"](tmp_path)
    assert (item.id, item.split, item.box_px, item.end_s) == (
        "id00012/21Uxsk56VDQ-00001",
        "train",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no frames"),
        (VOX1.replace("Reference", "Ref"), "no reference"),
        (VOX1 + "000248 \tx 1 2 3", "row"),
    ],
)
def test_a_damaged_description_spoils_its_own_item_only(vox1, text, fault):
    _write(vox1 / "txt" / "id10000" / "x" / "1.txt", text)
    bad, good = SOURCES["voxceleb1"](vox1)
    assert fault in bad.fault
    assert "1.txt" in bad.fault
    assert (bad.id, good.fault) == ("id10000/x-1", "")


def test_a_row_of_four_values_is_named(tmp_path):
    _write(tmp_path / "a.txt", VOX1 + "000248 1 2 3\n")
    with pytest.raises(InputError, match="4 values"):
        read_utterance(tmp_path / "a.txt")


def test_another_layout_is_refused(tmp_path):
    with pytest.raises(InputError, match="does not look like VoxCeleb1"):
        next(SOURCES["voxceleb1"](tmp_path))
    (tmp_path / "txt").mkdir()
    with pytest.raises(InputError, match="videos"):
        next(SOURCES["voxceleb1"](tmp_path))
