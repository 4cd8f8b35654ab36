"""Data sets as the steps of pipelines make them."""

import pytest
from vultus_pipelines.data_steps import build_from

from vultus.data.media import VideoWriter
from vultus.data.sets import ClipSet
from vultus.world.sets import SetPlan, synthesise_set


@pytest.mark.slow
def test_people_of_a_folder_of_videos_are_put_into_splits(work, tmp_path):
    videos = tmp_path / "videos"
    videos.mkdir()
    people = synthesise_set(tmp_path / "world", SetPlan(people=3, duration_s=1.2, side_px=256))
    for clip in people.clips():
        with VideoWriter(videos / f"{clip.card.person}.mp4", clip.card.size_px, clip.card.fps) as video:
            for frame in clip.frames():
                video.write(frame)
    made = build_from(str(videos), "sha256:content", "folder", "vultus-256")
    built = ClipSet.open(made.root)
    assert {split: len(built.ids(split)) for split in ("train", "val", "test")} == {
        "train": 1,
        "val": 1,
        "test": 1,
    }
    assert build_from(str(videos), "sha256:content", "folder", "vultus-256").facts == made.facts
