"""The protobuf codec: round trips, limits, damage."""
import random

import pytest
from contract_samples import message_classes, random_message

from SegBridgeLib import contract
from SegBridgeLib.wire import WireError


@pytest.mark.parametrize("cls", message_classes(), ids=lambda cls: cls.__name__)
def test_every_message_survives_a_round_trip(cls):
    chance = random.Random(cls.__name__)
    for _ in range(20):
        message = random_message(cls, chance)
        again = cls.decode(message.encode())
        assert again == message
        assert again.encode() == message.encode()


def test_a_damaged_message_gives_a_wire_error_or_another_message():
    chance = random.Random(5)
    classes = message_classes()
    refused = 0
    for _ in range(5000):
        cls = chance.choice(classes)
        data = bytearray(random_message(cls, chance).encode())
        for _ in range(chance.randrange(1, 4)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data) + 1):]
        try:
            cls.decode(bytes(data))
        except WireError:
            refused += 1
    assert refused > 500


def test_unknown_fields_are_skipped():
    known = contract.PutBricksReply(stored=3).encode()
    unknown = b"\xa0\x1f\x05" + b"\xa1\x1f" + bytes(8) + b"\xa2\x1f\x02hi" + b"\xa3\x1f\x08\x01\xa4\x1f" + b"\xa5\x1f" + bytes(4)
    assert contract.PutBricksReply.decode(unknown + known + unknown) == contract.PutBricksReply(stored=3)


def test_an_enum_value_of_a_newer_server_is_kept_as_a_number():
    message = contract.Volume.decode(b"\x10\x63")
    assert message.voxel_type == 99
    assert contract.Volume.decode(message.encode()).voxel_type == 99


def test_the_last_member_of_a_oneof_group_wins():
    first = contract.PredictEvent(queued=contract.Queued(1)).encode()
    second = contract.PredictEvent(progress=contract.Progress(0.5, "predicting")).encode()
    event = contract.PredictEvent.decode(first + second)
    assert event.which("event") == "progress" and event.queued is None


def test_a_message_in_two_parts_is_merged():
    first = contract.VoxelBox(lower=contract.VoxelIndex(1, 0, 0)).encode()
    second = contract.VoxelBox(lower=contract.VoxelIndex(0, 2, 0)).encode()
    assert contract.VoxelBox.decode(first + second).lower == contract.VoxelIndex(1, 2, 0)


def test_packed_numbers_are_read_unpacked_as_well():
    assert contract.VoxelPoints.decode(b"\x0d\x00\x00\x80\x3f\x0d\x00\x00\x00\x40").coordinates == [1.0, 2.0]


@pytest.mark.parametrize("message, field", [
    (contract.Size(i=-1), "Size.i"),
    (contract.Size(j=1 << 32), "Size.j"),
    (contract.VoxelIndex(k=1 << 31), "VoxelIndex.k"),
    (contract.VoxelPoint(i="3"), "VoxelPoint.i"),
    (contract.Size(i=1.5), "Size.i"),
    (contract.VoxelBox(lower=contract.Size(1, 1, 1)), "VoxelBox.lower"),
    (contract.OpenSessionRequest(client=b"bytes"), "OpenSessionRequest.client"),
    (contract.VoxelPoints(coordinates=[1.0, "x"]), "VoxelPoints.coordinates"),
])
def test_a_value_that_does_not_fit_is_named(message, field):
    with pytest.raises(WireError, match=field.replace(".", r"\.")):
        message.encode()


def test_two_members_of_a_oneof_group_are_refused():
    with pytest.raises(WireError, match="only one may be set"):
        contract.PredictEvent(queued=contract.Queued(), result=contract.StepResult()).encode()


@pytest.mark.parametrize("data, words", [
    (b"\x0a\xff", "ends inside a number"),
    (b"\x0a\x05ab", "ends early"),
    (b"\xa0\x1f" + b"\xff" * 10 + b"\x01", "longer than 10 bytes"),
    (b"\x00", "cannot have the number 0"),
    (b"\x0c", "wire type 4"),
    (b"\x1a\x02\xff\xfe", "not UTF-8"),
])
def test_bytes_that_are_no_message_are_refused_with_the_reason(data, words):
    with pytest.raises(WireError, match=words):
        contract.OpenSessionRequest.decode(data)
