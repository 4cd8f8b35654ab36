"""HeadGAN's evaluations [doukas2021headgan, supplementary §5]."""

from vultus.metrics.protocols.record import Column, Protocol, enter

_SOURCE = "doukas2021headgan, supplementary §5"
_CROP = "MTCNN, one median square box of the clip with a margin of 100 px, 256 px"
_CROP_NOTE = "the alignment before ArcFace is not told; five points in 112 px are taken"
_FID = Column(
    "FID", ("fid[inception-2015-pytorch-fid]",), "real", "the extractor is not told; pytorch-fid's is taken"
)
_FVD = Column(
    "FVD", ("fvd[i3d-400-stylegan-v]",), "real", "the port and the clips' length are not told; StyleGAN-V's"
)
_AU_H = Column("AU-H", ("au-h[openface-18]",), "driver")
_ARD = Column("ARD", ("ard[deg]",), "driver", "Euler angles of the 3DMM camera")

enter(
    Protocol(
        name="headgan-reconstruction",
        source=_SOURCE,
        mode="self",
        pairs="each test clip drives one of its frames, the middle one along the first component of pose",
        crop=_CROP,
        alignment="none",
        columns=(
            Column("L1", ("l1[0..255]",), "driver", "RGB in 0..255"),
            Column("PSNR", ("psnr[pooled]",), "driver", "squared error pooled over all frames"),
            Column("LPIPS", ("lpips[alex]",), "driver", "the backbone is not told; AlexNet is taken"),
            _FID,
            _FVD,
            Column("CSIM", ("csim[arcface-irse50-five-points]",), "driver", _CROP_NOTE),
            _AU_H,
            _ARD,
        ),
    )
)

enter(
    Protocol(
        name="headgan-reenactment",
        source=_SOURCE,
        mode="cross",
        pairs="each test clip drives a reference frame of another person; the camera is adapted to it",
        crop=_CROP,
        alignment="none",
        columns=(
            _FID,
            Column("CSIM", ("csim[arcface-irse50-five-points]",), "source", _CROP_NOTE),
            _AU_H,
            _ARD,
            Column("ARE", ("are[deg]",), "source", "generated angles from frontal 0, for frontalisation"),
        ),
    )
)
