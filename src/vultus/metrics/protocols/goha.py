"""GOHA's evaluations [li2023goha, supplementary §5]."""

from vultus.metrics.protocols.record import PROCRUSTES, Column, Protocol, enter

_SOURCE = "li2023goha, supplementary §5"
_CROP = "EG3D's in-the-wild alignment to 512 px on black"
_FID = Column("FID", ("fid[inception-2015-torch-fidelity]",), "real")
_CSIM = "a ResNet ArcFace of its own; IR-SE50 is taken, so that only orders compare"
_PIXELS = (
    Column("L1", ("l1[0..1]",), "driver", "RGB in 0..1"),
    Column("LPIPS", ("lpips[alex]",), "driver", "the NeRFace script's"),
    Column("PSNR", ("psnr[frame-mean]",), "driver", "pooling is not told; the mean of frames is taken"),
    Column("SSIM", ("ssim[gaussian-11]",), "driver"),
)
_MOTION = (
    Column("AED", ("aed[expression]",), "driver", "64 expression coefficients of Deep3D"),
    Column("APD", ("apd[rad]",), "driver", "three angles of Deep3D, radians"),
)
_AKD = Column(
    "AKD",
    ("akd[frame-px]",),
    "driver",
    "landmarks of Deep3D; ours are taken, mean absolute difference, px",
)

enter(
    Protocol(
        name="goha-portrait",
        source=_SOURCE,
        mode="self",
        pairs="each of CelebA's 29,954 pictures reconstructs itself",
        crop=_CROP,
        alignment="none where pixels already agree; otherwise onto the other method's result",
        columns=(*_PIXELS, _FID),
    )
)

enter(
    Protocol(
        name="goha-same",
        source=_SOURCE,
        mode="self",
        pairs="each HDTF clip drives a frame of its own; which is not told, the first is taken",
        crop=_CROP,
        alignment=PROCRUSTES,
        columns=(
            *_PIXELS,
            _FID,
            Column("CSIM", ("csim[arcface-irse50-five-points]",), "driver", _CSIM),
            *_MOTION,
            _AKD,
        ),
    )
)

enter(
    Protocol(
        name="goha-cross",
        source=_SOURCE,
        mode="cross",
        pairs="each HDTF clip drives a frame of another person's, and pictures of CelebA; pairs are not told",
        crop=_CROP,
        alignment=PROCRUSTES,
        columns=(
            Column("CSIM", ("csim[arcface-irse50-five-points]",), "source", _CSIM),
            *_MOTION,
            _FID,
        ),
    )
)
