"""Masks as they travel: one bit per voxel of a box, each row XOR the row before, through zlib."""
from __future__ import annotations

import zlib
from typing import Any, Optional, Tuple

import numpy as np

from . import contract
from .contract import MaskEncoding
from .errors import GeometryError, PromptError, ReplyError
from .geometry import IntTriple, VoxelBox


def bounding_box(mask: np.ndarray) -> VoxelBox:
    """Smallest box that holds all set voxels of an array (k, j, i); empty when none is set."""
    ranges = []
    for axis in range(3):
        hits = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        if hits.size == 0:
            return VoxelBox((0, 0, 0), (0, 0, 0))
        ranges.append((int(hits[0]), int(hits[-1]) + 1))
    (k0, k1), (j0, j1), (i0, i1) = ranges
    return VoxelBox((i0, j0, k0), (i1, j1, k1))


def encode_region(mask: np.ndarray, box: VoxelBox, encoding: MaskEncoding = MaskEncoding.XOR_ZLIB) -> contract.MaskRegion:
    """The contract's region from the mask inside a box (an array of the box's shape)."""
    if mask.shape != box.shape:
        raise PromptError(f"the mask of a box of shape {box.shape} must have that shape, got {mask.shape}")
    if box.is_empty:
        return contract.MaskRegion(box.to_message(), encoding, b"")
    rows = np.packbits(np.asarray(mask, dtype=bool), axis=-1, bitorder="little").reshape(-1, -(-box.size[0] // 8))
    if encoding == MaskEncoding.XOR_ZLIB:
        changes = rows.copy()
        changes[1:] ^= rows[:-1]
        return contract.MaskRegion(box.to_message(), encoding, zlib.compress(changes.tobytes(), 6))
    return contract.MaskRegion(box.to_message(), MaskEncoding.PACKED, rows.tobytes())


def decode_region(region: Optional[contract.MaskRegion], size: Optional[IntTriple] = None) -> Tuple[VoxelBox, np.ndarray]:
    """Box and mask (bool, of the box's shape) of a region. Nothing is allocated before the box is known to be
    plausible: inside the volume when its ``size`` (i, j, k) is given."""
    if region is None:
        return VoxelBox((0, 0, 0), (0, 0, 0)), np.zeros((0, 0, 0), dtype=bool)
    try:
        box = VoxelBox.from_message(region.box)
    except GeometryError as error:
        raise ReplyError(f"a mask region has no valid box: {error}") from error
    if min(box.lower) < 0 or (size is not None and any(high > whole for high, whole in zip(box.upper, size))):
        raise ReplyError(f"a mask region must lie inside the volume of {size} voxels, got {box.lower} to {box.upper}")
    if box.is_empty:
        return box, np.zeros(box.shape, dtype=bool)
    row_bytes = -(-box.size[0] // 8)
    row_count = box.size[1] * box.size[2]
    bits = _unpack(region, row_bytes * row_count).reshape(row_count, row_bytes)
    if region.encoding == MaskEncoding.XOR_ZLIB:
        bits = np.bitwise_xor.accumulate(bits, axis=0)
    mask = np.unpackbits(bits, axis=-1, count=box.size[0], bitorder="little")
    return box, mask.reshape(box.shape).view(bool)


def _unpack(region: contract.MaskRegion, length: int) -> np.ndarray:
    data = region.data
    if region.encoding == MaskEncoding.XOR_ZLIB:
        unpacker = zlib.decompressobj()
        try:
            data = unpacker.decompress(data, length + 1)
        except zlib.error as error:
            raise ReplyError(f"a mask region cannot be decoded: {error}") from error
        if len(data) <= length and not unpacker.eof:
            raise ReplyError("a mask region's zlib stream is cut short")
    elif region.encoding != MaskEncoding.PACKED:
        raise ReplyError(f"a mask region's encoding must be PACKED or XOR_ZLIB, got {region.encoding}")
    if len(data) != length:
        raise ReplyError(f"a mask region must decode to {length} bytes, got {len(data)}")
    return np.frombuffer(data, np.uint8)


def apply_region(target: np.ndarray, region: Optional[contract.MaskRegion]) -> VoxelBox:
    """Writes a region into a volume's mask (bool, (k, j, i)), touching its box only. Returns the box."""
    box, mask = decode_region(region, (target.shape[2], target.shape[1], target.shape[0]))
    target[box.slices] = mask
    return box


def region_of(mask: Any, lower: IntTriple = (0, 0, 0)) -> contract.MaskRegion:
    """The contract's region from an array (k, j, i), cut to its set voxels. ``lower`` is the array's first voxel."""
    voxels = np.asarray(mask)
    if voxels.ndim != 3:
        raise PromptError(f"a mask must be an array (k, j, i), got shape {voxels.shape}")
    voxels = voxels.astype(bool, copy=False)
    inner = bounding_box(voxels)
    if inner.is_empty:
        raise PromptError("a mask must have at least one voxel set")
    outer = VoxelBox(
        tuple(n + first for n, first in zip(inner.lower, lower)), tuple(n + first for n, first in zip(inner.upper, lower)))  # type: ignore[arg-type]
    return encode_region(voxels[inner.slices], outer)
