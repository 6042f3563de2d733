"""Keys and TLS with a pinned self-signed certificate, over both transports."""
import json
from dataclasses import replace

import pytest
from end_to_end import run_segbridge

from SegBridgeLib import CertificateMismatch, ConnectionLost, KeyRejected, prompts


@pytest.fixture(scope="module")
def key_and_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("keys") / "keys.txt"
    made = run_segbridge("keys", "add", "--file", str(file), "--name", "tester", "--json")
    assert made.returncode == 0, made.stderr
    key = json.loads(made.stdout)["key"]
    assert key not in file.read_text(), "the file must hold hashes only"
    return key, file


@pytest.fixture(scope="module")
def secure_server(start_server, key_and_file):
    return start_server("--tls", "self-signed", "--key-file", str(key_and_file[1]))


def test_the_right_key_and_fingerprint_segment(secure_server, transport, ellipsoid, key_and_file):
    assert secure_server.ready["https"].startswith("https://")
    with secure_server.connect(transport, key=key_and_file[0]) as client:
        with client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
            assert session.predict("1", prompts.point((80, 70, 12)), ("k", 12)).segment.voxel_count > 0


@pytest.mark.parametrize("key", [None, "wrong", "x" * 500])
def test_without_the_right_key_only_health_is_told(secure_server, transport, key):
    with secure_server.connect(transport, key=key) as client:
        assert client.health().name == "SERVING"
        with pytest.raises(KeyRejected):
            client.models()


def test_a_key_is_told_whose_it_is_and_nothing_else_is(secure_server, server, transport, key_and_file):
    with secure_server.connect(transport, key=key_and_file[0]) as client:
        described = client.describe()
        assert described.user == "tester" and described.contract_version == 1
        assert described.journal_enabled and not described.tasks_enabled
    with secure_server.connect(transport) as client, pytest.raises(KeyRejected):
        client.describe()
    with server.connect(transport) as client:
        assert client.describe() == replace(described, user="")


def test_another_certificate_is_not_trusted(secure_server, transport, key_and_file):
    with pytest.raises(CertificateMismatch, match=secure_server.ready["fingerprint"].replace(":", "").lower()):
        secure_server.connect(transport, key=key_and_file[0], fingerprint="ab" * 32)
    with pytest.raises(ConnectionLost):
        secure_server.connect(transport, key=key_and_file[0], fingerprint=None, timeout=10)


def test_keys_stay_out_of_the_log(secure_server, key_and_file):
    with secure_server.connect("web", key=key_and_file[0]) as client:
        client.models()
    assert key_and_file[0] not in secure_server.log.read_text()


def test_the_inference_library_keeps_nothing_to_report_to_its_maker(start_server, monkeypatch, tmp_path):
    # Under CI the library reports nothing anyway.
    for name in ("CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    server = start_server("--no-journal")
    with server.connect() as client:
        assert client.models()
    assert server.stop() == 0
    assert not [path for path in tmp_path.rglob("*") if "onnxruntime" in str(path.relative_to(tmp_path))]
