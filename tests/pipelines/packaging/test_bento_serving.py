"""A Bento, built and served in processes of its own, and called over HTTP."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import chdir, redirect_stdout

import av
import httpx
import numpy as np
import pytest
import skimage.data
from PIL import Image
from vultus_pipelines.packaging.bento_building import BentoInfo

from vultus.data.media import VideoReader, VideoWriter
from vultus_cli.main import run

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.timeout(900)]
FRAMES = 12
PATIENCE_S = 600.0
"""A start compiles; on two idle cores it takes 15 s."""


def png(rgb):
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def bento(tmp_path_factory):
    """A Bento from the command line, in the folder where that is called."""
    folder, said = tmp_path_factory.mktemp("bento"), io.StringIO()
    with redirect_stdout(said), chdir(folder):
        assert run(["model", "package", "warp", "--json"]) == 0
    told = json.loads(said.getvalue())
    return BentoInfo(told["tag"], folder / told["path"], told["size_bytes"])


@pytest.fixture(scope="module")
def server(bento, tmp_path_factory):
    """The served Bento: address, process and log."""
    folder = tmp_path_factory.mktemp("served")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", str(bento.path), "--host", "127.0.0.1", "--port", str(port)]
    settings = {"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": str(folder), "VULTUS_BENTO_UPLOAD_MIB": "8"}
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bentoml", *words],
            env=os.environ | settings,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, folder / "log.txt")
        yield f"http://127.0.0.1:{port}", process, folder / "log.txt"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_ready(address, process, log):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"the Bento did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server[0], timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def face():
    return np.ascontiguousarray(skimage.data.astronaut()[:256, 96:352])


@pytest.fixture(scope="module")
def portrait(face):
    return {"portrait": ("me.png", png(face), "image/png")}


@pytest.fixture(scope="module")
def clip(face, tmp_path_factory):
    """A head that moves sideways, as a file."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with VideoWriter(path, (256, 256), 25) as writer:
        for index in range(FRAMES):
            writer.write(np.roll(face, 2 * index, axis=1), index / 25)
    return path.read_bytes()


def frames_of(content, tmp_path):
    path = tmp_path / "answer.mp4"
    path.write_bytes(content)
    with VideoReader(path) as reader:
        return [frame.rgb for frame in reader]


def error_of(answer):
    assert set(answer.json()) == {"error"}
    return answer.status_code, answer.json()["error"]["reason"]


def test_it_says_what_it_is(client, bento):
    found = client.post("/describe", json={}).json()
    assert (found["method"], found["version"], found["limits"]["upload_mib"]) == ("warp", "builtin", 8)
    health = client.post("/health", json={})
    assert health.json() == {"healthy": True, "method": "warp", "version": "builtin"}
    assert health.headers["x-vultus-version"] == "builtin"
    assert bento.tag == "vultus-warp:builtin"


def test_a_picture_is_edited(client, portrait):
    edit = {"yaw_deg": "20", "expressions": json.dumps({"jawOpen": 0.6}), "side_px": "128"}
    still, edited = (client.post("/render", files=portrait, data=data) for data in ({"side_px": "128"}, edit))
    pictures = [
        np.asarray(Image.open(io.BytesIO(answer.content))).astype(float) for answer in (still, edited)
    ]
    assert [picture.shape for picture in pictures] == [(128, 128, 3)] * 2
    assert np.abs(pictures[0] - pictures[1]).mean() > 2
    assert edited.headers["x-vultus-version"] == "builtin"
    assert edited.headers["content-type"] == "image/png"


def test_a_video_drives_it_and_the_task_gives_the_same(client, portrait, clip, tmp_path):
    files = portrait | {"driving": ("clip.mp4", clip, "video/mp4")}
    options = {"side_px": "64", "smoothing": "none"}
    answer = client.post("/animate", files=files, data=options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-vultus-version"] == "builtin"
    frames = frames_of(answer.content, tmp_path)
    assert len(frames) == int(answer.headers["x-vultus-frames"]) == FRAMES
    assert frames[0].shape == (64, 64, 3)
    with av.open(io.BytesIO(answer.content)) as container:
        assert "SYNTHETIC" in container.metadata["comment"]
    task = client.post("/animate/submit", files=files, data=options).json()["task_id"]
    end = time.monotonic() + PATIENCE_S
    while client.get("/animate/status", params={"task_id": task}).json()["status"] == "in_progress":
        assert time.monotonic() < end
        time.sleep(0.2)
    assert client.get("/animate/get", params={"task_id": task}).content == answer.content


def test_progress_comes_line_by_line(client, portrait, clip):
    files = portrait | {"driving": ("clip.mp4", clip, "video/mp4")}
    with client.stream("POST", "/animate_with_progress", files=files, data={"side_px": "64"}) as answer:
        lines = [json.loads(line) for line in answer.iter_lines()]
    assert [lines[0]["event"], lines[-1]["event"]] == ["begun", "done"]
    progress = [line["frames"] for line in lines if line["event"] == "progress"]
    assert progress == sorted(progress)
    assert (progress[-1], lines[-1]["frames"], lines[-1]["version"]) == (FRAMES, FRAMES, "builtin")
    with client.stream("POST", "/animate_with_progress", files=portrait) as answer:
        told = [json.loads(line) for line in answer.iter_lines()][-1]
    assert (told["event"], told["error"]["reason"]) == ("error", "INPUT_INVALID")


def test_what_is_wrong_is_refused_and_told(client, portrait, clip):
    def render(files=portrait, **data):
        return error_of(client.post("/render", files=files, data=data))

    grey = png(np.full((160, 160, 3), 128, np.uint8))
    assert render({"portrait": ("a.png", b"no picture", "image/png")}) == (400, "MEDIA_UNUSABLE")
    assert render({"portrait": ("a.png", grey, "image/png")}) == (422, "FACE_NOT_FOUND")
    assert render({"portrait": ("a.png", b"0" * (9 << 20), "image/png")}) == (413, "INPUT_INVALID")
    assert render(yaw_deg="999") == (400, "INPUT_INVALID")
    assert render(expressions=json.dumps({"jawOpn": 1})) == (400, "INPUT_INVALID")
    assert render(None, portrait="http://127.0.0.1:1/a.png") == (400, "INPUT_INVALID")
    assert error_of(client.post("/animate", files=portrait)) == (400, "INPUT_INVALID")
    broken = portrait | {"driving": ("clip.mp4", clip[:300], "video/mp4")}
    assert error_of(client.post("/animate", files=broken)) == (400, "MEDIA_UNUSABLE")
    pickled = client.post("/render", content=b"x", headers={"content-type": "application/vnd.bentoml+pickle"})
    assert error_of(pickled) == (415, "INPUT_INVALID")
    assert error_of(client.post("/nothing", json={})) == (404, "NOT_FOUND")


def test_the_bento_stays_as_it_was_built_and_ends_cleanly(bento, server):
    address, process, log = server
    assert "vultus_model_frames_total" in httpx.get(f"{address}/metrics").text
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert "Completed cleanup hook: close" in log.read_text()
    assert "Traceback" not in log.read_text().partition("Completed cleanup hook: close")[2]
    written = sum(path.stat().st_size for path in bento.path.rglob("*") if path.is_file())
    assert written == bento.size_bytes
