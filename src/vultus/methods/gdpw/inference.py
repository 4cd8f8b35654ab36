"""GDPW as a method: a portrait is encoded once, and every pose decoded from it."""

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor

from vultus.data.track import Track
from vultus.face.morphable import MorphableModel
from vultus.methods.base import METHODS, AvatarOptions, Method, Portrait
from vultus.methods.detail import Blend, Made
from vultus.methods.faces import projected
from vultus.methods.gdpw.model import GdpwModel
from vultus.methods.learned import BATCH, Learned, LearnedAvatar
from vultus.methods.trained import BUILDERS, TrainedModel, starter
from vultus.nets.gdpw import GdpwConfig, GdpwOutput
from vultus.nets.speed import Speed


@METHODS.register("gdpw")
def starting_gdpw(morphable: MorphableModel) -> Method:
    """The portrait's features warped level by level by a network that learned it [zhong2022gdpw]."""
    return starter("gdpw").build(morphable)


@BUILDERS.register("gdpw")
class Gdpw(Learned):
    """GDPW with the weights of a model folder.

    Args:
        trained: The model folder.
        morphable: Morphable model of the tracks.
        speed: How the network runs.
    """

    name = "gdpw"

    def __init__(self, trained: TrainedModel, morphable: MorphableModel, speed: Speed) -> None:
        self.network = GdpwModel(trained.sizes(GdpwConfig), morphable)
        super().__init__(trained, self.network, morphable, speed)

    def create_avatar(self, portrait: Portrait, options: AvatarOptions) -> "GdpwAvatar":
        """Encode a portrait."""
        return GdpwAvatar(self, portrait, options)


class GdpwAvatar(LearnedAvatar):
    """A portrait's features.

    Args:
        method: What animates it.
        portrait: Picture and fit.
        options: Layout of the frames.
    """

    def __init__(self, method: Gdpw, portrait: Portrait, options: AvatarOptions) -> None:
        super().__init__(portrait, method.place(portrait, options), options)
        self._method = method
        guide = method.network.source_guide(self.face.seen(self.face.points))
        self.keep(method.forward.encode(self.source, guide))

    def render(self, track: Track) -> UInt8[np.ndarray, "t h w 3"]:
        """One frame for each sample of `track`, whose cameras are in the portrait's pixels."""
        track.check_model(self.face.model)
        return self.laid(track, map(self._made, track.parts(BATCH)))

    def _made(self, track: Track) -> Made:
        """What the network makes of a few samples."""
        output: GdpwOutput = self._method.forward.decode(self.source, self.encoded, self.guide(track))
        if not self._method.network.config.blended:
            return Made(output.image)
        return Made(output.image, Blend(output.generated, output.alpha, output.flow_px))

    def guide(self, track: Track) -> Float[Tensor, "t g h w"]:
        """What steers the network."""
        network, face, track = self._method.network, self.face, self.face.moved(track)
        points = projected(track, face.model)
        seen = face.seen(points)
        field = face.carried(track, points, seen) if network.config.led else face.displacement(points, seen)
        return network.guide(seen, field).detach()
