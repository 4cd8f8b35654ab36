"""Finding Directions' evaluations [bounareli2022directions, §4.1, Table 1]."""

from vultus.metrics.protocols.record import Column, Protocol, enter

_SOURCE = "bounareli2022directions, §4.1, Table 1"
_CROP = (
    "FAN 68 points, twice the larger side of their box, centre a sixth of it higher, reflected edges, 256 px"
)
_CSIM_NOTE = "ArcFace IR-SE50; its alignment for the table is not told, five points in 112 px are taken"
_POSE = Column(
    "Pose", ("pose[deca-deg]",), "driver", "mean absolute difference of DECA's head angles, degrees"
)
_EXP = Column(
    "Exp.", ("exp[deca-12]",), "driver", "mean absolute difference of p_e, 12 values; unit as DECA's"
)

enter(
    Protocol(
        name="directions-self",
        source=_SOURCE,
        mode="self",
        pairs="each of VoxCeleb1's test clips drives one of its frames; the first is taken, for none is told",
        crop=_CROP,
        alignment="none",
        columns=(
            Column("CSIM", ("csim[arcface-irse50-five-points]",), "driver", _CSIM_NOTE),
            Column("LPIPS", ("lpips[alex]",), "driver"),
            Column("FID", ("fid[inception-2015-pytorch-fid]",), "real"),
            Column(
                "NME", ("nme[x1000]",), "driver", "1000 times; square root of the ground truth's face box"
            ),
            _POSE,
            _EXP,
        ),
        frames="one of every 25 at 25 frames/s",
    )
)

enter(
    Protocol(
        name="directions-cross",
        source=_SOURCE,
        mode="cross",
        pairs="200 pairs of clips of different people, drawn at random",
        crop=_CROP,
        alignment="none",
        columns=(
            Column("CSIM", ("csim[arcface-irse50-five-points]",), "source", _CSIM_NOTE),
            _POSE,
            _EXP,
        ),
        frames="one of every 25 at 25 frames/s",
    )
)
