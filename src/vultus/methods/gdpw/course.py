"""GDPW's presets."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from vultus.assets.store import DEFAULT_FOLDER
from vultus.face.morphable import MorphableModel
from vultus.methods.gdpw.model import GdpwModel
from vultus.methods.gdpw.training import GdpwLosses, GdpwTrainee, expressive_vertices
from vultus.nets.gdpw import GdpwConfig
from vultus.nets.gdpw_discriminator import GdpwDiscriminator
from vultus.train.course import COURSES, STARTER_WORLD, Preset, perceptual_network
from vultus.train.plan import TrainPlan
from vultus.world.sets import SetPlan

PERCEPTUAL_WEIGHTS = (1.0,) * 5
PERCEPTUAL_SCALES = 4
"""As in the released code; the world's own network is looked through at one scale."""


class GdpwCourse:
    """Self-reenactment of pairs of frames."""

    presets: ClassVar[Mapping[str, Preset]] = {
        "paper": Preset(
            plan=TrainPlan(
                steps=270_000,
                batch_size=8,
                learning_rates=((0, 2e-4), (80_000, 2e-5), (160_000, 2e-6)),
                betas=(0.5, 0.999),
                save_every=1_000,
                sample_every=1_000,
            ),
            side_px=256,
            network=GdpwConfig(),
            losses=GdpwLosses(),
            perceptual="vgg19",
            data=SetPlan(people=1_000, duration_s=20.0, languages=("en", "de", "es", "fr")),
        ),
        "starter": Preset(
            plan=TrainPlan(
                steps=4_500,
                batch_size=3,
                learning_rates=((0, 2e-3), (2_900, 7e-4), (4_000, 2e-4)),
                betas=(0.9, 0.999),
                average_decay=0.995,
                precision="bf16-mixed",
                channels_last=True,
                save_every=200,
                sample_every=200,
                accelerator="cpu",
            ),
            side_px=256,
            network=GdpwConfig(
                guidance="both",
                width=8,
                halvings=4,
                widest=128,
                smooth_codes=True,
                spectral=False,
                patch=2,
                led=True,
                finishing=True,
                compared=True,
                blended=True,
            ),
            losses=GdpwLosses(
                adversarial_weight=0.0,
                features=0.0,
                perceptual=3.0,
                crop_px=160,
                warped=0.0,
                pixels=10.0,
                generated=5.0,
                expression=10.0,
                warped_pixels=5.0,
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
            network=GdpwConfig(width=4, halvings=3, code_count=4),
            losses=GdpwLosses(pixels=10.0),
            perceptual="none",
            data=SetPlan(people=3, duration_s=1.0, side_px=64),
        ),
    }

    def trainee(
        self, preset: Preset, morphable: MorphableModel, assets: Path = DEFAULT_FOLDER
    ) -> GdpwTrainee:
        """Generator, codes, discriminator and losses."""
        scales = 1 if preset.perceptual == "world" else PERCEPTUAL_SCALES
        perceptual = perceptual_network(preset.perceptual, PERCEPTUAL_WEIGHTS, scales, assets)
        model = GdpwModel(preset.network, morphable)
        discriminator = GdpwDiscriminator(preset.network.width)
        return GdpwTrainee(model, preset.losses, perceptual, discriminator, expressive_vertices(morphable))

    def past_frames(self, preset: Preset) -> int:
        """None: a frame is made of the source and the current driver alone."""
        del preset
        return 0


COURSES.register("gdpw")(GdpwCourse())
