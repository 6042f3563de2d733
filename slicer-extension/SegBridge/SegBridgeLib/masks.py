"""Masks as they travel: one bit per voxel of a box, each row XOR the row before, zero bytes left out, through zlib."""
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
    planes = np.flatnonzero(mask.any(axis=(1, 2)))
    if planes.size == 0:
        return VoxelBox((0, 0, 0), (0, 0, 0))
    # Plane by plane: several times as fast as asking for each axis.
    outline = np.zeros(mask.shape[1:], dtype=bool)
    for plane in mask[planes[0]:planes[-1] + 1]:
        outline |= plane
    hits = (np.flatnonzero(outline.any(axis=0)), np.flatnonzero(outline.any(axis=1)), planes)
    return VoxelBox(tuple(int(found[0]) for found in hits), tuple(int(found[-1]) + 1 for found in hits))  # type: ignore[arg-type]


def encode_region(
    mask: np.ndarray, box: VoxelBox, encoding: MaskEncoding = MaskEncoding.XOR_SPARSE_ZLIB
) -> contract.MaskRegion:
    """The contract's region from the mask inside a box (an array of the box's shape)."""
    if mask.shape != box.shape:
        raise PromptError(f"the mask of a box of shape {box.shape} must have that shape, got {mask.shape}")
    if box.is_empty:
        return contract.MaskRegion(box.to_message(), encoding, b"")
    rows = np.packbits(np.asarray(mask, dtype=bool), axis=-1, bitorder="little").reshape(-1, _row_bytes(box))
    if encoding == MaskEncoding.PACKED:
        return contract.MaskRegion(box.to_message(), encoding, rows.tobytes())
    changes = rows.copy()
    changes[1:] ^= rows[:-1]
    if encoding == MaskEncoding.XOR_ZLIB:
        return contract.MaskRegion(box.to_message(), encoding, zlib.compress(changes.tobytes()))
    if encoding != MaskEncoding.XOR_SPARSE_ZLIB:
        raise PromptError(f"a mask's encoding must be PACKED, XOR_ZLIB or XOR_SPARSE_ZLIB, got {encoding}")
    there = changes.ravel() != 0
    sparse = np.packbits(there, bitorder="little").tobytes() + changes.ravel()[there].tobytes()
    return contract.MaskRegion(box.to_message(), encoding, zlib.compress(sparse))


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
    length = _row_bytes(box) * box.size[1] * box.size[2]
    if region.encoding == MaskEncoding.PACKED:
        bits = np.frombuffer(region.data, np.uint8)
    elif region.encoding == MaskEncoding.XOR_ZLIB:
        bits = np.frombuffer(_inflate(region.data, length), np.uint8)
    elif region.encoding == MaskEncoding.XOR_SPARSE_ZLIB:
        bits = _expand(_inflate(region.data, -(-length // 8) + length), length)
    else:
        raise ReplyError(f"a mask region's encoding must be PACKED, XOR_ZLIB or XOR_SPARSE_ZLIB, got {region.encoding}")
    if len(bits) != length:
        raise ReplyError(f"a mask region must decode to {length} bytes, got {len(bits)}")
    rows = bits.reshape(-1, _row_bytes(box))
    if region.encoding != MaskEncoding.PACKED:
        rows = np.bitwise_xor.accumulate(rows, axis=0)
    return box, np.unpackbits(rows, axis=-1, count=box.size[0], bitorder="little").reshape(box.shape).view(bool)


def _row_bytes(box: VoxelBox) -> int:
    return -(-box.size[0] // 8)


def _expand(sparse: bytes, length: int) -> np.ndarray:
    """The bytes that a bitmap and the non-zero ones among them stand for."""
    values = np.frombuffer(sparse, np.uint8)
    bitmap_bytes = -(-length // 8)
    if len(values) < bitmap_bytes:
        raise ReplyError(f"a mask region must begin with a bitmap of {bitmap_bytes} bytes, got {len(values)} in all")
    flags = np.unpackbits(values[:bitmap_bytes], bitorder="little")
    there = np.flatnonzero(flags)
    if len(there) != len(values) - bitmap_bytes or flags[length:].any():
        raise ReplyError(f"a mask region's bitmap counts {len(there)} bytes, {len(values) - bitmap_bytes} follow")
    bits = np.zeros(length, dtype=np.uint8)
    bits[there] = values[bitmap_bytes:]
    return bits


def _inflate(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        result = unpacker.decompress(data, most + 1)
    except zlib.error as error:
        raise ReplyError(f"a mask region cannot be decoded: {error}") from error
    if len(result) > most:
        raise ReplyError(f"a mask region must decode to at most {most} bytes")
    if not unpacker.eof:
        raise ReplyError("a mask region's zlib stream is cut short")
    return result


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
    return encode_region(voxels[inner.slices], inner.shifted(lower))
