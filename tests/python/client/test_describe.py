"""Asking a server what it is."""
import pytest
from scripted_server import Refusal, ScriptedGrpcServer, ScriptedWebServer

import SegBridgeLib
from SegBridgeLib import contract, errors
from SegBridgeLib.contract import HealthService, ServerService

SERVING = contract.HealthCheckResponse(contract.HealthCheckResponseServingStatus.SERVING).encode()


@pytest.fixture(params=["grpc", "web"])
def ask(request):
    """ask(answer) describes a server that answers so; ask(None) one that does not know the question."""
    if request.param == "grpc":
        pytest.importorskip("grpc", reason="grpcio is not installed")
    servers = []

    def connect(answer):
        handlers = {HealthService.check.path: lambda _: iter([SERVING])}
        if answer is not None:
            handlers[ServerService.describe.path] = answer
        servers.append((ScriptedGrpcServer if request.param == "grpc" else ScriptedWebServer)(handlers))
        with SegBridgeLib.connect(**{request.param: f"http://127.0.0.1:{servers[-1].port}"}) as client:
            return client.describe()

    yield connect
    for server in servers:
        server.stop()


def test_a_server_says_what_it_is(ask):
    said = contract.DescribeReply("0.3.0", 1, "ward-3", True, False)
    assert ask(lambda _: iter([said.encode()])) == said


def test_a_wrong_key_and_an_older_server_are_told_apart(ask):
    def refuse(_):
        raise Refusal(16, "the key is not one of this server's")
        yield

    with pytest.raises(errors.KeyRejected):
        ask(refuse)
    with pytest.raises(errors.NotInThisVersion):
        ask(None)
