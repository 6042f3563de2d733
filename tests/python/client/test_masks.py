"""Mask regions: round trips, the encodings against a slow reference, damage."""
import random
import zlib

import numpy as np
import pytest

from SegBridgeLib import contract
from SegBridgeLib.contract import MaskEncoding
from SegBridgeLib.errors import PromptError, ReplyError
from SegBridgeLib.geometry import VoxelBox
from SegBridgeLib.masks import apply_region, bounding_box, decode_region, encode_region, region_of

ENCODINGS = [MaskEncoding.PACKED, MaskEncoding.XOR_ZLIB, MaskEncoding.XOR_SPARSE_ZLIB]


def slow_payload(mask, encoding):
    """The contract's words, one bit at a time; before zlib."""
    rows = []
    for row in mask.reshape(-1, mask.shape[-1]):
        packed = bytearray(-(-len(row) // 8))
        for n, voxel in enumerate(row):
            packed[n // 8] |= int(voxel) << (n % 8)
        rows.append(bytes(packed))
    if encoding == MaskEncoding.PACKED:
        return b"".join(rows)
    before = [bytes(len(rows[0])), *rows]
    changes = b"".join(bytes(a ^ b for a, b in zip(row, earlier)) for row, earlier in zip(rows, before))
    if encoding == MaskEncoding.XOR_ZLIB:
        return changes
    bitmap = bytearray(-(-len(changes) // 8))
    for n, value in enumerate(changes):
        bitmap[n // 8] |= (value != 0) << (n % 8)
    return bytes(bitmap) + bytes(value for value in changes if value)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 8), (3, 2, 9), (1, 17, 64), (4, 5, 31)])
def test_regions_are_what_the_contract_says_and_come_back(encoding, shape):
    chance = np.random.default_rng(sum(shape))
    for fill in (0.0, 0.05, 0.5, 1.0):
        mask = chance.random(shape) < fill
        box = VoxelBox((2, 3, 4), (2 + shape[2], 3 + shape[1], 4 + shape[0]))
        region = encode_region(mask, box, encoding)
        payload = region.data if encoding == MaskEncoding.PACKED else zlib.decompress(region.data)
        assert payload == slow_payload(mask, encoding)
        again_box, again = decode_region(contract.MaskRegion.decode(region.encode()))
        assert again_box == box and again.dtype == bool and np.array_equal(again, mask)


def test_a_region_changes_its_box_and_nothing_else():
    target = np.ones((6, 7, 8), dtype=bool)
    box = VoxelBox((1, 2, 3), (5, 4, 6))
    part = np.random.default_rng(1).random(box.shape) < 0.5
    expected = target.copy()
    expected[3:6, 2:4, 1:5] = part
    assert apply_region(target, encode_region(part, box)) == box
    assert np.array_equal(target, expected)


def test_an_empty_region_changes_nothing():
    target = np.ones((2, 2, 2), dtype=bool)
    assert apply_region(target, None).is_empty
    assert apply_region(target, contract.MaskRegion(encoding=MaskEncoding.XOR_SPARSE_ZLIB)).is_empty
    assert target.all()


def test_the_bounding_box_is_the_smallest():
    mask = np.zeros((5, 6, 7), dtype=bool)
    assert bounding_box(mask).is_empty
    mask[1, 2, 3] = mask[4, 2, 5] = True
    assert bounding_box(mask) == VoxelBox((3, 2, 1), (6, 3, 5))


def test_a_mask_is_cut_to_its_voxels_and_shifted():
    mask = np.zeros((5, 6, 7), dtype=bool)
    mask[1, 2, 3:5] = True
    box, part = decode_region(region_of(mask, lower=(10, 20, 30)))
    assert box == VoxelBox((13, 22, 31), (15, 23, 32)) and part.all()
    with pytest.raises(PromptError, match="at least one voxel"):
        region_of(np.zeros((2, 2, 2)))


@pytest.mark.parametrize("region, words", [
    (contract.MaskRegion(VoxelBox((0, 0, 0), (9, 1, 1)).to_message(), MaskEncoding.PACKED, b"\1\0"), "inside the volume"),
    (contract.MaskRegion(contract.VoxelBox(contract.VoxelIndex(-1, 0, 0), contract.VoxelIndex(1, 1, 1))), "inside the volume"),
    (contract.MaskRegion(contract.VoxelBox(contract.VoxelIndex(3, 0, 0), contract.VoxelIndex(1, 1, 1))), "no valid box"),
    (contract.MaskRegion(VoxelBox((0, 0, 0), (8, 1, 1)).to_message(), MaskEncoding.PACKED, b"\1\0"), "must decode to 1 bytes, got 2"),
    (contract.MaskRegion(VoxelBox((0, 0, 0), (8, 1, 1)).to_message(), MaskEncoding.XOR_ZLIB, zlib.compress(bytes(9))), "at most 1"),
    (contract.MaskRegion(VoxelBox((0, 0, 0), (8, 1, 1)).to_message(), MaskEncoding.XOR_ZLIB, zlib.compress(b"")), "got 0"),
    (contract.MaskRegion(VoxelBox((0, 0, 0), (8, 1, 1)).to_message(), MaskEncoding.XOR_ZLIB, b"junk"), "cannot be decoded"),
    (contract.MaskRegion(VoxelBox((0, 0, 0), (8, 1, 1)).to_message(), MaskEncoding.XOR_ZLIB, zlib.compress(b"\1")[:-1]), "cut short"),
    (contract.MaskRegion(VoxelBox((0, 0, 0), (8, 1, 1)).to_message(), MaskEncoding.XOR_SPARSE_ZLIB, zlib.compress(b"\1")), "counts 1"),
    (contract.MaskRegion(VoxelBox((0, 0, 0), (8, 1, 1)).to_message(), MaskEncoding.XOR_SPARSE_ZLIB, zlib.compress(b"\2\1")), "counts 1"),
    (contract.MaskRegion(VoxelBox((0, 0, 0), (8, 1, 1)).to_message(), 77, b"\1"), "encoding must be"),
])
def test_a_region_that_cannot_be_is_refused_with_the_reason(region, words):
    with pytest.raises(ReplyError, match=words):
        decode_region(region, (8, 8, 8))


def test_damage_never_gives_anything_but_a_reply_error():
    chance = random.Random(4)
    box = VoxelBox((0, 0, 0), (33, 9, 5))
    mask = np.random.default_rng(2).random(box.shape) < 0.3
    for _ in range(2000):
        region = encode_region(mask, box, chance.choice(ENCODINGS))
        data = bytearray(region.data)
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        region.data = bytes(data[:chance.choice((len(data), chance.randrange(len(data) + 1)))])
        try:
            assert decode_region(region, (64, 64, 64))[1].shape == box.shape
        except ReplyError:
            pass
