"""Contact sheets of the world: many people, one mouth, one moment in many lights and layers."""

from dataclasses import replace

import cv2
import numpy as np
import torch
from jaxtyping import Bool, Float32, UInt8

from vultus.data.sheets import contact_sheet
from vultus.data.track import Track
from vultus.world.bodies.parts import PARTS
from vultus.world.clips import WorldClip
from vultus.world.people import paint_backdrop
from vultus.world.rendering.drawing import draw_stage
from vultus.world.rendering.frames import WorldFrame
from vultus.world.rendering.renderer import WorldRenderer
from vultus.world.rendering.stage import Film
from vultus.world.specs import ClipSpec
from vultus.world.speech import LANGUAGES, Phone, articulate
from vultus.world.views import ring

Picture = UInt8[np.ndarray, "h w 3"]

PHONES = ("ɑ", "i", "u", "æ", "ə", "oʊ", "p", "f", "θ", "t", "s", "ʃ", "k", "ɹ", "l", "w")  # noqa: RUF001
"""Sounds of American English whose mouths differ."""

_CLOSE = 2.0
"""How much larger a head is where its mouth is looked at."""

_PART_HUES = np.linspace(0, 180, len(PARTS), endpoint=False)


def people_sheet(count: int = 64, side_px: int = 160, columns: int = 8, first: int = 0) -> Picture:
    """Different people in mid-speech, each on a stage of their own."""
    languages = tuple(LANGUAGES)
    frames = []
    for seed in range(first, first + count):
        language = languages[seed % len(languages)]
        spec = ClipSpec(person_seed=seed, duration_s=3.0, size_px=(side_px, side_px), language=language)
        clip = WorldClip(spec)
        frames.append(clip.truth(_speaking(clip)).rgb)
    return contact_sheet(frames, columns)


def mouths_sheet(person_seed: int = 21, side_px: int = 192, columns: int = 8) -> Picture:
    """One person's mouth in the middle of each of `PHONES`."""
    clip = WorldClip(ClipSpec(person_seed=person_seed, duration_s=1.0, size_px=(512, 512)))
    track, rows = clip.frontal_track[:1], []
    stage = replace(draw_stage(2), film=Film(noise=0.002, blur_px=0.0, quality=97))
    backdrop = paint_backdrop(clip.person.backdrop, (512, 512))
    renderer = WorldRenderer(clip.body, stage, backdrop, (512, 512), clip.renderer.surface)
    for symbol in PHONES:
        said = [Phone("_", 0.0, 0.2), Phone(symbol, 0.2, 0.4, 1.0), Phone("_", 0.4, 0.6)]
        middle = np.array([0.3])
        rows.append(torch.from_numpy(articulate(said, middle, clip.model.expression_names))[0])
    many = _repeated(track, len(PHONES)).replace(
        expression=torch.stack(rows),
        rotation_rad=torch.zeros(len(PHONES), 3),
        scale=_CLOSE * track.scale.expand(len(PHONES)),
        translation_px=torch.tensor([[256.0, 200.0]]).expand(len(PHONES), -1),
    )
    pictures = [_mouth(frame, side_px) for frame in renderer.render(many)]
    return contact_sheet(pictures, columns, [f"/{symbol}/" for symbol in PHONES])


def views_sheet(person_seed: int = 19, side_px: int = 192) -> Picture:
    """One moment of one person: from many cameras, in many lights, and its truth layers."""
    spec = ClipSpec(person_seed=person_seed, duration_s=3.0, size_px=(side_px, side_px))
    clip = WorldClip(spec)
    moment = _speaking(clip)
    cameras = [clip.seen_from(view).truth(moment).rgb for view in ring(7, np.radians(75.0))]
    captions = [f"camera {round(view.yaw_deg)}°" for view in ring(7, np.radians(75.0))]
    lights = _lights(clip, moment, 7)
    layers, names = _layers(clip, moment)
    captions += [f"stage {seed}" for seed in range(len(lights))] + names
    return contact_sheet([*cameras, *lights, *layers], 7, captions)


def stages_sheet(person_seed: int = 19, side_px: int = 160, columns: int = 8, count: int = 32) -> Picture:
    """One moment of one person on many stages."""
    clip = WorldClip(ClipSpec(person_seed=person_seed, duration_s=3.0, size_px=(side_px, side_px)))
    frames = _lights(clip, _speaking(clip), count)
    return contact_sheet(frames, columns, [f"stage {seed}" for seed in range(count)])


def _speaking(clip: WorldClip) -> int:
    """The frame in which the jaw is about as far open as in a quarter of the others."""
    jaw = clip.track.expression[:, clip.model.expression_names.index("jawOpen")].numpy()
    return int(np.argsort(jaw)[len(jaw) * 3 // 4])


def _lights(clip: WorldClip, moment: int, count: int) -> list[Picture]:
    """The moment on the first stages."""
    size_px = clip.spec.size_px
    backdrop = paint_backdrop(clip.person.backdrop, size_px)
    surface = clip.renderer.surface
    pictures = []
    for seed in range(count):
        renderer = WorldRenderer(clip.body, draw_stage(seed), backdrop, size_px, surface)
        pictures.append(next(renderer.render(clip.frontal_track[moment : moment + 1])).rgb)
    return pictures


def _layers(clip: WorldClip, moment: int) -> tuple[list[Picture], list[str]]:
    """Everything known about a frame, as pictures."""
    frame, later = clip.truth(moment), min(moment + 8, len(clip) - 1)
    flow, visible = clip.flow(moment, later)
    pictures = {
        "picture": frame.rgb,
        "depth": depth_picture(frame),
        "parts": part_picture(frame),
        "masks": mask_picture(frame),
        "landmarks": landmark_picture(frame),
        f"flow to frame +{later - moment}": flow_picture(flow, visible),
        "picture later": clip.truth(later).rgb,
    }
    return list(pictures.values()), list(pictures)


def depth_picture(frame: WorldFrame) -> Picture:
    """Near is light; the background is black."""
    seen = np.isfinite(frame.depth)
    low, high = np.percentile(frame.depth[seen], [1, 99])
    level = np.where(seen, 255 - 215 * np.clip((frame.depth - low) / (high - low), 0, 1), 0)
    return np.repeat(level.astype(np.uint8)[..., None], 3, axis=2)


def part_picture(frame: WorldFrame) -> Picture:
    """A hue for each part."""
    strong = np.where(frame.part > 0, 170, 0)
    value = np.where(frame.part > 0, 225, 40)
    return _from_hsv(_PART_HUES[frame.part], strong, value)


def mask_picture(frame: WorldFrame) -> Picture:
    """Face in grey, hair in blue, mouth in red, eyes in white."""
    colours = {
        "face": (130, 130, 130),
        "hair": (60, 90, 200),
        "mouth": (220, 50, 50),
        "eyes": (255, 255, 255),
    }
    picture = np.zeros_like(frame.rgb)
    for name, colour in colours.items():
        picture[frame.mask(name)] = colour
    return picture


def landmark_picture(frame: WorldFrame) -> Picture:
    """All landmarks, irises in yellow, on the darkened frame."""
    picture = np.ascontiguousarray(frame.rgb // 2)
    for index, (x, y, _) in enumerate(frame.points_image):
        colour = (255, 220, 0) if index >= 468 else (0, 235, 190)
        cv2.circle(picture, (round(float(x) * 8 - 4), round(float(y) * 8 - 4)), 6, colour, -1, cv2.LINE_AA, 3)
    return picture


def flow_picture(
    flow: Float32[np.ndarray, "h w 2"], visible: Bool[np.ndarray, "h w"] | None = None
) -> Picture:
    """Direction as hue, length as strength; what is hidden in the other frame is black."""
    length = np.hypot(flow[..., 0], flow[..., 1])
    strength = 255 * np.clip(length / max(float(np.percentile(length, 99)), 1.0), 0, 1)
    hue = (np.degrees(np.arctan2(flow[..., 1], flow[..., 0])) % 360) / 2
    value = np.full(length.shape, 255.0) if visible is None else np.where(visible, 255.0, 0.0)
    return _from_hsv(hue, strength, value)


def _from_hsv(hue: np.ndarray, strength: np.ndarray, value: np.ndarray) -> Picture:
    """Picture of hue in half degrees, saturation and value 0..255."""
    stacked = np.stack([hue, strength, value], -1).astype(np.uint8)
    return np.asarray(cv2.cvtColor(stacked, cv2.COLOR_HSV2RGB))


def _mouth(frame: WorldFrame, side_px: int) -> Picture:
    """The frame around the mouth."""
    points = frame.points_image
    middle = points[[61, 291, 0, 17], :2].mean(0)
    half = 0.62 * np.linalg.norm(points[33, :2] - points[263, :2])
    scale = side_px / (2 * half)
    matrix = np.array(
        [[scale, 0, side_px / 2 - scale * middle[0]], [0, scale, side_px / 2 - scale * middle[1]]]
    )
    matrix[:, 2] += 0.5 * scale - 0.5  # OpenCV counts pixel centres as integers
    return np.asarray(cv2.warpAffine(frame.rgb, matrix, (side_px, side_px), flags=cv2.INTER_AREA))


def _repeated(track: Track, count: int) -> Track:
    """One frame many times, at moments that follow each other."""
    many = Track.concatenate([track] * count)
    return many.replace(time_s=torch.arange(count, dtype=torch.float64) / track.fps)
