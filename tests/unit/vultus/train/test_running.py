import torch
from safetensors.torch import load_file
from torch import nn

from vultus.face.models import load_morphable
from vultus.train.running import write_model


def test_what_half_precision_cannot_hold_stays_whole(tmp_path):
    network = nn.BatchNorm2d(2)
    network.running_var.copy_(torch.tensor([1.0, 171_008.5]))
    write_model(tmp_path, network, {}, 1, load_morphable("builtin"), "card")
    stored = load_file(tmp_path / "model.safetensors")
    assert stored["weight"].dtype == torch.float16
    assert stored["running_var"].tolist() == [1.0, 171_008.5]
    assert stored["num_batches_tracked"].dtype == torch.int64
