"""The evaluation of personalised head poses from speech [zhang2021pose, §5.3]."""

from vultus.metrics.protocols.record import Column, Protocol, enter

enter(
    Protocol(
        name="posegan",
        source="zhang2021pose, §5.3, Tables 2, 3 and 5",
        mode="self",
        pairs="the speech of each test clip of a person drives that person's own model",
        crop="OpenFace's head pose in radians and millimetres at 30 frames/s; no picture is compared",
        alignment="poses are normalised with the mean and spread of the person's training set",
        columns=(
            Column(
                "L_pose", ("l_pose[z-score]",), "driver", "mean over frames; the paper's sum has no scale"
            ),
            Column("L_p-motion", ("l_p-motion[z-score]",), "driver"),
            Column("L_shape", ("l_shape[lower-face-x10]",), "driver", "unit of the vertices is not told"),
            Column("L_s-motion", ("l_s-motion[lower-face-x10]",), "driver"),
            Column("AV offset", ("sync_offset[syncnet-v2]",), "driver"),
            Column("AV confidence", ("lse-c[syncnet-v2]",), "driver"),
        ),
        frames="windows of 256 frames",
    )
)
