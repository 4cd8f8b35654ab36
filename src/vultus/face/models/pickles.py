"""Published model files that are pickles, read without running what they say.

A pickle is a programme. This reader lets it build numpy arrays, scipy's sparse matrices, chumpy's arrays
(as plain arrays) and tensors, which is what model files hold, and refuses every other name.
"""

import codecs
import io
import pickle
import warnings
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import scipy.sparse
import torch
from numpy._core import multiarray
from numpy.lib import format as npy

from vultus.errors import InputError

MALFORMED = (
    *(pickle.UnpicklingError, EOFError, ValueError, IndexError, KeyError, AttributeError, TypeError),
    *(ImportError, OverflowError, RuntimeError, UnicodeDecodeError, MemoryError),
)
"""What reading a broken pickle can raise."""


class _Record:
    """Stands in for a class: keeps the state it is given."""

    state: dict[str, Any]

    def __new__(cls, *_arguments: object, **_options: object) -> "_Record":
        record = super().__new__(cls)
        record.state = {}
        return record

    def __init__(self, *_arguments: object, **_options: object) -> None:
        """Arguments of the class that is stood in for do not matter; its state does."""

    def __setstate__(self, state: object) -> None:
        parts = state if isinstance(state, tuple) else (state,)
        for part in parts:
            self.state.update(part or {})


class _Sparse(_Record):
    """A scipy sparse matrix of compressed columns or rows, or of coordinates."""

    layout: Callable[..., Any]

    def array(self) -> np.ndarray:
        shape = self.state.get("_shape", self.state.get("shape"))
        if "indptr" in self.state:
            places = (self.state["indices"], self.state["indptr"])
            return type(self).layout((self.state["data"], *places), shape=shape).toarray()
        places = self.state.get("coords", (self.state.get("row"), self.state.get("col")))
        return type(self).layout((self.state["data"], places), shape=shape).toarray()


class _Chumpy(_Record):
    """A chumpy array: its value is kept under "x"."""

    def array(self) -> np.ndarray:
        if "x" not in self.state:
            raise InputError(
                "a chumpy expression that is not a plain array", remedy="use the model file as published"
            )
        return np.asarray(_plain(self.state["x"]))


class _SparseColumns(_Sparse):
    layout = staticmethod(scipy.sparse.csc_matrix)


class _SparseRows(_Sparse):
    layout = staticmethod(scipy.sparse.csr_matrix)


class _SparseCoordinates(_Sparse):
    layout = staticmethod(scipy.sparse.coo_matrix)


_SPARSE = {"csc_matrix": _SparseColumns, "csr_matrix": _SparseRows, "coo_matrix": _SparseCoordinates}


def _encode(text: str, encoding: str = "latin1") -> bytes:
    """What Python 2 writes its byte strings with."""
    if encoding not in ("latin1", "latin-1"):
        raise InputError(
            f"a pickle that encodes text as {encoding!r}", remedy="use the model file as published"
        )
    return codecs.latin_1_encode(text)[0]


def _reconstruct(kind: type, base: type, state: object) -> object:
    """What old pickle protocols make plain objects with."""
    if not (isinstance(kind, type) and issubclass(kind, _Record)):
        raise InputError(f"a pickle that makes {kind!r}", remedy="use the model file as published")
    return kind()


def _storage(data: bytes) -> object:
    """A tensor's memory, which PyTorch writes as a file of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # about the pickle's protocol; what cannot be read is an error all the same
        return torch.load(io.BytesIO(data), weights_only=True, map_location="cpu")


def _allowed() -> dict[tuple[str, str], Any]:
    """What each permitted name stands for."""
    table: dict[tuple[str, str], Any] = {
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("_codecs", "encode"): _encode,
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
        ("torch.storage", "_load_from_bytes"): _storage,
    }
    for core in ("numpy.core.multiarray", "numpy._core.multiarray"):
        table[core, "_reconstruct"] = multiarray._reconstruct
        table[core, "scalar"] = multiarray.scalar
    for module in ("copy_reg", "copyreg"):
        table[module, "_reconstructor"] = _reconstruct
    for module in ("__builtin__", "builtins"):
        table[module, "object"] = object
    for name, kind in _SPARSE.items():
        for module in ("", f".{name[:3]}", f"._{name[:3]}"):
            table[f"scipy.sparse{module}", name] = kind
    table["chumpy.ch", "Ch"] = _Chumpy
    table["chumpy", "Ch"] = _Chumpy
    return table


class _Reader(pickle.Unpickler):
    """An unpickler that knows a few names and refuses the rest."""

    allowed = _allowed()

    def find_class(self, module: str, name: str) -> Any:
        """What a name stands for."""
        try:
            return self.allowed[module, name]
        except KeyError:
            raise InputError(
                f"a pickle that asks for {module}.{name}, which no model file needs; nothing of it was run",
                remedy="get the file again from its publisher",
                metadata={"module": module, "name": name},
            ) from None


def read_pickle(path: Path) -> dict[str, Any]:
    """Read a pickled dictionary of arrays, as Python 2 or 3 wrote it.

    Raises:
        InputError: The file is something else, or asks for more than arrays.
    """
    with path.open("rb") as file:
        return _dictionary(file, path)


def read_npy_dictionary(path: Path) -> dict[str, Any]:
    """Read a dictionary of arrays that `numpy.save` wrote; raises as `read_pickle`."""
    with path.open("rb") as file:
        try:
            version = npy.read_magic(file)
            read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            dtype = read_header(file)[2]
        except ValueError as error:
            raise InputError(f"{path} is not an npy file: {error}", remedy="get the file again") from error
        if not dtype.hasobject:
            raise InputError(f"{path} holds one array, not a dictionary", remedy="get the file again")
        return _dictionary(file, path)


def _dictionary(file: BinaryIO, path: Path) -> dict[str, Any]:
    try:
        value = _Reader(file, encoding="latin1").load()
        if isinstance(value, np.ndarray) and value.shape == () and value.dtype.hasobject:
            value = value.item()
        if not isinstance(value, dict):
            raise InputError(
                f"{path} holds {type(value).__name__}, not a dictionary", remedy="get the file again"
            )
        return {str(key): _plain(entry) for key, entry in value.items()}
    except InputError as error:
        raise InputError(f"{path}: {error.message}", remedy=error.remedy, metadata=error.metadata) from error
    except MALFORMED as error:
        raise InputError(f"{path} cannot be read: {error}", remedy="get the file again") from error


def _plain(value: object) -> Any:
    """Arrays for everything that stands for one."""
    if isinstance(value, (_Sparse, _Chumpy)):
        return value.array()
    return value.numpy() if isinstance(value, torch.Tensor) else value
