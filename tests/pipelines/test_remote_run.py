"""Runs on a Kubeflow endpoint, against a small one that is served here."""

import json
import re
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from vultus_pipelines.remote_run import CredentialsRefusedError, Endpoint, run_there

from vultus.errors import InputError, ServiceUnavailableError, VultusError

TOKEN, NAMESPACE = "the-token", "faces"


class _Kubeflow(BaseHTTPRequestHandler):
    """The few calls of /apis/v2beta1 that starting and following a run needs."""

    def do_GET(self):
        if not self._known():
            return self._answer({"error": "who are you?"}, 401)
        if "healthz" in self.path:
            return self._answer({"multi_user": True})
        if "/experiments" in self.path:
            return self._answer({"experiments": [self._experiment()]})
        if found := re.search(r"/runs/([^?]+)", self.path):
            return self._answer(self.server.runs[found[1]])
        return self._answer({}, 404)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}")
        if not self._known():
            return self._answer({"error": "who are you?"}, 401)
        if "/runs" not in self.path:
            return self._answer(self._experiment())
        if self.server.namespace not in ("", NAMESPACE):
            return self._answer({"error": "not yours"}, 403)
        run = {"run_id": "run-1", "state": self.server.state, "experiment_id": "e1", **body}
        self.server.runs["run-1"] = run
        return self._answer(run)

    def _known(self):
        return self.headers.get("Authorization", "") == f"Bearer {TOKEN}"

    def _experiment(self):
        return {"experiment_id": "e1", "display_name": "vultus", "namespace": NAMESPACE}

    def _answer(self, values, status=200):
        body = json.dumps(values).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Keep quiet."""


@pytest.fixture
def kubeflow():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Kubeflow)
    server.runs, server.state, server.namespace = {}, "SUCCEEDED", ""
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def endpoint(kubeflow, tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    return Endpoint.of(kubeflow.url + "/", NAMESPACE, tmp_path / "token")


def test_the_pipeline_arrives_with_its_parameters(kubeflow, endpoint):
    told = []
    run = run_there("evaluate_all", {"limit": 3}, endpoint, wait_s=30, told=told.append)
    assert (run.run, run.state) == ("run-1", "SUCCEEDED")
    assert told == [f"{kubeflow.url}/#/runs/details/run-1"]
    sent = kubeflow.runs["run-1"]
    assert sent["runtime_config"]["parameters"] == {"limit": 3}
    assert sent["pipeline_spec"]["pipeline_spec"]["pipelineInfo"]["name"] == "evaluate-all"
    settings = sent["pipeline_spec"]["platform_spec"]["platforms"]["kubernetes"]["deploymentSpec"]
    assert settings["executors"]["exec-evaluate"]["pvcMount"]


def test_a_run_that_failed_there_is_an_error_that_says_where_to_look(kubeflow, endpoint):
    kubeflow.state = "FAILED"
    with pytest.raises(VultusError, match="ended as FAILED") as error:
        run_there("evaluate_all", {}, endpoint, wait_s=30)
    assert "/#/runs/details/run-1" in error.value.remedy


@pytest.mark.parametrize("token", ["", "another"])
def test_wrong_credentials_are_told_at_once(kubeflow, tmp_path, token):
    with pytest.raises(CredentialsRefusedError, match="401") as error:
        run_there("evaluate_all", {}, Endpoint(kubeflow.url, NAMESPACE, token))
    assert error.value.exit_code == 2
    assert "--token-file" in error.value.remedy


def test_nobody_there_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        free_port = taken.getsockname()[1]
    with pytest.raises(ServiceUnavailableError, match="no Kubeflow Pipelines") as error:
        run_there("evaluate_all", {}, Endpoint(f"http://127.0.0.1:{free_port}"))
    assert error.value.exit_code == 3


def test_what_is_no_endpoint_and_no_token_is_told(tmp_path):
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(InputError, match="no endpoint"):
        Endpoint.of("kubeflow.example")
    with pytest.raises(InputError, match="cannot read the token"):
        Endpoint.of("http://kubeflow.example", "", tmp_path / "nothing")
    with pytest.raises(InputError, match="no token"):
        Endpoint.of("http://kubeflow.example", "", tmp_path / "empty")
