"""A series goes from an archive to a mask and back: a real Orthanc, the command line, and a server that is killed."""
from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from end_to_end import COMMAND, TEST_DATA

from SegBridgeLib import NotFound, prompts

ORTHANC = next((path for path in ("/usr/sbin/Orthanc", "/usr/bin/Orthanc") if os.path.exists(path)), None)
PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
SARCOMA = TEST_DATA / "dicom" / "ct_series_sts_026" / "image"
SLICES = 52
AUTH = "reader:zebra-password"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Address of an empty archive with users on."""
    if ORTHANC is None or not os.path.exists(PLUGIN):
        pytest.skip("Orthanc with DICOMweb is not installed (Debian: orthanc, orthanc-dicomweb)")
    if not SARCOMA.exists():
        pytest.skip(f"{SARCOMA} is not there; SEGBRIDGE_TEST_DATA names the folder of test data")
    folder = tmp_path_factory.mktemp("orthanc")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user, password = AUTH.split(":")
    settings = folder / "orthanc.json"
    settings.write_text(json.dumps({
        "StorageDirectory": str(folder), "IndexDirectory": str(folder), "Plugins": [PLUGIN], "HttpPort": port,
        "DicomServerEnabled": False, "RemoteAccessAllowed": False, "AuthenticationEnabled": True,
        "RegisteredUsers": {user: password}, "DicomWeb": {"Enable": True, "Root": "/dicom-web/"}}))
    process = subprocess.Popen([ORTHANC, str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/system")
            except urllib.error.HTTPError:
                break
            except urllib.error.URLError:
                assert process.poll() is None, "Orthanc did not start"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/dicom-web"
    finally:
        process.kill()
        process.wait()


def segbridge(*arguments, auth=AUTH, code=0, **environment):
    """What a command prints as JSON, or says when it fails."""
    run = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=600,
        env={**os.environ, "SEGBRIDGE_DICOMWEB_AUTH": auth, **environment})
    assert run.returncode == code, run.stderr
    assert "zebra" not in run.stdout + run.stderr
    return json.loads(run.stdout) if run.stdout else run.stderr


@pytest.fixture(scope="module")
def series(archive):
    """Study and series of the sarcoma, stored by the command line."""
    assert len(segbridge("dicomweb", "store", "--archive", archive, str(SARCOMA), "--json")["stored"]) == SLICES
    (study,) = segbridge("dicomweb", "find", "--archive", archive, "--match", "PatientID=STS_*", "--json")
    assert study["images"] == SLICES and study["modalities"] == ["CT"]
    (found,) = segbridge("dicomweb", "find", "--archive", archive, "--study", study["study_instance_uid"], "--json")
    return study["study_instance_uid"], found["series_instance_uid"]


def test_the_command_line_fetches_what_it_stored(archive, series, tmp_path):
    fetched = segbridge("dicomweb", "get", "--archive", archive, "--series", series[1], "--output", str(tmp_path / "ct"), "--json")
    assert (fetched["images"], fetched["failed"]) == (SLICES, [])
    original, copy = ({file.read_bytes() for file in folder.glob("*.dcm")} for folder in (SARCOMA, tmp_path / "ct"))
    assert original == copy
    assert "401" in segbridge("dicomweb", "find", "--archive", archive, auth="reader:wrong", code=1)
    assert "no such series" in segbridge("dicomweb", "get", "--archive", archive, "--series", "1.2.3", "--output", str(tmp_path / "x"), code=1)


def test_a_series_is_segmented_from_the_archive_into_the_archive(archive, series, tmp_path):
    clicks = tmp_path / "clicks.json"
    clicks.write_text(json.dumps({"space": "ijk", "steps": [{"segment": "tumour", "points": [{"at": [100, 100, 26]}]}]}))
    segbridge(
        "segment", "--dicomweb", archive, "--series", series[1], "--prompts", str(clicks), "--output", str(tmp_path / "seg.dcm"),
        "--store", "--model", "scribble-2d", "--json")
    found = segbridge("dicomweb", "find", "--archive", archive, "--study", series[0], "--match", "Modality=SEG", "--json")
    fetched = segbridge(
        "dicomweb", "get", "--archive", archive, "--series", found[0]["series_instance_uid"], "--output", str(tmp_path / "seg"), "--json")
    (copy,) = (tmp_path / "seg").iterdir()
    assert fetched["images"] == 1 and copy.read_bytes() == (tmp_path / "seg.dcm").read_bytes()


def test_the_proxy_of_the_environment_is_used():
    asked = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/dicom+json")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        found = segbridge(
            "dicomweb", "find", "--archive", "http://pacs.example/dicom-web", "--json", http_proxy=f"http://127.0.0.1:{proxy.server_port}")
        proxy.shutdown()
    assert found == [] and asked == ["http://pacs.example/dicom-web/studies?limit=500&offset=0"]


def test_a_session_on_a_series_goes_on_after_a_kill_and_leaves_no_identifier(archive, series, start_server, tmp_path):
    user, password = AUTH.split(":")
    archives = tmp_path / "archives.json"
    archives.write_text(json.dumps({"pacs": {"url": archive, "user": user, "password": password}}))
    options = ("--archive-file", str(archives), "--journal-folder", str(tmp_path / "journals"))

    server = start_server(*options)
    client = server.connect("web")
    assert client.archives() == ["pacs"]
    told = []
    session = client.open_series(
        "pacs", series[1], study=series[0], model="scribble-2d", on_progress=lambda fraction, words: told.append((fraction, words)))
    assert session.geometry.size[2] == SLICES and told and all(0 <= fraction <= 1 and words for fraction, words in told)
    i, j, k = (count // 2 for count in session.geometry.size)
    assert session.predict("1", prompts.point((i, j, k)), slice=("k", k)).bricks_sent == 0
    stored = session.store("pacs", kinds=("seg", "rtstruct"))
    session.export(tmp_path / "mask.dcm")
    for one in stored:
        (found,) = segbridge("dicomweb", "find", "--archive", archive, "--study", series[0], "--series", one.series_instance_uid, "--json")
        assert found["sop_instance_uid"] == one.sop_instance_uid
    with pytest.raises(NotFound, match="no such archive"):
        session.store("elsewhere")
    before, made = session.mask("1").copy(), [uid for one in stored for uid in (one.series_instance_uid, one.sop_instance_uid)]
    server.kill()
    client.transport.close()

    again = start_server(*options)
    with again.connect("web") as client:
        resumed = client.resume_series(session.id, "pacs", series[1])
        assert resumed.lost == "" and resumed.geometry == session.geometry
        assert before.any() and (resumed.mask("1") == before).all()
        written = "".join(file.read_text() for file in (tmp_path / "journals").glob("*.journal"))
        resumed.close()
    again.stop()
    logs = server.log.read_text() + again.log.read_text()
    assert "archive pacs" in logs and "opened" in written
    assert "pacs" not in written
    for secret in (*series, *made, "STS_026", password, archive):
        assert secret not in written + logs
