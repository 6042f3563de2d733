"""Group "Server": address, live state, permission to send, access, and a server on this computer."""
from html import escape
from typing import Any, Optional, Tuple
from urllib.parse import urlsplit

from slicer.i18n import tr as _
from SegBridgeLoop.state import ServerPhase, What

from .connections import Connections
from .figures import bytesText
from .folding import showInGroup

_CONNECTED = (ServerPhase.CONNECTING, ServerPhase.READY, ServerPhase.LOST)


class ServerGroup:
    """Opens by itself when the user has something to do here and closes when all is well."""

    shows = frozenset({What.SERVER, What.WORK, What.TRAFFIC})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._ui = ui
        self._accessOf = ""
        self._wasInNeed: Optional[bool] = None
        self._phase: Optional[ServerPhase] = None
        self._connections = Connections()
        add = self._connections.add
        add(ui.connectButton, "clicked()", self._toggleConnection)
        add(ui.addressEdit, "returnPressed()", self._connect)
        add(ui.keyEdit, "returnPressed()", self._connect)
        add(ui.fingerprintEdit, "returnPressed()", self._connect)
        add(ui.allowButton, "clicked()", self._allow)
        add(ui.withdrawButton, "clicked()", self._withdraw)
        add(ui.addressEdit, "editingFinished()", self._showAccess)
        self._showRemembered()

    def setIcons(self, icons: Any) -> None:
        self._icons = icons

    def _showRemembered(self) -> None:
        """Fills in the server that was used last."""
        self._ui.addressEdit.setText(self._logic.settings.address)
        self._showAccess()

    def _showAccess(self) -> None:
        """Each server has its own key and fingerprint."""
        settings, address = self._logic.settings, self._address()
        if address == self._accessOf:
            return  # what is typed in stays
        self._accessOf = address
        self._ui.keyEdit.setText(settings.key(address))
        self._ui.fingerprintEdit.setText(settings.fingerprint(address))

    def _address(self) -> str:
        return self._ui.addressEdit.text.strip() or self._ui.addressEdit.placeholderText

    def render(self) -> None:
        ui, server = self._ui, self._logic.server
        ready = server.phase is ServerPhase.READY
        consent = self._logic.hasConsent()
        self._openWhenNeeded(not (server.phase in (ServerPhase.READY, ServerPhase.LOST) and consent))
        if server.phase is not self._phase:
            self._phase = server.phase
            if server.phase is ServerPhase.REFUSED:
                ui.accessGroup.setCollapsed(False)
        text, colour = self._stateLine()
        ui.serverStateLabel.setText(
            '<span style="color:{0}">●</span> {1}'.format(self._icons.colour(colour), escape(text)))
        ui.connectButton.setText(
            _("Cancel") if server.phase is ServerPhase.CONNECTING
            else _("Disconnect") if server.phase in _CONNECTED else _("Connect"))
        ui.addressEdit.setReadOnly(server.phase in _CONNECTED)
        if server.address and (server.phase in _CONNECTED or not ui.addressEdit.text):
            ui.addressEdit.setText(server.address)
        showInGroup(ui.serverGroup, ui.accessGroup, server.phase not in _CONNECTED)
        showInGroup(ui.serverGroup, ui.consentFrame, ready and not consent)
        showInGroup(ui.serverGroup, ui.consentGivenRow, server.phase in _CONNECTED and consent)
        host = hostOf(server.address)
        if isThisComputer(host):
            ui.consentLabel.setText(_(
                "Voxels and geometry of the chosen volume and your prompts will go to the server program on this "
                "computer. They do not leave it. Nothing has been sent yet."))
            ui.allowButton.setText(_("Allow sending to this computer"))
        else:
            ui.consentLabel.setText(_(
                "Voxels and geometry of the chosen volume and your prompts will go over the network to {host}. "
                "Nothing has been sent yet.").format(host=host))
            ui.allowButton.setText(_("Allow sending to {host}").format(host=host if len(host) <= 24 else host[:23] + "…"))
        ui.sendingLabel.setText(self._sendingLine(host))
        ui.serverGroup.setText(_("Server: {state}").format(state=_titleText(server.phase, consent)))

    def cleanup(self) -> None:
        self._connections.clear()

    def _openWhenNeeded(self, inNeed: bool) -> None:
        if inNeed != self._wasInNeed:
            self._wasInNeed = inNeed
            self._ui.serverGroup.setCollapsed(not inNeed)

    def _toggleConnection(self) -> None:
        if self._logic.server.phase in _CONNECTED:
            self._logic.disconnectServer()
        else:
            self._connect()

    def _connect(self) -> None:
        ui = self._ui
        self._logic.connectServer(self._address(), ui.keyEdit.text.strip(), ui.fingerprintEdit.text.strip())

    def _allow(self) -> None:
        self._logic.giveConsent()
        self.render()

    def _withdraw(self) -> None:
        self._logic.withdrawConsent()
        self.render()

    def _stateLine(self) -> Tuple[str, str]:
        """The text, and what its colour means."""
        server = self._logic.server
        if server.phase is ServerPhase.OFF:
            return _("Not connected."), "idle"
        if server.phase is ServerPhase.CONNECTING:
            return _("Connecting …"), "wait"
        if server.phase is ServerPhase.READY:
            ready = sum(1 for model in server.models if model.ready)
            parts = [_("Reachable")]
            if server.version:
                parts.append(_("version {version}").format(version=server.version))
            parts.append(_("1 model") if ready == 1 else _("{count} models").format(count=ready))
            parts.append(_("as {name}").format(name=server.user) if server.user else _("no key needed"))
            return " · ".join(parts), "good"
        if server.phase is ServerPhase.LOST:
            return server.message or _("Not reachable at the moment; it is tried again by itself."), "wait"
        return server.message or {
            ServerPhase.REFUSED: _("The key was refused. Enter the right one under Key and certificate."),
            ServerPhase.MISMATCH: _("Server and extension do not go together. Update the older one."),
            ServerPhase.FAILED: _("Not reachable. Check the address and that the server runs."),
        }[server.phase], "bad"

    def _sendingLine(self, host: str) -> str:
        traffic = self._logic.traffic
        where = _("this computer") if isThisComputer(host) else host
        if traffic.volume_bytes:
            return _("Sent to {where}: {sent} (the volume has {all}).").format(
                where=where, sent=bytesText(traffic.bytes_sent), all=bytesText(traffic.volume_bytes))
        return _("Sending to {where} is allowed; nothing is open.").format(where=where)


def hostOf(address: str) -> str:
    """Host and port of "https://host:8080", "host:8080" or "host"."""
    return urlsplit(address if "://" in address else "//" + address).netloc.rpartition("@")[2]


def isThisComputer(host: str) -> bool:
    return (urlsplit("//" + host).hostname or "") in ("localhost", "127.0.0.1", "::1")


def _titleText(phase: ServerPhase, consent: bool) -> str:
    if phase is ServerPhase.READY:
        return _("ready") if consent else _("asks for permission")
    return {
        ServerPhase.OFF: _("not connected"),
        ServerPhase.CONNECTING: _("connecting"),
        ServerPhase.LOST: _("connection lost"),
        ServerPhase.REFUSED: _("key refused"),
        ServerPhase.MISMATCH: _("wrong version"),
        ServerPhase.FAILED: _("not reachable"),
    }[phase]
