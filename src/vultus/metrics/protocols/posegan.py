"""The evaluation of personalised head poses from speech [zhang2021pose, §5.3]."""

from vultus.metrics.protocols.record import Column, Protocol, enter

enter(
    Protocol(
        name="posegan",
        source="zhang2021pose, §5.2, §5.3, Tables 1, 2, 3 and 5",
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
            Column(
                "Classifier",
                ("pose_confidence[motion-cnn]",),
                "real",
                "confidence of the right person; the paper's network is not published, ours is taught",
            ),
            Column(
                "Correlation",
                ("acceptance[ocsvm]",),
                "real",
                "share of windows whose correlation of speech and pose a one-class machine takes for real",
            ),
            Column(
                "AV offset", ("sync_offset[syncnet-v2]", "sync_offset[world]"), "driver", "frames of 1/25 s"
            ),
            Column("AV confidence", ("lse-c[syncnet-v2]", "lse-c[world]"), "driver"),
            Column(
                "AV drift",
                ("av_drift[syncnet-v2]", "av_drift[world]"),
                "driver",
                "ms over the clip; not in the paper's tables",
            ),
        ),
        frames="windows of 256 frames",
    )
)
