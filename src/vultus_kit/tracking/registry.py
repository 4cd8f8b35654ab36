"""Registered models on an MLflow server or data base."""

import json
import re
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vultus.errors import IncompatibleError, InputError
from vultus_kit.tracking.champions import Champions
from vultus_kit.tracking.connection import Connection
from vultus_kit.tracking.faults import UnknownModelError
from vultus_kit.tracking.folders import check_folder, file_digest, folder_digest, kept
from vultus_kit.tracking.records import CHALLENGER, ModelCode, Promotion, RegisteredVersion

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

DIGEST, CODE, SIGNATURE = "digest", "code_digest", "signature"
"""Tags of a version: what its model folder holds, how it is run, and what `predict` takes and answers."""

MODELS = Path("~/.cache/vultus/models")
"""Where model folders are kept by their digest when nobody says otherwise."""

_EXPERIMENT = "vultus-models"
_FOLDER = "model"
_REFERENCE = re.compile(r"(?:models:/)?(?P<name>[^@/:]+)(?:@(?P<alias>[\w-]+)|/(?P<version>\d+))")


class ModelRegistry:
    """Versions of models, their aliases, and the folders behind them.

    Args:
        uri: Tracking server or data base; `MLFLOW_TRACKING_URI`, or one of the user's own, by default.
    """

    def __init__(self, uri: str | None = None) -> None:
        self._connection = Connection(uri)
        self._champions = Champions(self._connection)

    @property
    def uri(self) -> str:
        """Where the models are registered."""
        return self._connection.uri

    def register(
        self,
        folder: Path,
        name: str,
        tags: Mapping[str, str] | None = None,
        code: ModelCode | None = None,
        run_id: str | None = None,
    ) -> RegisteredVersion:
        """Upload a model folder and make it the next version of `name`.

        The version appears when everything is there. A folder that is registered already, with the
        same code, is answered as it is, with the tags added.

        Args:
            folder: What training left.
            name: For instance "vultus-gdpw".
            tags: Labels of the version.
            code: How `mlflow.pyfunc` runs it; None for a folder that is only kept.
            run_id: Run that made it.

        Raises:
            InputError: It is no model folder, or the code does not run.
        """
        check_folder(folder)
        own = {DIGEST: folder_digest(folder), CODE: _code_digest(code) if code else ""}
        if code is not None and code.signature is not None:
            own[SIGNATURE] = json.dumps(code.signature.to_dict(), sort_keys=True)
        for there in self.versions(name, missing_ok=True):
            if {key: there.tags.get(key, "") for key in own} == own:
                return self.set_tags(there, tags or {})
        with tempfile.TemporaryDirectory(prefix="vultus-model-") as temporary:
            staged = Path(temporary)
            shutil.copytree(folder, staged / _FOLDER)
            with self._connection.answering():
                source = self._upload(staged, name, code, run_id)
        return self._add(name, source, {**(tags or {}), **own}, run_id)

    def resolve(self, reference: str) -> RegisteredVersion:
        """The version that a reference names.

        Args:
            reference: "models:/NAME@ALIAS", "models:/NAME/VERSION", or the same without "models:/".

        Raises:
            InputError: It cannot be read.
            UnknownModelError: There is no such model, version or alias.
        """
        parts = _REFERENCE.fullmatch(reference)
        if parts is None:
            raise InputError(
                f"{reference!r} names no version of a model",
                remedy="write NAME@champion or NAME/3",
                metadata={"reference": reference},
            )
        client, name, alias = self._connection.client, parts["name"], parts["alias"]
        with self._connection.answering(f"model {reference!r}"):
            if alias is None:
                return _record(client.get_model_version(name, parts["version"]))
            aliases = client.get_registered_model(name).aliases
            if alias not in aliases:
                raise _without(name, alias)
            return _record(client.get_model_version(name, str(aliases[alias])))

    def names(self) -> tuple[str, ...]:
        """Names of all registered models, sorted."""
        with self._connection.answering():
            found = _all_pages(self._connection.client.search_registered_models)
        return tuple(sorted(model.name for model in found))

    def versions(self, name: str, *, missing_ok: bool = False) -> tuple[RegisteredVersion, ...]:
        """All versions of a model, the newest first.

        Raises:
            UnknownModelError: There is no such model, unless `missing_ok`.
        """
        client = self._connection.client
        try:
            with self._connection.answering(f"model {name!r}"):
                aliases = client.get_registered_model(name).aliases
                quoted = name.replace("'", "''")
                found = _all_pages(client.search_model_versions, filter_string=f"name='{quoted}'")
        except UnknownModelError:
            if missing_ok:
                return ()
            raise
        records = (_record(version) for version in found)
        named = (replace(record, aliases=_aliases_of(record.version, aliases)) for record in records)
        return tuple(sorted(named, key=lambda record: -record.version))

    def download(self, version: RegisteredVersion, into: Path | None = None) -> Path:
        """The model folder of a version, checked against its digest and kept under it.

        Args:
            version: As `resolve` answers it.
            into: Where folders are kept; `MODELS` by default.

        Raises:
            ModelDamagedError: The files are not those that were registered.
            InputError: The version was not registered by Vultus.
        """
        if not version.digest:
            raise InputError(
                f"{version.uri} was not registered by Vultus: it has no digest",
                remedy="register its model folder: vultus model register FOLDER",
                metadata={"uri": version.uri},
            )
        from mlflow.artifacts import download_artifacts  # noqa: PLC0415 - heavy

        def fetch(temporary: Path) -> Path:
            with self._connection.answering(f"files of {version.uri}"):
                place = self._connection.client.get_model_version_download_uri(
                    version.name, str(version.version)
                )
                uri = f"{place.rstrip('/')}/artifacts/{_FOLDER}"
                return Path(
                    download_artifacts(artifact_uri=uri, dst_path=str(temporary), tracking_uri=self.uri)
                )

        return kept((into or MODELS).expanduser(), version.digest, fetch)

    def set_champion(
        self, version: RegisteredVersion, *, instead_of: int | Literal["any"] | None = "any"
    ) -> Promotion:
        """Make a version the champion; one request does it, so there is always one.

        Args:
            version: As `resolve` answers it.
            instead_of: The champion it was compared with, None for none;
                refused where that is another by now.

        Raises:
            ChampionMovedError: It is another.
            IncompatibleError: It takes or answers something else than the champion, so callers would fail.
        """
        now = self.champion(version.name)
        if now is not None:
            _check_signatures(now, version)
        return self._champions.promote(version.name, version.version, instead_of)

    def champion(self, name: str) -> RegisteredVersion | None:
        """The version in use; None for none, also where there is no such model."""
        if not self.versions(name, missing_ok=True):
            return None
        now = self._champions.current(name)
        return None if now is None else self.resolve(f"models:/{name}/{now}")

    def roll_back(self, name: str) -> Promotion:
        """Give the place back to the champion before this one.

        Raises:
            InputError: There is no champion, or none before it.
        """
        return self._champions.roll_back(name)

    def set_challenger(self, version: RegisteredVersion) -> None:
        """Let the alias "challenger" point at a version."""
        with self._connection.answering(version.uri):
            self._connection.client.set_registered_model_alias(version.name, CHALLENGER, str(version.version))

    def set_tags(self, version: RegisteredVersion, tags: Mapping[str, str]) -> RegisteredVersion:
        """Add tags to a version; answers it as it is now."""
        client = self._connection.client
        with self._connection.answering(version.uri):
            for key, value in tags.items():
                client.set_model_version_tag(version.name, str(version.version), key, value)
            return _record(client.get_model_version(version.name, str(version.version)))

    def _upload(self, staged: Path, name: str, code: ModelCode | None, run_id: str | None) -> str:
        """Upload as a logged model, runnable where there is code; answers its URI."""
        client = self._connection.client
        experiment = client.get_run(run_id).info.experiment_id if run_id else None
        experiment = experiment or self._connection.experiment(_EXPERIMENT)
        model = client.create_logged_model(experiment, name=name, source_run_id=run_id)
        model_id = model.model_id
        saved = staged / "saved"
        if code is None:
            (saved / "artifacts").mkdir(parents=True)
            (staged / _FOLDER).rename(saved / "artifacts" / _FOLDER)
        else:
            _save(saved, staged / _FOLDER, code, model_id, run_id)
        client.log_model_artifacts(model_id, str(saved))
        client.finalize_logged_model(model_id, "READY")
        # Without a server MLflow looks for "models:/<id>" in its default place, whatever the client is told.
        return str(model.artifact_location) if self._connection.local else f"models:/{model_id}"

    def _add(self, name: str, source: str, tags: Mapping[str, str], run_id: str | None) -> RegisteredVersion:
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - heavy

        client = self._connection.client
        with self._connection.answering():
            try:
                client.create_registered_model(name)
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            model_id = None if self._connection.local else source.removeprefix("models:/")
            made = client.create_model_version(
                name, source, run_id=run_id, tags=dict(tags), model_id=model_id
            )
            return _record(client.get_model_version(name, str(made.version)))


def _save(target: Path, folder: Path, code: ModelCode, model_id: str, run_id: str | None) -> None:
    artifacts = {_FOLDER: folder, **code.artifacts}
    with warnings.catch_warnings():  # MLflow warns of its own type hints, and of how it calls pandas
        warnings.simplefilter("ignore")
        from mlflow.models import Model  # noqa: PLC0415 - heavy, as below
        from mlflow.pyfunc import save_model  # noqa: PLC0415

        save_model(
            path=str(target),
            python_model=str(code.script),
            artifacts={key: str(path) for key, path in artifacts.items()},
            signature=code.signature,
            input_example=code.input_example,
            pip_requirements=list(code.requirements),
            model_config=dict(code.config),
            mlflow_model=Model(model_uuid=model_id, run_id=run_id, model_id=model_id),
        )


def _record(version: "ModelVersion") -> RegisteredVersion:
    tags = {str(key): str(value) for key, value in (version.tags or {}).items()}
    return RegisteredVersion(
        name=version.name,
        version=int(version.version),
        digest=tags.get(DIGEST, ""),
        aliases=tuple(version.aliases or ()),
        tags=tags,
        run_id=version.run_id or "",
    )


def _check_signatures(champion: RegisteredVersion, version: RegisteredVersion) -> None:
    before, after = champion.tags.get(SIGNATURE), version.tags.get(SIGNATURE)
    if before and after and before != after:
        raise IncompatibleError(
            f"{version.uri} has another signature than the champion, {champion.uri}: {after[:300]}",
            remedy="register it with the same code, or under a name of its own",
            metadata={"champion": champion.uri, "version": version.uri},
        )


def _aliases_of(version: int, aliases: Mapping[str, Any]) -> tuple[str, ...]:
    """Searched versions do not know their aliases; the model does."""
    return tuple(alias for alias, pointed in aliases.items() if int(pointed) == version)


def _code_digest(code: ModelCode) -> str:
    return file_digest(code.script, *(path for _, path in sorted(code.artifacts.items())))


def _all_pages(search: Any, **words: Any) -> list[Any]:
    page = search(**words)
    found = list(page)
    while page.token:
        page = search(page_token=page.token, **words)
        found += page
    return found


def _without(name: str, alias: str) -> InputError:
    return UnknownModelError(
        f"model {name!r} has no {alias}",
        remedy=f"promote a version: vultus model promote {name}/1",
        metadata={"name": name, "alias": alias},
    )
