import asyncio
import io
import json

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers, UploadFile
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from vultus_pipelines.packaging.bento_http import Door, accept_file, answers_errors, formed

from vultus.errors import AssetMissingError, FaceNotFoundError, IncompatibleError, InputError, VultusError
from vultus_kit.rpc.errors import OverloadedError

RAISED = {
    "input": (InputError("a is 3", remedy="make it 2"), 400),
    "face": (FaceNotFoundError("no face"), 422),
    "other": (IncompatibleError("another model"), 422),
    "busy": (OverloadedError("64 wait"), 429),
    "missing": (AssetMissingError("no weights"), 503),
    "ours": (VultusError("odd"), 500),
    "bug": (RuntimeError("a secret that stays here"), 500),
}


@answers_errors
async def fail(request):
    raise RAISED[request.path_params["what"]][0]


async def parts():
    yield b"x"


async def length(request):
    return Response(str(len(await request.body())))


async def foreign(request):
    return JSONResponse([{"error": "as BentoML says it"}], 400)


async def text(request):
    return PlainTextResponse("gone", 404)


class Client:
    """Asks an application in this process."""

    def __init__(self, app):
        self.app = app

    def get(self, path):
        return asyncio.run(self._ask("GET", path))

    def post(self, path, **options):
        return asyncio.run(self._ask("POST", path, **options))

    async def _ask(self, method, path, **options):
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bento") as client:
            return await client.request(method, path, **options)


@pytest.fixture(scope="module")
def client():
    routes = [
        Route("/fail/{what}", fail),
        Route("/length", length, methods=["POST"]),
        Route("/foreign", foreign),
        Route("/text", text),
    ]
    app = Door(Starlette(routes=routes), upload_bytes=1 << 20, version="vultus-gdpw/3")
    return Client(app)


@pytest.mark.parametrize("what", RAISED)
def test_errors_become_statuses_with_reason_message_and_remedy(client, what):
    error, status = RAISED[what]
    answer = client.get(f"/fail/{what}")
    told = answer.json()["error"]
    assert (answer.status_code, answer.headers["x-vultus-version"]) == (status, "vultus-gdpw/3")
    assert set(told) == {"reason", "message", "remedy"}
    if isinstance(error, VultusError):
        assert told == {"reason": error.reason, "message": error.message, "remedy": error.remedy}
    else:
        assert told["reason"] == "INTERNAL"
        assert "secret" not in answer.text


def test_bodies_are_bounded_before_they_are_read(client):
    assert client.post("/length", content=b"x" * (1 << 20)).text == str(1 << 20)
    refused = client.post("/length", content=b"x" * ((1 << 20) + 1))
    assert (refused.status_code, refused.json()["error"]["message"]) == (
        413,
        "the request is larger than 1 MiB",
    )
    unknown = client.post("/length", content=parts())
    assert (unknown.status_code, unknown.json()["error"]["remedy"]) == (411, "send Content-Length")
    odd = client.post("/length", content=b"x", headers={"content-length": "-5"})
    assert odd.status_code == 400


def test_what_bentoml_answers_by_itself_gets_our_form(client):
    assert client.get("/foreign").json()["error"]["message"] == "as BentoML says it"
    gone = client.get("/text")
    assert gone.json()["error"] == {
        "reason": "NOT_FOUND",
        "message": "gone",
        "remedy": "see /docs.json for the calls",
    }
    found = {"error": "1 validation error", "detail": [{"loc": ["yaw_deg"], "msg": "too large"}]}
    assert json.loads(formed(400, json.dumps(found).encode()))["error"]["message"] == (
        "1 validation error; yaw_deg: too large"
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("me.png", "upload.png"),
        ("x" * 400 + ".jpeg", "upload.jpeg"),
        ("a." + "b" * 300, "upload"),
        ("../../p", "upload"),
    ],
)
def test_of_a_file_name_only_the_ending_is_kept(name, kept):
    sent = UploadFile(
        io.BytesIO(b"content"), size=7, filename=name, headers=Headers({"content-type": "image/png"})
    )
    accepted = asyncio.run(accept_file(sent))
    assert accepted.filename == kept
    assert accepted.file.read() == b"content"


def test_addresses_are_not_fetched():
    with pytest.raises(InputError, match="addresses are not fetched"):
        asyncio.run(accept_file("http://127.0.0.1:9/picture.png"))
