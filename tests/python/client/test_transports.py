"""Both transports against a scripted server: replies, errors, cancelling, keep-alive, TLS, proxies."""
import hashlib
import shutil
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from scripted_server import BreakConnection, Refusal, ScriptedGrpcServer, ScriptedWebServer

import SegBridgeLib
from SegBridgeLib import contract, errors
from SegBridgeLib.calls import Calls, Traffic
from SegBridgeLib.contract import HealthCheckResponse, HealthService, ServerService, SessionsService
from SegBridgeLib.transport_web import WebTransport

HEALTH = HealthService.check.path
SERVING = HealthCheckResponse(contract.HealthCheckResponseServingStatus.SERVING).encode()


class Kind:
    """One transport with its scripted server."""

    def __init__(self, name):
        self.name = name
        if name == "grpc":
            pytest.importorskip("grpc", reason="grpcio is not installed")
            from SegBridgeLib.transport_grpc import GrpcTransport

            self.transport, self.server = GrpcTransport, ScriptedGrpcServer
        else:
            self.transport, self.server = WebTransport, ScriptedWebServer


@pytest.fixture(params=["grpc", "web"])
def kind(request):
    return Kind(request.param)


@pytest.fixture
def start(kind):
    """Starts a scripted server and connects: start(handlers, ...) gives (transport, server)."""
    opened = []

    def begin(handlers, **options):
        server = kind.server(handlers)
        transport = kind.transport(f"http://127.0.0.1:{server.port}", **options)
        opened.append((transport, server))
        return transport, server

    yield begin
    for transport, server in opened:
        transport.close()
        server.stop()


def test_a_unary_call_brings_its_reply(start):
    transport, _ = start({"/a/B": lambda request: iter([request + b"!"])})
    for size in (0, 1, 70_000, 5_000_000):
        assert transport.unary("/a/B", b"x" * size) == b"x" * size + b"!"


def test_replies_arrive_one_by_one(start):
    gate = threading.Semaphore(0)

    def slowly(_):
        for n in range(3):
            yield b"%d" % n * (n + 1)
            assert gate.acquire(timeout=20)

    transport, _ = start({"/a/B": slowly})
    got = []
    for reply in transport.server_stream("/a/B", b""):
        got.append(reply)
        gate.release()  # The server goes on only when this reply is here.
    assert got == [b"0", b"11", b"222"]


@pytest.mark.parametrize("code, error", [
    (3, errors.InvalidRequest), (5, errors.NotFound), (8, errors.LimitExceeded), (9, errors.WrongState), (10, errors.Superseded),
    (12, errors.NotInThisVersion), (13, errors.InternalServerError), (16, errors.KeyRejected), (11, errors.ServerError),
])
def test_a_status_becomes_its_exception_with_the_server_s_words(start, code, error):
    def refuse(_):
        raise Refusal(code, "spacing.k must be > 0 mm, got −1 %")
        yield b""

    transport, _ = start({"/a/B": refuse})
    with pytest.raises(error, match="got −1 %") as caught:
        transport.unary("/a/B", b"")
    assert caught.value.code == code
    with pytest.raises(error):
        list(transport.server_stream("/a/B", b""))


@pytest.mark.parametrize("retry_ms, attempts", [(10, 3), (60_000, 1), (None, 1)])
def test_a_server_that_is_busy_for_a_moment_is_asked_again(start, retry_ms, attempts):
    asked = []

    def refuse_twice(request):
        asked.append(request)
        if len(asked) < 3:
            raise Refusal(8, "the rate limit of 4 calls a second", retry_ms)
        yield request

    transport, _ = start({ServerService.describe.path: refuse_twice})
    calls = Calls(transport, Traffic())
    if attempts == 3:
        assert calls.call(ServerService.describe, contract.DescribeRequest()) is not None
    else:
        with pytest.raises(errors.LimitExceeded, match="4 calls") as caught:
            calls.call(ServerService.describe, contract.DescribeRequest())
        assert caught.value.retry_after_s == (60 if retry_ms else None)
    assert len(asked) == attempts


def test_an_error_after_some_replies_comes_after_them(start):
    def stop_early(_):
        yield b"one"
        raise Refusal(10, "superseded")

    transport, _ = start({"/a/B": stop_early})
    got = []
    with pytest.raises(errors.Superseded):
        for reply in transport.server_stream("/a/B", b""):
            got.append(reply)
    assert got == [b"one"]


def test_a_broken_connection_is_said_so(start):
    def break_off(_):
        yield b"one"
        raise BreakConnection

    transport, _ = start({"/a/B": break_off})
    with pytest.raises(errors.ConnectionLost):
        list(transport.server_stream("/a/B", b""))


def test_a_waiting_stream_can_be_cancelled_from_another_thread(start):
    release = threading.Event()

    def hang(_):
        yield b"first"
        release.wait(20)

    transport, _ = start({"/a/B": hang, "/a/C": lambda request: iter([request])})
    stream = transport.server_stream("/a/B", b"")
    try:
        with pytest.raises(errors.Cancelled):
            for _ in stream:
                threading.Timer(0.05, stream.cancel).start()
    finally:
        release.set()
    assert transport.unary("/a/C", b"still here") == b"still here"


def test_a_time_limit_is_kept(start):
    release = threading.Event()

    def hang(_):
        release.wait(20)
        return iter([b""])

    transport, _ = start({"/a/B": hang})
    try:
        with pytest.raises(errors.DeadlineExceeded):
            transport.unary("/a/B", b"", timeout=0.3)
    finally:
        release.set()


def test_the_key_travels_as_bearer(start):
    transport, server = start({"/a/B": lambda request: iter([request])}, key="secret-key")
    transport.unary("/a/B", b"")
    assert {name.lower(): value for name, value in server.headers.items()}["authorization"] == "Bearer secret-key"


def test_many_threads_share_a_transport(start):
    transport, _ = start({"/a/B": lambda request: iter([request])})
    wrong = []

    def work(n):
        for m in range(20):
            text = b"%d-%d" % (n, m)
            if transport.unary("/a/B", text) != text:
                wrong.append(text)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_nothing_listens(kind):
    transport = kind.transport("http://127.0.0.1:9")
    with pytest.raises(errors.ConnectionLost):
        transport.unary("/a/B", b"", timeout=5)
    transport.close()


def test_a_closed_transport_makes_no_calls(start):
    transport, _ = start({"/a/B": lambda request: iter([request])})
    transport.close()
    with pytest.raises(errors.ServerError):
        transport.unary("/a/B", b"")


def test_calls_that_may_run_twice_are_repeated_after_a_lost_connection(start):
    tries = []

    def third_time(_):
        tries.append(1)
        if len(tries) < 3:
            raise BreakConnection
        yield contract.KeepAliveReply(7).encode()

    transport, _ = start({SessionsService.keep_alive.path: third_time})
    calls = Calls(transport, Traffic())
    assert calls.call(SessionsService.keep_alive, contract.KeepAliveRequest("1"), retry=True).idle_left_s == 7
    assert len(tries) == 3
    tries.clear()
    with pytest.raises(errors.ConnectionLost):
        calls.call(SessionsService.keep_alive, contract.KeepAliveRequest("1"))
    assert len(tries) == 1


def test_a_reply_that_is_no_message_is_said_so_and_counted(start):
    transport, _ = start({SessionsService.keep_alive.path: lambda _: iter([b"\x0a\xff"])})
    traffic = Traffic()
    with pytest.raises(errors.ReplyError, match="KeepAliveReply"):
        Calls(transport, Traffic(traffic)).call(SessionsService.keep_alive, contract.KeepAliveRequest("12"))
    assert (traffic.sent, traffic.received) == (5 + 4, 5 + 2)


# ---- gRPC-Web only -----------------------------------------------------------------------------------------


@pytest.fixture
def web():
    opened = []

    def begin(handlers, **options):
        server = ScriptedWebServer(handlers)
        transport = WebTransport(f"http://127.0.0.1:{server.port}", **options)
        opened.append((transport, server))
        return transport, server

    yield begin
    for transport, server in opened:
        transport.close()
        server.stop()


def test_one_connection_serves_many_calls(web):
    transport, server = web({"/a/B": lambda request: iter([request])})
    for _ in range(10):
        transport.unary("/a/B", b"")
        assert list(transport.server_stream("/a/B", b"1")) == [b"1"]
    assert server.connections == 1


def test_a_connection_that_the_server_closed_is_replaced(web):
    transport, server = web({"/a/B": lambda request: iter([request])})
    transport.unary("/a/B", b"")
    transport._idle[0].sock.shutdown(1)  # As a server does that ends an idle connection: both ends see its close.
    time.sleep(0.2)
    assert transport.unary("/a/B", b"again") == b"again"
    assert server.connections == 2


def test_a_proxy_of_the_environment_is_used_but_not_for_loopback(web, monkeypatch):
    proxy = ScriptedWebServer({"/a/B": lambda request: iter([b"by proxy"])})
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    away = WebTransport("http://segbridge.invalid:8711")
    assert away.unary("/a/B", b"") == b"by proxy"
    assert proxy.target == "http://segbridge.invalid:8711/a/B"
    transport, _ = web({"/a/B": lambda request: iter([b"direct"])})
    assert transport.unary("/a/B", b"") == b"direct"
    away.close()
    proxy.stop()


def test_something_that_is_no_grpc_web_server_is_said_so():
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Plain(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_error(503)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with pytest.raises(errors.ConnectionLost, match="HTTP 503"):
        WebTransport(f"http://127.0.0.1:{server.server_address[1]}").unary("/a/B", b"")
    server.shutdown()
    server.server_close()


# ---- TLS ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for localhost: (certificate file, key file, SHA-256 fingerprint)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True)
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(cert.read_text())).hexdigest()
    return str(cert), str(key), fingerprint


def test_a_pinned_self_signed_certificate_is_trusted_and_no_other(kind, certificate):
    cert, key, fingerprint = certificate
    server = kind.server({"/a/B": lambda request: iter([request])}, cert, key)
    address = f"https://127.0.0.1:{server.port}"
    colons = ":".join(fingerprint[n:n + 2] for n in range(0, 64, 2)).upper()
    try:
        for pin in (fingerprint, colons, f"SHA256:{fingerprint}"):
            transport = kind.transport(address, fingerprint=pin)
            assert transport.unary("/a/B", b"secure") == b"secure"
            transport.close()
        with pytest.raises(errors.CertificateMismatch, match=fingerprint):
            kind.transport(address, fingerprint="0" * 64).unary("/a/B", b"")
        with pytest.raises(errors.ConnectionLost):
            kind.transport(address).unary("/a/B", b"", timeout=5)
        trusted = kind.transport(f"https://localhost:{server.port}", ca_file=cert)
        assert trusted.unary("/a/B", b"secure") == b"secure"
        trusted.close()
    finally:
        server.stop()


def test_a_fingerprint_that_is_none_is_refused(kind):
    for wrong in ("abc", "g" * 64):
        with pytest.raises(errors.AddressError, match="64 hexadecimal"):
            kind.transport("https://127.0.0.1:9", fingerprint=wrong).unary("/a/B", b"")
    with pytest.raises(errors.AddressError, match="https"):
        kind.transport("http://127.0.0.1:9", fingerprint="0" * 64)


# ---- connecting --------------------------------------------------------------------------------------------


def test_connect_takes_grpc_where_it_gets_through_and_the_web_otherwise():
    pytest.importorskip("grpc", reason="grpcio is not installed")
    handlers = {HEALTH: lambda _: iter([SERVING])}
    grpc_server, web_server = ScriptedGrpcServer(handlers), ScriptedWebServer(handlers)
    grpc, web = f"http://127.0.0.1:{grpc_server.port}", f"http://127.0.0.1:{web_server.port}"
    try:
        for options, expected in [
            ({"grpc": grpc, "web": web}, "grpc"), ({"grpc": grpc, "web": web, "transport": "web"}, "web"),
            ({"grpc": "http://127.0.0.1:9", "web": web}, "web"), ({"address": web}, "web"), ({"grpc": grpc}, "grpc"),
        ]:
            with SegBridgeLib.connect(**options) as client:
                assert client.transport.name == expected
                assert client.health() == contract.HealthCheckResponseServingStatus.SERVING
    finally:
        grpc_server.stop()
        web_server.stop()


@pytest.mark.parametrize("options", [
    {"address": "host:123"}, {"address": ""}, {"address": "ftp://host:1"}, {"address": "http://host"}, {"transport": "carrier pigeon"},
    {"address": "http://127.0.0.1:9", "transport": "grpc"}, {"grpc": "http://127.0.0.1:9", "transport": "web"},
    {"address": "http://host:99999"},
])
def test_an_address_that_is_not_understood_is_refused(options):
    with pytest.raises(errors.AddressError):
        SegBridgeLib.connect(**options)


def test_default_addresses():
    from SegBridgeLib.client import _addresses

    assert _addresses("server") == ("http://server:8710", "http://server:8711")
    assert _addresses("::1") == ("http://[::1]:8710", "http://[::1]:8711")
    assert _addresses("https://server") == ("https://server:8710",) * 2
    assert _addresses("https://server:443/") == ("https://server:443",) * 2
    assert _addresses("http://server:80") == (None, "http://server:80")


def test_without_grpcio_only_the_standard_library_and_numpy_are_loaded():
    server = ScriptedWebServer({HEALTH: lambda _: iter([SERVING])})
    program = f"""
import sys
ours = {{"numpy", "SegBridgeLib"}} | {{name.split(".")[0] for name in sys.modules}} | set(sys.stdlib_module_names)

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("grpc", "google"):
            raise ImportError(name + " is blocked")

import importlib.util
before = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "grpc" else before(name, package)
sys.meta_path.insert(0, Block())
sys.path.insert(0, {str(Path(SegBridgeLib.__file__).parent.parent)!r})
import SegBridgeLib
client = SegBridgeLib.connect(grpc="http://127.0.0.1:9", web="http://127.0.0.1:{server.port}")
print(client.transport.name, int(client.health()))
print(sorted({{name.split(".")[0] for name, module in list(sys.modules.items()) if getattr(module, "__file__", None)}} - ours))
"""
    try:
        run = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=60)
    finally:
        server.stop()
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[0] == "web 1"
    assert run.stdout.splitlines()[1] == "[]"
