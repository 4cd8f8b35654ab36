"""What models and weights exist, where they come from and under which licence."""

from dataclasses import dataclass
from pathlib import Path

from vultus.errors import AssetMissingError


@dataclass(frozen=True)
class Asset:
    """A model or a set of weights that somebody published."""

    kind: str
    """"morphable", "detector", "weights"."""

    name: str
    """What it is called here."""

    what: str
    """One line about it."""

    source: str
    """The page it comes from."""

    licence: str
    """SPDX identifier or the licence's name."""

    commercial: bool
    """Whether the licence lets it be used commercially."""

    files: tuple[str, ...]
    """File or folder names, the one that is given as its path first."""

    without: str
    """What works without it."""

    sha256: str | None = None
    """Of the first file; `None` where the publisher's versions differ or it is not known."""

    steps: str = ""
    """What has to be done on the page before the files can be had; "" when they can be taken as they are."""

    uri: str = ""
    """Where the first file can be fetched without a person; "" where it cannot."""

    @property
    def key(self) -> str:
        """Kind and name: "morphable/flame2023"."""
        return f"{self.kind}/{self.name}"

    def missing(self, path: Path | None) -> AssetMissingError:
        """The error that says where to get it and what works without it."""
        where = f"at {path}" if path else "on this machine"
        how = f"{self.steps}, get" if self.steps else "get"
        return AssetMissingError(
            f"{self.what} is not {where}",
            remedy=f"{how} {self.files[0]} from {self.source} ({self.licence}); {self.without}",
            metadata={"asset": self.key, "source": self.source, "licence": self.licence, "path": path or ""},
        )


_BUILTIN = "the built-in head works without it"
_FLAME_STEPS = "register and accept the licence"

_ASSETS = (
    Asset(
        kind="morphable",
        name="ict",
        what="the ICT-FaceKit light model",
        source="https://github.com/ICT-VGL/ICT-FaceKit",
        licence="MIT",
        commercial=True,
        files=("FaceXModel", "ict_facekit.npz"),
        without=_BUILTIN,
    ),
    Asset(
        kind="morphable",
        name="flame2020",
        what="the FLAME 2020 head model",
        source="https://flame.is.tue.mpg.de",
        licence="FLAME model licence, non-commercial research",
        commercial=False,
        files=("generic_model.pkl", "landmark_embedding.npy"),
        without=_BUILTIN,
        steps=_FLAME_STEPS,
    ),
    Asset(
        kind="morphable",
        name="flame2023",
        what="the FLAME 2023 head model",
        source="https://flame.is.tue.mpg.de",
        licence="CC-BY-4.0",
        commercial=True,
        files=("flame2023.pkl", "landmark_embedding.npy"),
        without=_BUILTIN,
        steps=_FLAME_STEPS,
    ),
    Asset(
        kind="morphable",
        name="bfm2009",
        what="the Basel Face Model 2009 in its front cut",
        source="https://faces.dmi.unibas.ch/bfm/",
        licence="Basel Face Model licence, non-commercial",
        commercial=False,
        files=("BFM_model_front.mat",),
        without=_BUILTIN,
        steps="register, and build the front cut as Deep3DFaceRecon_pytorch describes",
    ),
    Asset(
        kind="morphable",
        name="bfm2017",
        what="the Basel Face Model 2017",
        source="https://faces.dmi.unibas.ch/bfm/bfm2017.html",
        licence="Basel Face Model licence, non-commercial",
        commercial=False,
        files=("model2017-1_face12_nomouth.h5", "model2017-1_bfm_nomouth.h5"),
        without=_BUILTIN,
        steps="register and accept the licence",
    ),
    Asset(
        kind="morphable",
        name="lsfm",
        what="the Large Scale Facial Model (LSFM)",
        source="https://xip.uclb.com/product/lsfm",
        licence="LSFM licence, non-commercial",
        commercial=False,
        files=("all_all_all.mat",),
        without=_BUILTIN,
        steps="ask for a licence",
    ),
)

CATALOGUE: dict[str, Asset] = {asset.key: asset for asset in _ASSETS}
"""Every asset by its key."""
