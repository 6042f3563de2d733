"""Smooth Gaussian random fields and what is made of them: break-up, warp and cap of scribbles."""

from __future__ import annotations

from typing import Tuple

import numpy as np
from scipy import ndimage

SIGMA_RANGE = (4.0, 16.0)
AMPLITUDE_RANGE = (1.0, 6.0)
CAP_SIGMA = 42.0


def _blur_matrix(size: int, sigma: float) -> np.ndarray:
    """(size, size) matrix of a normalised Gaussian of radius int(3 sigma + 0.5), zeros outside."""
    radius = int(3.0 * sigma + 0.5)
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    taps /= taps.sum()
    offset = np.arange(size)[None, :] - np.arange(size)[:, None]
    inside = np.abs(offset) <= radius
    return np.where(inside, taps[np.clip(offset + radius, 0, 2 * radius)], 0.0).astype(np.float32)


def smooth(
    shape: Tuple[int, int], sigma: float, std: float, rng: np.random.Generator
) -> np.ndarray:
    """White noise blurred by a Gaussian (zero padding), scaled to the sample deviation ``std``."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    field = _blur_matrix(shape[0], sigma) @ noise @ _blur_matrix(shape[1], sigma).T
    return field * np.float32(std / max(float(field.std()), 1e-12))


def break_up(shape: Tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Boolean map of smooth patches in which a broken scribble survives (about half the area)."""
    return smooth(shape, rng.uniform(*SIGMA_RANGE), 1.0, rng) > 0


def warp(scribble: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Displace a scribble map smoothly by 1 to 6 px deviation; the result is soft, in [0, 1]."""
    scribble = np.asarray(scribble, dtype=np.float32)
    if not scribble.any():
        return scribble
    sigma = rng.uniform(*SIGMA_RANGE)
    amplitude = rng.uniform(*AMPLITUDE_RANGE)
    rows, columns = np.mgrid[: scribble.shape[0], : scribble.shape[1]].astype(np.float32)
    rows += smooth(scribble.shape, sigma, amplitude, rng)
    columns += smooth(scribble.shape, sigma, amplitude, rng)
    warped = ndimage.map_coordinates(
        scribble, [rows, columns], order=1, mode="constant", cval=0.0, prefilter=False
    )
    low, high = float(warped.min()), float(warped.max())
    if high <= 0.0:
        return scribble
    if high <= low:
        return np.ones_like(warped)
    return (warped - low) / np.float32(high - low)


def cap(scribble: np.ndarray, max_pixels: int, rng: np.random.Generator) -> np.ndarray:
    """Keep a smooth part of at most ``max_pixels`` non-zero pixels; their values are unchanged."""
    if max_pixels < 1:
        raise ValueError(f"max_pixels must be at least 1, got {max_pixels}")
    drawn = np.flatnonzero(scribble)
    if drawn.size <= max_pixels:
        return scribble
    noise = smooth(scribble.shape, CAP_SIGMA, 1.0, rng)
    noise -= noise.min()
    score = (noise * scribble).ravel()[drawn]
    kept = drawn[np.argpartition(score, drawn.size - max_pixels)[drawn.size - max_pixels :]]
    capped = np.zeros_like(scribble)
    capped.ravel()[kept] = scribble.ravel()[kept]
    return capped
