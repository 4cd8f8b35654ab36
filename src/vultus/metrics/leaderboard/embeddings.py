"""Identities of pictures, embedded once: contestants share drivers, and one control shows one picture."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import Float

from vultus.data.media.atomic import replacing
from vultus.data.sets import StoredClip
from vultus.metrics.evidence import Embed, Rgb

EMBEDDER = "dlib-resnet-v1"
"""What embeds, for the names of kept files."""

MOST = 1024
"""Embeddings in memory, a kilobyte each."""

Embedding = Float[np.ndarray, " d"] | None


class RememberedEmbeddings:
    """Embeds pictures and remembers them by their content, so that values stay what they are without it.

    Args:
        build: Makes the embedder when a picture comes that is not known.
    """

    def __init__(self, build: Callable[[], Embed]) -> None:
        self._build = build
        self._embed: Embed | None = None
        self._known: OrderedDict[str, Embedding] = OrderedDict()
        self._learnt: set[Path] = set()

    def __call__(self, rgb: Rgb) -> Embedding:
        """The embedding of a picture; None without a face."""
        key = _digest(rgb)
        if key not in self._known:
            self._keep(key, self._made(rgb))
        self._known.move_to_end(key)
        return self._known[key]

    def learn(self, clip: StoredClip, every: int, folder: Path) -> None:
        """Embed every so many frames of a clip from its first on, or take what a folder keeps of them."""
        path = folder / f"{clip.id.replace('/', '-')}-{_key(clip, every)}-identities.npz"
        if path in self._learnt:
            return
        self._learnt.add(path)
        if path.is_file():
            with np.load(path, allow_pickle=False) as kept:
                rows = zip(kept["pictures"].tolist(), kept["found"], kept["embeddings"], strict=True)
                for key, found, embedding in rows:
                    self._keep(key, embedding if found else None)
            return
        due = (rgb for index, rgb in enumerate(clip.frames()) if index % every == 0)
        _write(path, [(_digest(rgb), self(rgb)) for rgb in due])

    def _made(self, rgb: Rgb) -> Embedding:
        if self._embed is None:
            self._embed = self._build()
        return self._embed(rgb)

    def _keep(self, key: str, embedding: Embedding) -> None:
        self._known[key] = embedding
        while len(self._known) > MOST:
            self._known.popitem(last=False)


def _write(path: Path, pictures: list[tuple[str, Embedding]]) -> None:
    width = max((len(embedding) for _, embedding in pictures if embedding is not None), default=0)
    rows = [np.zeros(width) if embedding is None else embedding for _, embedding in pictures]
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            pictures=np.array([key for key, _ in pictures]),
            found=np.array([embedding is not None for _, embedding in pictures]),
            embeddings=np.array(rows),
        )


def _digest(rgb: Rgb) -> str:
    content = hashlib.blake2b(rgb.tobytes(), digest_size=16).hexdigest()
    return f"{content} {rgb.shape[1]}x{rgb.shape[0]}"


def _key(clip: StoredClip, every: int) -> str:
    return hashlib.sha256(f"{clip.digest} {EMBEDDER} {every}".encode()).hexdigest()[:16]
