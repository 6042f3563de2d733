"""Bricks: the grid, the encodings against a slow reference, arrays of all types."""
import struct
import zlib

import numpy as np
import pytest

from SegBridgeLib.bricks import DTYPES, ArrayVolume, BrickGrid, decode, encode
from SegBridgeLib.contract import BrickEncoding, VoxelType
from SegBridgeLib.errors import VolumeError

SHAPES = [(1, 1, 1), (1, 5, 7), (3, 4, 16), (4, 64, 33), (2, 3, 1)]


def slow_delta_planes(voxels):
    """The contract's words, one voxel at a time."""
    width = voxels.dtype.itemsize
    code = {1: "B", 2: "H", 4: "I"}[width]
    values = []
    for row in voxels.reshape(-1, voxels.shape[-1]):
        before = 0
        for voxel in row:
            number = struct.unpack("<" + code, voxel.astype(voxel.dtype.newbyteorder("<")).tobytes())[0]
            values.append((number - before) % (1 << (8 * width)))
            before = number
    return b"".join(bytes((value >> (8 * plane)) & 0xFF for value in values) for plane in range(width))


@pytest.mark.parametrize("voxel_type", list(DTYPES))
@pytest.mark.parametrize("shape", SHAPES)
def test_the_best_encoding_is_what_the_contract_says(voxel_type, shape):
    voxels = _noise(shape, DTYPES[voxel_type])
    assert zlib.decompress(encode(voxels)) == slow_delta_planes(voxels)


@pytest.mark.parametrize("encoding", [BrickEncoding.RAW, BrickEncoding.ZLIB, BrickEncoding.DELTA_PLANES_ZLIB])
@pytest.mark.parametrize("voxel_type", list(DTYPES))
def test_every_encoding_gives_the_voxels_back(encoding, voxel_type):
    for shape in SHAPES:
        voxels = _noise(shape, DTYPES[voxel_type])
        again = decode(encode(voxels, encoding), encoding, shape, voxels.dtype)
        assert again.tobytes() == voxels.tobytes() and again.shape == shape


@pytest.mark.parametrize("size, brick_size", [((70, 64, 9), (64, 64, 4)), ((1, 1, 1), (64, 64, 64)), ((33, 7, 5), (8, 8, 8))])
def test_bricks_cover_every_voxel_once(size, brick_size):
    grid = BrickGrid(size, brick_size)
    covered = np.zeros(size[::-1], dtype=int)
    for index in grid:
        covered[grid.box(index).slices] += 1
    assert np.all(covered == 1)
    assert len(list(grid)) == np.prod(grid.counts)


def test_a_brick_outside_the_grid_is_refused():
    with pytest.raises(VolumeError, match="within"):
        BrickGrid((10, 10, 10), (8, 8, 8)).box((2, 0, 0))


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: b"\x01" + data[1:]])
def test_a_damaged_brick_is_refused(damage):
    data = encode(np.arange(64, dtype=np.int16).reshape(4, 4, 4))
    with pytest.raises(VolumeError):
        decode(damage(data), BrickEncoding.DELTA_PLANES_ZLIB, (4, 4, 4), np.dtype("<i2"))


def test_a_brick_of_another_length_is_refused():
    for shape in ((4, 4, 3), (4, 4, 5)):
        with pytest.raises(VolumeError, match="must decode to"):
            decode(encode(np.zeros((4, 4, 4), np.int16)), BrickEncoding.DELTA_PLANES_ZLIB, shape, np.dtype("<i2"))


@pytest.mark.parametrize("array, voxel_type", [
    (np.array([[[True, False]]]), VoxelType.UINT8),
    (np.array([[[1.5, -2.5]]]), VoxelType.FLOAT32),
    (np.array([[[1.5, -2.5]]], dtype=np.float16), VoxelType.FLOAT32),
    (np.array([[[-5, 70000]]], dtype=np.int64), VoxelType.INT32),
    (np.array([[[0, 4_000_000_000]]], dtype=np.uint64), VoxelType.UINT32),
    (np.array([[[-5, 700]]], dtype=">i2"), VoxelType.INT16),
    (np.arange(12, dtype=np.uint16).reshape(3, 2, 2).transpose(2, 0, 1), VoxelType.UINT16),
])
def test_every_type_of_array_travels_without_loss(array, voxel_type):
    volume = ArrayVolume(array)
    brick = volume.brick((0, 0, 0))
    assert volume.voxel_type == voxel_type
    voxels = decode(brick.data, brick.encoding, array.shape, DTYPES[voxel_type])
    assert np.array_equal(voxels.astype(float), array.astype(float))
    assert brick.crc32 == zlib.crc32(voxels.tobytes())


def test_a_flat_image_is_one_slice():
    assert ArrayVolume(np.zeros((3, 5), np.uint8)).grid.size == (5, 3, 1)


@pytest.mark.parametrize("array, words", [
    (np.zeros((2, 2, 2, 2)), "shape"), (np.zeros((0, 2, 2)), "shape"), (np.zeros((1, 1, 1), complex), "complex"),
    (np.array([[[1 << 40]]]), "fit into 32 bits"),
])
def test_an_array_that_is_no_volume_is_refused(array, words):
    with pytest.raises(VolumeError, match=words):
        ArrayVolume(array)


def test_noise_travels_raw_and_scans_travel_small():
    noise = ArrayVolume(_noise((8, 64, 64), np.dtype("u1"))).brick((0, 0, 0))
    assert noise.encoding == BrickEncoding.RAW and len(noise.data) == 8 * 64 * 64
    smooth = ArrayVolume(np.tile(np.arange(64, dtype=np.int16), (8, 64, 1))).brick((0, 0, 0))
    assert len(smooth.data) < 2 * 8 * 64 * 64 / 50


def _noise(shape, dtype):
    chance = np.random.default_rng(sum(shape) + dtype.itemsize)
    raw = chance.integers(0, 256, size=(*shape, dtype.itemsize), dtype=np.uint8)
    if dtype.kind == "f":
        return chance.normal(size=shape).astype(dtype)
    return raw.view(dtype)[..., 0].copy()
