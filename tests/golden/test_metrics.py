"""Metrics of the papers against the golden cases."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from vultus.assets import published


@pytest.fixture(scope="module")
def golden(shared: Path):
    """The module that reads the cases."""
    spec = importlib.util.spec_from_file_location("golden_cases", shared / "golden" / "golden.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its records look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["metric_l1_psnr", "metric_nme"])
def test_agrees_with_the_case(golden, name):
    case = golden.load(name)
    answer = published.load(name, {})(**{key: torch.from_numpy(value) for key, value in case.inputs.items()})
    for key, expected in case.outputs.items():
        atol = case.meta["output_atol"][key]
        np.testing.assert_allclose(
            case.sample(key, answer[key].numpy()), expected, rtol=case.rtol, atol=atol, err_msg=key
        )
