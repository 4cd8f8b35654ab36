"""Graphs on a Kubeflow endpoint."""

import json
import logging
import tempfile
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vultus.errors import InputError, ServiceUnavailableError, VultusError
from vultus_pipelines.catalogue import compiled
from vultus_pipelines.runtime import CLUSTER, RuntimeProfile

if TYPE_CHECKING:
    from kfp.client import Client

_HEALTH = "/apis/v2beta1/healthz"
_PATIENCE_S = 10.0
_LOOK_EVERY_S = 10
_REFUSED = (401, 403)
_DONE = "SUCCEEDED"


class CredentialsRefusedError(InputError):
    """The endpoint does not know us, or does not let us do this."""

    reason = "CREDENTIALS_REFUSED"


@dataclass(frozen=True)
class Endpoint:
    """Where Kubeflow Pipelines answers, and as whom we come."""

    url: str
    """For instance "https://kubeflow.example/pipeline"."""

    namespace: str = ""
    """Whose runs they are, where several share an installation."""

    token: str = ""
    """Bearer token; "" for none."""

    @classmethod
    def of(cls, url: str, namespace: str = "", token_file: Path | None = None) -> "Endpoint":
        """An endpoint whose token lies in a file; raises `InputError` where something of it cannot be."""
        if not url.startswith(("http://", "https://")):
            raise InputError(
                f"{url!r} is no endpoint", remedy="give its address, as https://kubeflow.example/pipeline"
            )
        try:
            token = token_file.read_text(encoding="utf-8").strip() if token_file else ""
        except (OSError, ValueError) as error:
            raise InputError(
                f"cannot read the token in {token_file}: {error}", remedy="name a file with the token"
            ) from error
        if token_file and not token:
            raise InputError(f"{token_file} holds no token", remedy="write the token into it")
        return cls(url.rstrip("/"), namespace, token)


@dataclass(frozen=True)
class RemoteRun:
    """A run on the endpoint."""

    run: str
    """Id that Kubeflow gave it."""

    url: str
    """Page of the run."""

    state: str
    """What it did when it was last looked at, for instance "RUNNING" or "SUCCEEDED"."""


def run_there(
    name: str,
    parameters: Mapping[str, Any],
    endpoint: Endpoint,
    *,
    profile: RuntimeProfile = CLUSTER,
    experiment: str = "vultus",
    cached: bool = True,
    wait_s: int = 0,
    told: Callable[[str], None] = lambda text: None,
) -> RemoteRun:
    """Start a run of a graph on a Kubeflow endpoint.

    Args:
        name: Which graph.
        parameters: Values for its parameters.
        endpoint: Where, and as whom.
        profile: What its steps ask Kubernetes for.
        experiment: Experiment that the run belongs to.
        cached: Whether answers of earlier runs are used.
        wait_s: Longest wait for its end, s; 0 for none.
        told: Called with the page of the run as soon as there is one.

    Raises:
        ServiceUnavailableError: Nothing answers there, or something else than Kubeflow does.
        CredentialsRefusedError: The endpoint refuses us.
        VultusError: The run that was waited for failed.
    """
    _look(endpoint)
    text = compiled(name, profile)
    with _answering(endpoint), tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / f"{name}.yaml"
        package.write_text(text, encoding="utf-8")
        client = _client(endpoint)
        started = client.create_run_from_pipeline_package(
            str(package),
            arguments=dict(parameters),
            run_name=name,
            experiment_name=experiment,
            namespace=endpoint.namespace or None,
            enable_caching=cached,
        )
        url = f"{endpoint.url}/#/runs/details/{started.run_id}"
        told(url)
        if not wait_s:
            return RemoteRun(started.run_id, url, str(started.run_info.state or "PENDING"))
        ended = client.wait_for_run_completion(started.run_id, timeout=wait_s, sleep_duration=_LOOK_EVERY_S)
    if ended.state != _DONE:
        raise VultusError(
            f"the run {started.run_id} of {name} ended as {ended.state}",
            remedy=f"see {url}; run it again to go on: finished steps are kept",
            metadata={"run": started.run_id, "state": ended.state},
        )
    return RemoteRun(started.run_id, url, str(ended.state))


def _client(endpoint: Endpoint) -> "Client":
    from kfp.client import Client  # noqa: PLC0415 - heavy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Client(
            host=endpoint.url,
            existing_token=endpoint.token or None,
            **({"namespace": endpoint.namespace} if endpoint.namespace else {}),
        )


def _look(endpoint: Endpoint) -> None:
    """See who answers; Kubeflow's own client would try for minutes."""
    request = urllib.request.Request(endpoint.url + _HEALTH)  # noqa: S310 -- Endpoint.of lets only http pass
    if endpoint.token:
        request.add_header("Authorization", f"Bearer {endpoint.token}")
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310
            json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        raise (
            _refused(endpoint, error.code) if error.code in _REFUSED else _absent(endpoint, str(error))
        ) from error
    except (OSError, ValueError) as error:
        raise _absent(endpoint, str(getattr(error, "reason", error))) from error


@contextmanager
def _answering(endpoint: Endpoint) -> Iterator[None]:
    """Turn what Kubeflow's client raises into errors of ours."""
    from kfp_server_api import ApiException  # noqa: PLC0415 - heavy
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    except ApiException as error:
        if error.status in _REFUSED:
            raise _refused(endpoint, error.status) from error
        raise _absent(endpoint, f"{error.status} {error.reason}") from error
    except HTTPError as error:
        raise _absent(endpoint, str(error)) from error
    except TimeoutError as error:
        raise ServiceUnavailableError(
            f"the run at {endpoint.url} had not ended in time", remedy="look at its page, or wait longer"
        ) from error
    finally:
        logging.disable(level)


def _refused(endpoint: Endpoint, status: int) -> CredentialsRefusedError:
    how = "the token is refused" if endpoint.token else "it wants a token"
    whose = f" in the namespace {endpoint.namespace!r}" if endpoint.namespace else ""
    return CredentialsRefusedError(
        f"{endpoint.url} answers {status}{whose}: {how}",
        remedy="give --token-file with a token of your account, and the --namespace that it may use",
        metadata={"endpoint": endpoint.url, "status": status, "namespace": endpoint.namespace},
    )


def _absent(endpoint: Endpoint, why: str) -> ServiceUnavailableError:
    return ServiceUnavailableError(
        f"no Kubeflow Pipelines at {endpoint.url}: {' '.join(why.split())[:200]}",
        remedy="give the address of its API, as https://kubeflow.example/pipeline, or run with --local",
        metadata={"endpoint": endpoint.url},
    )
