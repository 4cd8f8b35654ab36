"""From samples to pixels: which points a pixel shows, shaded and blended in one compiled loop."""

from typing import no_type_check

import numpy as np
from numba import njit

from vultus.world.rendering.shading import COUNT, FIXED_COUNT, GROUPS, shade


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def resolve(samples, surface, scene, shadow, pictures):
    """Shade one frame.

    Args:
        samples: What is seen at k x k samples of each pixel: triangle (-1 for none), barycentric coordinates,
            depth (px of the finer picture).
        surface: Triangles, the part of each, columns of the vertices that no pose changes, and the others.
        scene: See `Scene`.
        shadow: See `shade`.
        pictures: Linear RGB (h, w, 3) of the backdrop, which becomes the frame; depth (h, w), px, and index
            into the parts (h, w), which are written.
    """
    linear, depth, part = pictures
    height, width = part.shape
    k = samples[0].shape[0] // height
    members = np.empty((GROUPS, k * k), np.int64)
    count, parts, depths = np.empty(GROUPS, np.int64), np.empty(GROUPS, np.int64), np.empty(GROUPS)
    groups = members, count, parts, depths
    point = np.empty(COUNT, np.float32)
    for row in range(height):
        for column in range(width):
            found = _sort(samples, surface, scene.apart_px * k, row, column, k, groups)
            if found == 0:
                part[row, column], depth[row, column] = 0, np.inf
                continue
            red, green, blue, covered, largest = 0.0, 0.0, 0.0, 0, 0
            for group in range(found):
                _gather(samples, surface, members[group], count[group], k, point)
                r, g, b = shade(point, parts[group], scene, shadow)
                share = count[group] / (k * k)
                red, green, blue = red + share * r, green + share * g, blue + share * b
                covered += count[group]
                largest = group if count[group] > count[largest] else largest
            left = 1.0 - covered / (k * k)
            pixel = linear[row, column]
            pixel[0], pixel[1] = red + left * pixel[0], green + left * pixel[1]
            pixel[2] = blue + left * pixel[2]
            behind = k * k - covered > count[largest]
            part[row, column] = 0 if behind else parts[largest]
            depth[row, column] = np.inf if behind else depths[largest] / (count[largest] * k)


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _sort(samples, surface, apart, row, column, k, groups):
    """Put the samples that show one part at one depth together; how many groups there are."""
    face_index, _, sample_depth = samples
    members, count, parts, depths = groups
    across = face_index.shape[1]
    found = 0
    for j in range(row * k, row * k + k):
        for i in range(column * k, column * k + k):
            face = face_index[j, i]
            if face < 0:
                continue
            which, z = surface[1][face], sample_depth[j, i]
            group = 0
            while group < found and (
                parts[group] != which or abs(depths[group] - z * count[group]) > apart * count[group]
            ):
                group += 1
            if group == GROUPS:
                group = 0
            elif group == found:
                parts[group], count[group], depths[group] = which, 0, 0.0
                found += 1
            members[group, count[group]] = j * across + i
            count[group] += 1
            depths[group] += z
    return found


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _gather(samples, surface, members, count, k, point):
    """Average the attributes of a group of samples; of a whole pixel, those on its diagonal are enough."""
    face_index, barycentric, _ = samples
    faces, _, fixed, moving = surface
    across = face_index.shape[1]
    step = k + 1 if count == k * k else 1
    taken = (count - 1) // step + 1
    share = np.float32(1.0) / np.float32(taken)
    point[:] = np.float32(0.0)
    for member in range(0, count, step):
        j, i = members[member] // across, members[member] % across
        for corner in range(3):
            vertex = faces[face_index[j, i], corner]
            weight = barycentric[j, i, corner] * share
            still, moved = fixed[vertex], moving[vertex]
            for attribute in range(FIXED_COUNT):
                point[attribute] += weight * still[attribute]
            for attribute in range(COUNT - FIXED_COUNT):
                point[FIXED_COUNT + attribute] += weight * moved[attribute]
