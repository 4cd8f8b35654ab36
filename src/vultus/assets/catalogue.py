"""What models and weights exist, where they come from and under which licence."""

from vultus.assets.asset import Asset
from vultus.assets.extractor_weights import EXTRACTOR_WEIGHTS

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

CATALOGUE: dict[str, Asset] = {asset.key: asset for asset in (*_ASSETS, *EXTRACTOR_WEIGHTS)}
"""Every asset by its key."""
