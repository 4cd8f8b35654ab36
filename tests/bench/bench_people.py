"""People of the world: drawing one, building the mesh, placing it in frames."""

from harness import Bench

from vultus.face.models import load_morphable
from vultus.world.bodies import build_body
from vultus.world.motion import perform
from vultus.world.people import draw_person, paint_backdrop

FRAMES = 32
BUILD_BAR_S, PLACE_BAR_MS = 1.0, 4.0


def main(bench: Bench) -> None:
    """Time what happens once for a person, and once for each frame."""
    model = load_morphable("builtin")
    person = draw_person(9)
    bench.time("people.draw", "A person drawn from a seed", lambda: draw_person(9))
    bench.time(
        "people.build", f"Mesh of a person with {person.hair.style} hair", lambda: build_body(person, model),
        unit="s", bar=BUILD_BAR_S,
    )  # fmt: skip
    bench.time("people.backdrop", "Backdrop, 256 x 256", lambda: paint_backdrop(person.backdrop, (256, 256)))
    body = build_body(person, model)
    track = perform(person, None, 25.0, FRAMES / 25.0, 1, model, (256, 256))
    bench.time(
        "people.place",
        f"A body of {len(body.faces):,} triangles placed, {FRAMES} frames at once",
        lambda: body.place(track),
        per=FRAMES,
        bar=PLACE_BAR_MS,
    )
