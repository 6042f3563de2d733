"""The connection to a server and what is known of it."""
from __future__ import annotations

import dataclasses
import threading
from typing import Any, Callable, List, Optional, Tuple

from SegBridgeLib import Client, ConnectionLost, KeyRejected, NotInThisVersion, ReplyError, connect, contract
from slicer.i18n import tr as _

from .messages import error, info, message_for, warning
from .notices import Notices
from .state import Message, ModelInfo, ServerPhase, ServerState, TrafficView, What
from .worker import Worker

CONTRACT_VERSION = 1
_KINDS = {
    contract.PromptKind.POINT: "point", contract.PromptKind.BOX: "box", contract.PromptKind.SCRIBBLE: "scribble",
    contract.PromptKind.LASSO: "lasso", contract.PromptKind.MASK: "mask",
}


class ServerLink:
    """Connects, and tells ``changed`` whenever the phase is another one."""

    def __init__(self, worker: Worker, notices: Notices) -> None:
        self._worker, self._notices = worker, notices
        self.state = ServerState()
        self.client: Optional[Client] = None
        self.changed: Callable[[], None] = lambda: None
        # Set when this connection is no longer wanted: cuts waits between attempts short.
        self.ended = threading.Event()

    @property
    def is_ready(self) -> bool:
        return self.state.phase is ServerPhase.READY

    @property
    def traffic(self) -> TrafficView:
        return TrafficView(self.client.bytes_sent, self.client.bytes_received) if self.client is not None else TrafficView()

    def model(self, model_id: str) -> Optional[ModelInfo]:
        wanted = model_id or self.state.default_model
        return next((model for model in self.state.models if model.id == wanted), None)

    def connect(self, address: str, key: str, fingerprint: str) -> None:
        self.disconnect()
        ended = self.ended
        self._set(ServerState(ServerPhase.CONNECTING, address, message=_("Connecting to {address} …").format(address=address)))

        def done(found: Any, problem: Optional[Exception]) -> None:
            if ended.is_set():
                if found is not None:
                    self._close(found[0])
            elif problem is not None:
                self._failed(address, problem)
            else:
                self.client, state = found
                state = dataclasses.replace(state, message=_line(state))
                self._notices.say(info("connected", state.message))
                self._set(state)

        self._worker.submit(lambda: _open(address, key, fingerprint), done)

    def disconnect(self) -> None:
        self.ended.set()
        self.ended = threading.Event()
        client, self.client = self.client, None
        if client is not None:
            self._close(client)
        self._set(ServerState())

    def refused(self, problem: KeyRejected) -> None:
        """The key is taken no more: the user is asked for another one, with which the work goes on."""
        address = self.state.address
        self.disconnect()
        self._failed(address, problem)

    def lost(self) -> None:
        """The connection broke and is being taken up again."""
        if self.is_ready:
            text = _("The server does not answer: trying again, nothing is lost.")
            self._notices.say(warning("server-lost", text))
            self._set(dataclasses.replace(self.state, phase=ServerPhase.LOST, message=text))

    def back(self) -> None:
        if self.state.phase is ServerPhase.LOST:
            self._set(dataclasses.replace(self.state, phase=ServerPhase.READY, message=_line(self.state)))

    def check(self) -> None:
        """Asks whether the server still serves, when nothing else would show it."""
        client = self.client
        if client is None or self.state.phase not in (ServerPhase.READY, ServerPhase.LOST):
            return

        def done(_result: Any, problem: Optional[Exception]) -> None:
            if client is self.client:
                if isinstance(problem, ConnectionLost):
                    self.lost()
                else:
                    self.back()

        self._worker.beside(client.health, done)

    def _failed(self, address: str, problem: Exception) -> None:
        phase = ServerPhase.FAILED
        if isinstance(problem, KeyRejected):
            phase = ServerPhase.REFUSED
        elif isinstance(problem, (ReplyError, NotInThisVersion, _OtherContract)):
            phase = ServerPhase.MISMATCH
        message = problem.message() if isinstance(problem, _OtherContract) else message_for(problem)
        self._notices.say(message)
        self._set(ServerState(phase, address, message=message.text))

    def _set(self, state: ServerState) -> None:
        if state != self.state:
            self.state = state
            self._notices.tell(What.SERVER)
            self.changed()

    def _close(self, client: Client) -> None:
        self._worker.beside(client.close, lambda _result, _problem: None)


class _OtherContract(Exception):
    def __init__(self, theirs: int) -> None:
        super().__init__(theirs)
        self._theirs = theirs

    def message(self) -> Message:
        return error("version-mismatch", _(
            "The server speaks version {theirs} of the contract, this extension {ours}: update the older one.").format(
                theirs=self._theirs, ours=CONTRACT_VERSION))


def _open(address: str, key: str, fingerprint: str) -> Tuple[Client, ServerState]:
    """In a thread of the worker: without words, which Qt translates."""
    client = connect(address, key=key or None, fingerprint=fingerprint or None, client="segbridge-slicer")
    try:
        about = client.describe()
        if about.contract_version != CONTRACT_VERSION:
            raise _OtherContract(about.contract_version)
        models = client.models()
        return client, ServerState(
            ServerPhase.READY, address, about.server_version, about.user, tuple(_model(model) for model in models),
            models[0].id if models else "", about.tasks_enabled)
    except BaseException:
        client.close()
        raise


def _model(model: contract.Model) -> ModelInfo:
    kinds: List[str] = [_KINDS[kind] for kind in model.prompts if kind in _KINDS]
    return ModelInfo(
        id=model.id, title=model.title, version=model.version, dimension=model.dimension, prompts=frozenset(kinds),
        candidates=model.candidates, uses_context=model.uses_context, ready=model.state == contract.ModelState.READY,
        reason=model.state_reason, licence=model.licence)


def _line(state: ServerState) -> str:
    ready = sum(model.ready for model in state.models)
    return _("Connected to {address}: {count} models ready.").format(address=state.address, count=ready)
