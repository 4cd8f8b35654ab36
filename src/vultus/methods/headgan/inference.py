"""HeadGAN as a method: a portrait is encoded once, and every window of poses decoded from it."""

from functools import partial

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vultus.data.track import Track
from vultus.errors import InputError
from vultus.face.morphable import MorphableModel
from vultus.methods.base import METHODS, AvatarOptions, Context, Method, Portrait
from vultus.methods.detail import Blend, Made
from vultus.methods.faces import projected
from vultus.methods.headgan.model import HeadGanModel
from vultus.methods.learned import BATCH, Learned, LearnedAvatar
from vultus.methods.streams import samples_before, windows
from vultus.methods.trained import BUILDERS, TrainedModel, starter
from vultus.nets.headgan import HeadGanConfig, HeadGanOutput
from vultus.nets.speed import Speed

SILENT = Context()
"""The beginning of a stream without sound."""


@METHODS.register("headgan")
def starting_headgan(morphable: MorphableModel) -> Method:
    """A dense flow warps the portrait, a network paints it, 3D faces and sound steer [doukas2021headgan]."""
    return starter("headgan").build(morphable)


@BUILDERS.register("headgan")
class HeadGan(Learned):
    """HeadGAN with the weights of a model folder.

    Args:
        trained: The model folder.
        morphable: Morphable model of the tracks.
        speed: How the network runs.
    """

    name = "headgan"

    def __init__(self, trained: TrainedModel, morphable: MorphableModel, speed: Speed) -> None:
        self.network = HeadGanModel(trained.sizes(HeadGanConfig), morphable)
        super().__init__(trained, self.network, morphable, speed)

    def create_avatar(self, portrait: Portrait, options: AvatarOptions) -> "HeadGanAvatar":
        """Encode a portrait."""
        return HeadGanAvatar(self, portrait, options)


class HeadGanAvatar(LearnedAvatar):
    """A portrait's features.

    Args:
        method: What animates it.
        portrait: Picture and fit.
        options: Layout of the frames.
    """

    hears = True

    def __init__(self, method: HeadGan, portrait: Portrait, options: AvatarOptions) -> None:
        super().__init__(portrait, method.place(portrait, options), options)
        self._method = method
        self.past_frames: int = method.network.config.past_frames
        self.source = self.source * 2 - 1
        nmfc = method.network.nmfc(self.face.seen(self.face.points))
        self.keep(method.forward.encode(self.source, nmfc))

    def render(self, track: Track) -> UInt8[np.ndarray, "t h w 3"]:
        """One frame for each sample of `track`, the beginning of a silent stream."""
        return self.render_within(track, SILENT)

    def render_within(self, track: Track, context: Context) -> UInt8[np.ndarray, "t h w 3"]:
        """One frame for each sample of `track`, whose cameras are in the portrait's pixels."""
        track.check_model(self.face.model)
        if not len(track):
            return self.laid(track, ())
        heard = self._heard(len(track), context)
        stream = samples_before(track, context.past, self.past_frames)
        starts = range(0, len(track), BATCH)
        return self.laid(track, map(partial(self._made, stream, heard), starts))

    def guide(self, stream: Track) -> tuple[Float[Tensor, "t n h w"], Float[Tensor, "t 2 h w"] | None]:
        """What steers the network: windows of 3D faces, and the displacement where that leads.

        Args:
            stream: Samples, behind `past_frames` ones before them.
        """
        track, past = self.face.moved(stream), self.past_frames
        points = projected(track, self.face.model)
        seen = self.face.seen(points)
        nmfc = self._method.network.nmfc(seen)
        window = nmfc[windows(len(stream) - past, past + 1)].flatten(1, 2)
        if not self._method.network.config.led:
            return window, None
        return window, self.face.carried(track[past:], points[past:], seen[past:])

    def _made(self, stream: Track, heard: Float[Tensor, "t a"], start: int) -> Made:
        """What the network makes of a few samples; `stream` has `past_frames` more before the first."""
        stop = min(start + BATCH, len(heard))
        window, displacement = self.guide(stream[start : stop + self.past_frames])
        decode = self._method.forward.decode
        output: HeadGanOutput = decode(self.source, self.encoded, window, heard[start:stop], displacement)
        blend = Blend((output.painted + 1) / 2, output.share, output.flow_px)
        return Made((output.image + 1) / 2, blend if self._method.network.config.blended else None)

    def _heard(self, count: int, context: Context) -> Float[Tensor, "t a"]:
        """h_t of a part; zeros without sound."""
        needed = count, self._method.network.config.audio_count
        if context.heard is None:
            return torch.zeros(needed)
        if context.heard.shape != needed:
            raise InputError(
                f"the sound of {count} frames has shape {tuple(context.heard.shape)}, not {needed}",
                remedy="make it with vultus.speech.heard for these frames",
            )
        return context.heard.float()
