"""contract.py against the .proto files and against Google's own implementation."""
import dataclasses
import random
import shutil
import subprocess
import sys
from pathlib import Path

import generate_contract
import pytest
from contract_samples import message_classes, random_message
from proto_parser import ProtoSyntaxError, parse_folder

from SegBridgeLib import contract


def test_the_contract_is_what_the_proto_files_say():
    assert generate_contract.CONTRACT.read_text(encoding="utf-8") == generate_contract.generate(generate_contract.PROTO), \
        "run slicer-extension/tools/generate_contract.py"


def test_every_message_and_method_is_there():
    files = parse_folder(generate_contract.PROTO)
    assert {cls.__name__ for cls in message_classes()} == \
        {message.full_name[len(file.package) + 1:].replace(".", "") for file in files for message in file.messages}
    assert contract.SessionsService.predict.path == "/segbridge.v1.Sessions/Predict"
    assert contract.SessionsService.predict.server_streaming and not contract.SessionsService.predict.client_streaming
    assert contract.SessionsService.stream_bricks.client_streaming


@pytest.mark.parametrize("text, words", [
    ('syntax = "proto2";', "only proto3"),
    ('syntax = "proto3"; message A { map<string, int32> b = 1; }', "map is not supported"),
    ('syntax = "proto3"; message A { int32 b = 1;', "ends in the middle"),
    ('syntax = "proto3"; import "other.proto";', "imports other.proto"),
])
def test_what_the_parser_does_not_know_it_refuses(tmp_path, text, words):
    (tmp_path / "a.proto").write_text(text)
    with pytest.raises(ProtoSyntaxError, match=words):
        parse_folder(tmp_path)


@pytest.fixture(scope="module")
def official(tmp_path_factory):
    """Google's message classes of the same .proto files, by our class names."""
    pytest.importorskip("google.protobuf", reason="Google's protobuf package is not installed")
    compiler = shutil.which("protoc")
    if compiler is None:
        pytest.skip("protoc is not installed")
    folder = tmp_path_factory.mktemp("descriptors")
    output = folder / "contract.bin"
    files = sorted(path.as_posix() for path in generate_contract.PROTO.rglob("*.proto"))
    subprocess.run([compiler, f"-I{generate_contract.PROTO}", f"--descriptor_set_out={output}", *files], check=True)
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    known = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    waiting = list(known.file)
    added = set()
    while waiting:
        item = next(item for item in waiting if set(item.dependency) <= added)
        waiting.remove(item)
        pool.Add(item)
        added.add(item.name)

    def official_class(descriptor):
        make = getattr(message_factory, "GetMessageClass", None)
        return make(descriptor) if make else message_factory.MessageFactory(pool).GetPrototype(descriptor)

    found = {}
    for item in known.file:
        for message in item.message_type:
            name = f"{item.package}.{message.name}"
            found[message.name] = official_class(pool.FindMessageTypeByName(name))
    return found


@pytest.mark.parametrize("cls", message_classes(), ids=lambda cls: cls.__name__)
def test_google_reads_and_writes_the_same_bytes(cls, official):
    chance = random.Random(cls.__name__ + "official")
    for _ in range(20):
        ours = random_message(cls, chance)
        theirs = official[cls.__name__].FromString(ours.encode())
        _assert_same(ours, theirs)
        assert theirs.SerializeToString(deterministic=True) == ours.encode()
        assert cls.decode(theirs.SerializeToString()) == ours


def _assert_same(ours, theirs):
    for field in dataclasses.fields(ours):
        spec, value = field.metadata["wire"], getattr(ours, field.name)
        name = field.name.rstrip("_")
        other = getattr(theirs, name)
        if spec.repeated:
            assert len(value) == len(other)
            for one, two in zip(value, other):
                _assert_same(one, two) if spec.nested else _assert_equal(one, two)
        elif spec.presence:
            assert theirs.HasField(name) == (value is not None)
            if value is not None:
                _assert_same(value, other) if spec.nested else _assert_equal(value, other)
        else:
            _assert_equal(value, other)


def _assert_equal(one, two):
    assert one == two, f"{one!r} is not {two!r}"


def test_the_client_needs_no_syntax_newer_than_python_3_9():
    import ast

    for path in sorted(Path(contract.__file__).parent.glob("*.py")):
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    assert sys.version_info >= (3, 9)
