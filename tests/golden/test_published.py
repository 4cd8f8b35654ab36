"""Our loaders against the outputs of the authors' own code."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from vultus.assets import published

CASES = sorted(published.PUBLISHED)


@pytest.fixture(scope="session")
def golden(shared) -> ModuleType:
    """The reader of golden cases that lies beside them."""
    path: Path = shared / "golden" / "golden.py"
    spec = importlib.util.spec_from_file_location("golden", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["golden"] = module  # its records look themselves up
    spec.loader.exec_module(module)
    return module


def tensors(arrays: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {key: torch.from_numpy(np.ascontiguousarray(value)) for key, value in arrays.items()}


@pytest.mark.parametrize("name", CASES)
def test_answers_what_the_authors_code_answered(golden, name):
    case = golden.load(name)
    answer = published.load(name, tensors(golden.state_dict(case)))(**tensors(case.inputs))
    assert set(case.outputs) <= set(answer)
    for key, expected in case.outputs.items():
        found = case.sample(key, answer[key].numpy())
        atol = case.meta["output_atol"][key]
        np.testing.assert_allclose(found, expected, rtol=case.rtol, atol=atol, err_msg=key)
