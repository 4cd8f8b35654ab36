from pathlib import Path

import pytest
from vultus_pipelines.packaging.bento_building import check_out, package
from vultus_pipelines.packaging.bento_contents import (
    copy_program,
    licences,
    write_licences,
    write_requirements,
)
from vultus_pipelines.packaging.bento_records import LOOSE, REQUIREMENTS, KeptModel

from vultus.errors import AssetMissingError, InputError


def test_what_cannot_be_packaged(tmp_path):
    with pytest.raises(InputError, match="exists already"):
        check_out(tmp_path)
    with pytest.raises(InputError, match="no folder that can be written to"):
        check_out(tmp_path / "absent" / "bento")
    with pytest.raises(InputError, match="gdpw needs a model folder"):
        package(None, "gdpw", "builtin", tmp_path / "bento")
    with pytest.raises(InputError, match="did you mean 'warp'"):
        package(None, "wrap", "builtin", tmp_path / "bento")
    with pytest.raises(AssetMissingError):
        package(tmp_path / "nowhere", "gdpw", "1", tmp_path / "bento")
    assert list(tmp_path.iterdir()) == []


def test_everything_that_is_needed_is_pinned(tmp_path):
    write_requirements(tmp_path)
    pinned = dict(line.split("==") for line in (tmp_path / REQUIREMENTS).read_text().split())
    assert {"torch", "numba", "av", "opencv-python-headless", "bentoml", "grpcio"} <= set(pinned)
    assert not {"vultus", "mediapipe", "mlflow", "kfp", "click-unknown"} & set(pinned)
    assert all("+" not in version for version in pinned.values())
    assert (tmp_path / LOOSE).read_text().startswith("mediapipe==")


def test_the_program_is_copied_without_weights_and_caches(tmp_path):
    digest = copy_program(tmp_path)
    assert digest.startswith("sha256:")
    assert (tmp_path / "vultus" / "face" / "builtin" / "anchor.npz").is_file()
    assert (tmp_path / "vultus_pipelines" / "packaging" / "bento_service.py").is_file()
    endings = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert not endings & {".pyc", ".nbi", ".safetensors"}


def test_licences_come_along(tmp_path):
    write_licences(tmp_path)
    assert "Apache License" in (tmp_path / "licences" / "vultus.txt").read_text()
    assert "Apache License" in (tmp_path / "licences" / "mediapipe.txt").read_text()
    lines = (tmp_path / "licences" / "packages.txt").read_text().splitlines()
    assert any(line.startswith("torch ") for line in lines)
    assert all(": " in line and not line.endswith(": ") for line in lines)
    assert licences(None)["program"] == "Apache-2.0"


def test_the_manifest_survives(tmp_path):
    kept = KeptModel(
        "gdpw", "vultus-gdpw/3", "sha256:1", "builtin", "sha256:2", {"weights": "MIT"}, "sha256:3", Path("x")
    )
    kept.save(tmp_path)
    loaded = KeptModel.load(tmp_path)
    assert loaded == kept
    assert loaded.folder == tmp_path / "model"
