"""To which servers image data may go."""
from __future__ import annotations

from slicer.i18n import tr as _

from .local_server import LocalServer
from .settings import Settings

# All servers that were started from here count as one: each has another port.
_HERE = "this computer"


class Consent:
    """Asked for once for each address, and kept by the application's settings."""

    def __init__(self, settings: Settings, local_server: LocalServer) -> None:
        self._settings, self._local_server = settings, local_server

    def given(self, address: str) -> bool:
        return bool(address) and self._settings.consent(self._place(address))

    def set(self, address: str, given: bool) -> None:
        if address:
            self._settings.set_consent(self._place(address), given)

    def question(self, address: str) -> str:
        """One line that says what to allow."""
        if self._local_server.is_at(address):
            return _("Allow handing image data to the server on this computer, where it stays.")
        return _("Allow sending image data to {address}.").format(address=address)

    def _place(self, address: str) -> str:
        return _HERE if self._local_server.is_at(address) else address
