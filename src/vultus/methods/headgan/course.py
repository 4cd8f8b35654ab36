"""HeadGAN's presets."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from vultus.assets.store import DEFAULT_FOLDER
from vultus.face.morphable import MorphableModel
from vultus.methods.headgan.model import HeadGanModel
from vultus.methods.headgan.training import HeadGanLosses, HeadGanTrainee
from vultus.nets.headgan import HeadGanConfig
from vultus.train.course import COURSES, STARTER_WORLD, Preset, perceptual_network
from vultus.train.plan import TrainPlan
from vultus.world.sets import SetPlan

PERCEPTUAL_WEIGHTS = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0)
"""As in the released code."""


WORLD_WEIGHTS = (1.0,) * 5
"""Of the small network that learned from the world."""


class HeadGanCourse:
    """Self-reenactment of windows of frames with their sound."""

    presets: ClassVar[Mapping[str, Preset]] = {
        "paper": Preset(
            plan=TrainPlan(
                steps=500_000, batch_size=6, learning_rates=((0, 2e-4),), save_every=1_000, sample_every=1_000
            ),
            side_px=256,
            network=HeadGanConfig(),
            losses=HeadGanLosses(),
            perceptual="vgg19",
            data=SetPlan(people=1_000, duration_s=20.0, languages=("en", "de", "es", "fr")),
        ),
        "starter": Preset(
            plan=TrainPlan(
                steps=2_600,
                batch_size=2,
                learning_rates=((0, 1e-3), (1_700, 5e-4), (2_300, 1.5e-4)),
                betas=(0.9, 0.999),
                average_decay=0.995,
                precision="bf16-mixed",
                channels_last=True,
                save_every=100,
                sample_every=100,
            ),
            side_px=256,
            network=HeadGanConfig(
                width=8, hidden=24, residual=True, patch=2, led=True, blended=True, traced=True
            ),
            losses=HeadGanLosses(
                adversarial=0.0,
                features=0.0,
                perceptual=10.0,
                warped=0.5,
                warped_perceptual=False,
                painted=0.5,
                face_pixels=50.0,
                mouth_pixels=30.0,
                silence=0.2,
            ),
            perceptual="world",
            data=STARTER_WORLD,
            tracks="fitted",
        ),
        "smoke": Preset(
            plan=TrainPlan(
                steps=12,
                batch_size=2,
                learning_rates=((0, 1e-3),),
                average_decay=0.9,
                save_every=4,
                sample_every=12,
                accelerator="cpu",
            ),
            side_px=64,
            network=HeadGanConfig(width=4, hidden=8),
            losses=HeadGanLosses(),
            perceptual="none",
            data=SetPlan(people=3, duration_s=1.0, side_px=64),
        ),
    }

    def trainee(
        self, preset: Preset, morphable: MorphableModel, assets: Path = DEFAULT_FOLDER
    ) -> HeadGanTrainee:
        """Generator, both discriminators and losses."""
        weights = WORLD_WEIGHTS if preset.perceptual == "world" else PERCEPTUAL_WEIGHTS
        perceptual = perceptual_network(preset.perceptual, weights, assets=assets)
        model = HeadGanModel(preset.network, morphable)
        return HeadGanTrainee(model, preset.losses, perceptual, width=2 * preset.network.width)

    def past_frames(self, preset: Preset) -> int:
        """As many as the generator looks back, k."""
        return preset.network.past_frames


COURSES.register("headgan")(HeadGanCourse())
