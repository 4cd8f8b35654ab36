"""GDPW's evaluations [zhong2022gdpw, §4, Table 1]."""

from vultus.metrics.protocols.record import Column, Protocol, enter

_SOURCE = "zhong2022gdpw, §4, Table 1"
_CROP = "FOMM's VoxCeleb crop, 256 px"
_FID = Column(
    "FID", ("fid[inception-2015-pytorch-fid]",), "real", "the extractor is not told; pytorch-fid's is taken"
)
_CSIM_NOTE = "network and alignment are not told; IR-SE50 and five points are taken"
_AED = Column("AED", ("aed[expression]",), "driver", "expression: 50 FLAME coefficients of DECA")
_APD = Column("APD", ("apd[deg]",), "driver", "yaw, pitch and roll, degrees")

enter(
    Protocol(
        name="gdpw-same",
        source=_SOURCE,
        mode="self",
        pairs="pairs of frames of each test clip, drawn at random",
        crop=_CROP,
        alignment="none",
        frames="one pair at a time",
        columns=(
            _FID,
            Column("CSIM", ("csim[arcface-irse50-five-points]",), "driver", _CSIM_NOTE),
            Column("AKD", ("akd[fomm]",), "driver", "px of 256, mean absolute difference"),
            _AED,
            _APD,
        ),
        directions=("forward", "backward"),
    )
)

enter(
    Protocol(
        name="gdpw-cross",
        source=_SOURCE,
        mode="cross",
        pairs="pairs of frames of clips of different people, drawn at random",
        crop=_CROP,
        alignment="none",
        frames="one pair at a time",
        columns=(
            _FID,
            Column("CSIM", ("csim[arcface-irse50-five-points]",), "source", _CSIM_NOTE),
            _AED,
            _APD,
        ),
        directions=("forward", "backward"),
    )
)
