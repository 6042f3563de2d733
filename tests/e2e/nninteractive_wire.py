"""NNIA arrays and Blosc2 chunks, written and read apart from the server: Zstandard and LZ4 by the system's own libraries."""
from __future__ import annotations

import ctypes
import struct
from typing import List, Optional

import numpy as np

ZSTD, LZ4 = 4, 1
BLOCK = 1 << 16


def _library(name: str) -> ctypes.CDLL:
    library = ctypes.CDLL(name)
    for function in ("ZSTD_compress", "ZSTD_decompress", "ZSTD_compressBound"):
        if hasattr(library, function):
            getattr(library, function).restype = ctypes.c_size_t
    return library


def zstd_compress(data: bytes, level: int = 3) -> bytes:
    library = _library("libzstd.so.1")
    room = ctypes.create_string_buffer(library.ZSTD_compressBound(ctypes.c_size_t(len(data))))
    size = library.ZSTD_compress(room, ctypes.c_size_t(len(room)), data, ctypes.c_size_t(len(data)), level)
    return room.raw[:size]


def zstd_decompress(data: bytes, size: int) -> bytes:
    library = _library("libzstd.so.1")
    room = ctypes.create_string_buffer(max(size, 1))
    got = library.ZSTD_decompress(room, ctypes.c_size_t(size), data, ctypes.c_size_t(len(data)))
    assert got == size, f"{got} bytes where {size} should be"
    return room.raw[:size]


def lz4_compress(data: bytes) -> bytes:
    library = _library("liblz4.so.1")
    room = ctypes.create_string_buffer(library.LZ4_compressBound(len(data)))
    size = library.LZ4_compress_default(data, room, len(data), len(room))
    return room.raw[:size]


def blosc2_chunk(data: bytes, typesize: int = 1, codec: int = ZSTD, shuffle: bool = False, split: bool = False, block: int = BLOCK) -> bytes:
    """A chunk as the library makes it: an extended header, the blocks' offsets, the blocks; each in one stream or split."""
    if not any(data):
        return _header(data, typesize, codec, shuffle, split, block, 32, special=1)
    block = min(block, len(data))
    blocks = -(-len(data) // block)
    body, offsets = b"", []
    for start in range(0, len(data), block):
        piece = data[start:start + block]
        if shuffle:
            piece = _shuffled(piece, typesize)
        streams = typesize if split and len(piece) == block else 1
        offsets.append(32 + 4 * blocks + len(body))
        step = len(piece) // streams
        for n in range(streams):
            body += _stream(piece[n * step:(n + 1) * step], codec)
    table = struct.pack(f"<{blocks}i", *offsets)
    return _header(data, typesize, codec, shuffle, split, block, 32 + len(table) + len(body)) + table + body


def _stream(data: bytes, codec: int) -> bytes:
    if len(set(data)) == 1:
        return struct.pack("<i", 0) if data[0] == 0 else struct.pack("<i", -data[0]) + b"\x01"
    packed = zstd_compress(data) if codec == ZSTD else lz4_compress(data)
    if len(packed) >= len(data):
        packed = data
    return struct.pack("<i", len(packed)) + packed


def _shuffled(piece: bytes, typesize: int) -> bytes:
    count = len(piece) // typesize
    whole = np.frombuffer(piece[:count * typesize], np.uint8).reshape(count, typesize)
    return whole.T.tobytes() + piece[count * typesize:]


def _header(data: bytes, typesize: int, codec: int, shuffle: bool, split: bool, block: int, size: int, special: int = 0) -> bytes:
    flags = 0b101 | (0 if split else 0b10000) | codec << 5
    filters = bytes(5) + bytes([1 if shuffle else 0])
    return (bytes([5, 1, flags, typesize]) + struct.pack("<iii", len(data), min(block, len(data)), size) + filters
            + bytes([5, 0]) + bytes(6) + bytes([0, special << 4]))


def blosc2_bytes(chunk: bytes) -> bytes:
    """The forms that the server sends: zeros, stored, and one block of Zstandard."""
    flags, (size, block, packed), special = chunk[2], struct.unpack_from("<iii", chunk, 4), chunk[31] >> 4
    assert packed == len(chunk), "the chunk's own length is wrong"
    if special == 1:
        return bytes(size)
    if flags & 2:
        return chunk[32:]
    assert flags >> 5 == ZSTD and block == size, "one block of Zstandard"
    offset, = struct.unpack_from("<i", chunk, 32)
    length, = struct.unpack_from("<i", chunk, offset)
    return zstd_decompress(chunk[offset + 4:offset + 4 + length], size)


def to_nnia(array: np.ndarray, codec: int = ZSTD, shuffle: bool = False, split: bool = False, chunk_bytes: int = 1 << 30) -> bytes:
    array = np.ascontiguousarray(array)
    name, data = array.dtype.name.encode(), array.tobytes()
    pieces = [data[start:start + chunk_bytes] for start in range(0, len(data), chunk_bytes)]
    body = b"NNIA" + bytes([1, 1 if codec == ZSTD else 2, array.ndim, len(name)]) + name
    body += struct.pack(f"<{array.ndim}q", *array.shape) + struct.pack("<I", len(pieces))
    for piece in pieces:
        chunk = blosc2_chunk(piece, array.itemsize, codec, shuffle, split)
        body += struct.pack("<QQ", len(piece), len(chunk)) + chunk
    return body


def from_nnia(body: bytes) -> Optional[np.ndarray]:
    if not body:
        return None
    assert body[:5] == b"NNIA\x01", "an NNIA array of version 1"
    axes, length = body[6], body[7]
    dtype = np.dtype(body[8:8 + length].decode())
    at = 8 + length
    shape = struct.unpack_from(f"<{axes}q", body, at)
    at += 8 * axes
    chunks, = struct.unpack_from("<I", body, at)
    at += 4
    data: List[bytes] = []
    for _ in range(chunks):
        size, packed = struct.unpack_from("<QQ", body, at)
        data.append(blosc2_bytes(body[at + 16:at + 16 + packed]))
        assert len(data[-1]) == size, "the chunk holds what it says"
        at += 16 + packed
    assert at == len(body), "nothing follows the array"
    return np.frombuffer(b"".join(data), dtype).reshape(shape)
