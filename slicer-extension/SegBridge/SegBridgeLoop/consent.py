"""To which servers image data may go."""
from __future__ import annotations

from typing import Dict

from slicer.i18n import tr as _

from .local_server import LocalServer
from .settings import Settings

# All servers that were started from here count as one: each has another port.
_HERE = "this computer"


class Consent:
    """Asked for once for each address, and kept by the application's settings."""

    def __init__(self, settings: Settings, local_server: LocalServer) -> None:
        self._settings, self._local_server = settings, local_server
        # Asked for with every prompt: settings are slow to read.
        self._given: Dict[str, bool] = {}

    def given(self, address: str) -> bool:
        place = self._place(address)
        if address and place not in self._given:
            self._given[place] = self._settings.consent(place)
        return self._given.get(place, False)

    def set(self, address: str, given: bool) -> None:
        if address:
            self._given[self._place(address)] = given
            self._settings.set_consent(self._place(address), given)

    def question(self, address: str) -> str:
        """One line that says what to allow."""
        if self._local_server.is_at(address):
            return _("Allow handing image data to the server on this computer, where it stays.")
        return _("Allow sending image data to {address}.").format(address=address)

    def _place(self, address: str) -> str:
        return _HERE if self._local_server.is_at(address) else address
