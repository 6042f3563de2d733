"""A volume's voxels brick by brick: the grid of bricks, their encodings, and an array that is cut into them."""
from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import Any, Dict, Iterator

import numpy as np

from . import contract
from .contract import BrickEncoding, VoxelType
from .errors import VolumeError
from .geometry import IntTriple, VoxelBox

DTYPES: Dict[VoxelType, np.dtype] = {
    VoxelType.UINT8: np.dtype("u1"), VoxelType.INT8: np.dtype("i1"), VoxelType.UINT16: np.dtype("<u2"),
    VoxelType.INT16: np.dtype("<i2"), VoxelType.UINT32: np.dtype("<u4"), VoxelType.INT32: np.dtype("<i4"),
    VoxelType.FLOAT32: np.dtype("<f4"),
}
# Scans gain nothing from the higher levels, which take several times as long.
_ZLIB_LEVEL = 1


@dataclass(frozen=True)
class BrickGrid:
    """Bricks of a volume. Brick b covers voxels b * brick_size up to (b + 1) * brick_size, cut at the volume's end."""

    size: IntTriple
    brick_size: IntTriple

    @property
    def counts(self) -> IntTriple:
        """Bricks per axis (i, j, k)."""
        return tuple(-(-whole // part) for whole, part in zip(self.size, self.brick_size))  # type: ignore[return-value]

    def box(self, index: IntTriple) -> VoxelBox:
        """Voxels of a brick."""
        if len(index) != 3 or not all(0 <= n < count for n, count in zip(index, self.counts)):
            raise VolumeError(f"a brick index must lie within {self.counts} bricks, got {tuple(index)}")
        lower = tuple(n * part for n, part in zip(index, self.brick_size))
        upper = tuple(min(low + part, whole) for low, part, whole in zip(lower, self.brick_size, self.size))
        return VoxelBox(lower, upper)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[IntTriple]:
        return ((i, j, k) for k in range(self.counts[2]) for j in range(self.counts[1]) for i in range(self.counts[0]))


def delta_planes(voxels: np.ndarray) -> bytes:
    """Differences along each row (last axis), modulo 2^bits, as byte planes, least significant first."""
    little = np.ascontiguousarray(voxels, dtype=voxels.dtype.newbyteorder("<"))
    unsigned = little.view(np.dtype(f"<u{little.dtype.itemsize}"))
    differences = unsigned.copy()
    differences[..., 1:] -= unsigned[..., :-1]
    planes = np.empty((little.dtype.itemsize, differences.size), dtype=np.uint8)
    # As an assignment: for that numpy lets go of the interpreter lock, and other threads work on.
    planes[...] = differences.reshape(-1, 1).view(np.uint8).T
    return planes.tobytes()


def undo_delta_planes(planes: bytes, shape: IntTriple, dtype: np.dtype) -> np.ndarray:
    """The inverse of ``delta_planes`` for an array of this shape (k, j, i) and type."""
    width = np.dtype(dtype).itemsize
    unsigned = np.dtype(f"<u{width}")
    elements = np.frombuffer(planes, np.uint8).reshape(width, -1).T.copy().view(unsigned).reshape(shape)
    return np.cumsum(elements, axis=-1, dtype=unsigned).view(np.dtype(dtype).newbyteorder("<"))


def encode(voxels: np.ndarray, encoding: BrickEncoding = BrickEncoding.DELTA_PLANES_ZLIB) -> bytes:
    """Bytes of a brick's voxels (k, j, i)."""
    if encoding == BrickEncoding.DELTA_PLANES_ZLIB:
        return zlib.compress(delta_planes(voxels), _ZLIB_LEVEL)
    raw = np.ascontiguousarray(voxels, dtype=voxels.dtype.newbyteorder("<")).tobytes()
    if encoding == BrickEncoding.RAW:
        return raw
    if encoding == BrickEncoding.ZLIB:
        return zlib.compress(raw, _ZLIB_LEVEL)
    raise VolumeError(f"a brick's encoding must be RAW, ZLIB or DELTA_PLANES_ZLIB, got {encoding}")


def decode(data: bytes, encoding: BrickEncoding, shape: IntTriple, dtype: np.dtype) -> np.ndarray:
    """A brick's voxels from its bytes."""
    length = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    if encoding != BrickEncoding.RAW:
        unpacker = zlib.decompressobj()
        try:
            data = unpacker.decompress(data, length + 1)
        except zlib.error as error:
            raise VolumeError(f"a brick cannot be decoded: {error}") from error
        if not unpacker.eof and len(data) <= length:
            raise VolumeError("a brick's zlib stream is cut short")
    if len(data) != length:
        raise VolumeError(f"a brick of shape {shape} must decode to {length} bytes, got {len(data)}{'+' if len(data) > length else ''}")
    if encoding == BrickEncoding.DELTA_PLANES_ZLIB:
        return undo_delta_planes(data, shape, dtype)
    return np.frombuffer(data, np.dtype(dtype).newbyteorder("<")).reshape(shape)


class ArrayVolume:
    """A numpy array (k, j, i) as a source of bricks. The array is neither copied nor changed; it must not change
    while it is in use. Types that do not travel are narrowed brick by brick: bool to uint8, float16 and float64 to
    float32, 64-bit integers to 32 bits where all values fit."""

    def __init__(self, array: Any, brick_size: IntTriple = (64, 64, 64)) -> None:
        voxels = np.asarray(array)
        if voxels.ndim == 2:
            voxels = voxels[np.newaxis]
        if voxels.ndim != 3 or voxels.size == 0:
            raise VolumeError(f"a volume must be an array (k, j, i) with at least one voxel, got shape {voxels.shape}")
        self.voxels = voxels
        self.voxel_type = _voxel_type(voxels)
        size = (voxels.shape[2], voxels.shape[1], voxels.shape[0])
        self.grid = BrickGrid(size, brick_size)

    @property
    def byte_count(self) -> int:
        """Bytes of all voxels as they would travel uncompressed."""
        return int(self.voxels.size) * DTYPES[self.voxel_type].itemsize

    def sha256(self) -> bytes:
        """SHA-256 of all voxels as they travel, in C-order (k, j, i)."""
        digest = hashlib.sha256()
        for slice_k in self.voxels:
            digest.update(np.ascontiguousarray(slice_k, dtype=DTYPES[self.voxel_type]))
        return digest.digest()

    def use_bricks(self, brick_size: IntTriple) -> None:
        """Cuts the volume into bricks of this size from now on."""
        self.grid = BrickGrid(self.grid.size, brick_size)

    def brick_voxels(self, index: IntTriple) -> np.ndarray:
        """A brick's voxels (k, j, i), in the type that travels."""
        return np.ascontiguousarray(self.voxels[self.grid.box(index).slices], dtype=DTYPES[self.voxel_type])

    def brick(self, index: IntTriple) -> contract.Brick:
        """A brick as it is sent."""
        voxels = self.brick_voxels(index)
        encoding, data = BrickEncoding.DELTA_PLANES_ZLIB, encode(voxels)
        if len(data) > voxels.nbytes:  # Noise does not compress.
            encoding, data = BrickEncoding.RAW, encode(voxels, BrickEncoding.RAW)
        return contract.Brick(contract.BrickIndex(*index), encoding, data, zlib.crc32(voxels))


class FetchedVolume:
    """A volume that the server fetched itself: there is no voxel of it here."""

    def __init__(self, size: IntTriple) -> None:
        self.grid = BrickGrid(size, size)

    def use_bricks(self, brick_size: IntTriple) -> None:
        self.grid = BrickGrid(self.grid.size, brick_size)

    def brick(self, index: IntTriple) -> contract.Brick:
        raise VolumeError("the server fetched this volume from its archive: there are no voxels here that could be sent")


def _voxel_type(voxels: np.ndarray) -> VoxelType:
    kind = voxels.dtype.newbyteorder("<") if voxels.dtype.itemsize > 1 else voxels.dtype
    for voxel_type, dtype in DTYPES.items():
        if kind == dtype:
            return voxel_type
    if kind == np.dtype(bool):
        return VoxelType.UINT8
    if voxels.dtype.kind == "f":
        return VoxelType.FLOAT32
    if voxels.dtype.kind in "iu":
        low, high = int(voxels.min()), int(voxels.max())
        if low >= -(1 << 31) and high < 1 << 31:
            return VoxelType.INT32
        if low >= 0 and high < 1 << 32:
            return VoxelType.UINT32
        raise VolumeError(f"64-bit voxels must fit into 32 bits, got values from {low} to {high}")
    raise VolumeError(f"voxels must be whole numbers or floats, got {voxels.dtype}")
