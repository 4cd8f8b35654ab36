import collections
import os
import pickle
import subprocess
import sys
import types

import numpy as np
import pytest
import scipy.sparse
import torch

from vultus.errors import InputError
from vultus.face.models.pickles import read_npy_dictionary, read_pickle


@pytest.fixture
def chumpy(monkeypatch) -> type:
    """A class that pickles as chumpy's array does."""
    module = types.ModuleType("chumpy.ch")

    class Ch:
        def __init__(self, x):
            self.x = x
            self.dirty_vars = set()

        def __getstate__(self):
            return {"x": self.x, "_depends_on_deps": None}

    Ch.__module__, Ch.__qualname__ = "chumpy.ch", "Ch"
    module.Ch = Ch
    monkeypatch.setitem(sys.modules, "chumpy", types.ModuleType("chumpy"))
    monkeypatch.setitem(sys.modules, "chumpy.ch", module)
    return Ch


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_reads_what_published_files_hold(tmp_path, chumpy, protocol):
    values = np.arange(12.0).reshape(4, 3)
    matrix = scipy.sparse.random(5, 7, density=0.5, format="csc", random_state=1)
    whole = {
        "plain": values,
        "fortran": np.asfortranarray(values),
        "unsigned": np.array([2**32 - 1], dtype=np.uint32),
        "number": np.float64(2.5),
        "chumpy": chumpy(values),
        "columns": matrix,
        "rows": matrix.tocsr(),
        "coordinates": matrix.tocoo(),
        "words": "lbs",
        "order": collections.OrderedDict(a=1),
    }
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(whole, protocol=protocol))
    found = read_pickle(path)
    for name in ("plain", "fortran", "chumpy"):
        np.testing.assert_array_equal(found[name], values)
    for name in ("columns", "rows", "coordinates"):
        np.testing.assert_array_equal(found[name], matrix.toarray())
    assert found["unsigned"].dtype == np.uint32
    assert (found["number"], found["words"], found["order"]["a"]) == (2.5, "lbs", 1)


def test_reads_what_python_2_wrote(tmp_path):
    """The bytes of a Python 2 protocol-2 pickle of {'a': float64 array [1, 2]}."""
    path = tmp_path / "old.pkl"
    data = np.array([1.0, 2.0]).tobytes()
    path.write_bytes(
        b"\x80\x02}U\x01acnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x02\x85cnumpy\ndtype\nU\x02f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89U\x10" + data + b"tbs."
    )
    np.testing.assert_array_equal(read_pickle(path)["a"], [1.0, 2.0])


def test_reads_tensors_in_a_numpy_dictionary(tmp_path):
    path = tmp_path / "landmark_embedding.npy"
    whole = {"array": np.arange(3), "tensor": torch.arange(6.0).reshape(2, 3), "index": torch.tensor([1, 2])}
    np.save(path, whole, allow_pickle=True)
    found = read_npy_dictionary(path)
    np.testing.assert_array_equal(found["array"], [0, 1, 2])
    np.testing.assert_array_equal(found["tensor"], np.arange(6.0).reshape(2, 3))
    assert found["index"].dtype == np.int64


class Hostile:
    """Pickles as a call."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def hostile_calls(marker):
    return [
        Hostile(os.system, f"touch {marker}"),
        Hostile(eval, f"open({str(marker)!r}, 'w')"),
        Hostile(exec, f"open({str(marker)!r}, 'w')"),
        Hostile(subprocess.Popen, ["touch", str(marker)]),
        Hostile(open, str(marker), "w"),
        Hostile(np.load, str(marker)),
        Hostile(torch.load, str(marker)),
    ]


@pytest.mark.parametrize("which", range(7))
@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("place", ["alone", "within", "in an array", "in a tensor's memory"])
def test_refuses_everything_else_without_running_it(tmp_path, which, protocol, place):
    marker, path = tmp_path / "run", tmp_path / "model.pkl"
    call = hostile_calls(marker)[which]
    value = {
        "alone": call,
        "within": {"shapedirs": [call]},
        "in an array": {"a": np.array([call], dtype=object)},
        "in a tensor's memory": {"a": Hostile(torch.storage._load_from_bytes, pickle.dumps(call))},
    }[place]
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    with pytest.raises(InputError, match=r"model\.pkl"):
        read_pickle(path)
    npy = tmp_path / "landmarks.npy"
    np.save(npy, np.array(value, dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match=r"landmarks\.npy"):
        read_npy_dictionary(npy)
    assert not marker.exists()


def test_the_refusal_names_what_was_asked_for(tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(Hostile(os.system, "true")))
    with pytest.raises(InputError, match=r"asks for posix\.system") as caught:
        read_pickle(path)
    assert caught.value.metadata["name"] == "system"


@pytest.mark.parametrize(
    "data",
    [b"", b"not a pickle", pickle.dumps({"a": np.arange(100)})[:60], b"\x80\x04\x95", pickle.dumps([1, 2])],
    ids=["empty", "words", "cut", "start", "list"],
)
def test_broken_files_are_input_errors(tmp_path, data):
    path = tmp_path / "model.pkl"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"model\.pkl"):
        read_pickle(path)
    with pytest.raises(InputError, match=r"model\.pkl"):
        read_npy_dictionary(path)


def test_an_array_is_not_a_dictionary(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(3))
    with pytest.raises(InputError, match="one array"):
        read_npy_dictionary(tmp_path / "a.npy")
