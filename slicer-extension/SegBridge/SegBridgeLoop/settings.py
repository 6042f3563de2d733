"""What this application remembers, for all scenes: servers, their keys, and to which of them data may go."""
from __future__ import annotations

from urllib.parse import quote

import qt
import slicer

_ROOT = "SegBridge"


class Settings:
    """Application settings. Keys never leave them: not into a scene, not into a log."""

    @property
    def address(self) -> str:
        """Of the server used last."""
        return self._read("Address")

    @address.setter
    def address(self, value: str) -> None:
        self._write("Address", value)

    @property
    def server_program(self) -> str:
        """Path of the segbridge program to start; "" to look for one."""
        return self._read("ServerProgram")

    @server_program.setter
    def server_program(self, value: str) -> None:
        self._write("ServerProgram", value)

    def key(self, address: str) -> str:
        return self._read(_of(address, "Key"))

    def set_key(self, address: str, value: str) -> None:
        self._write(_of(address, "Key"), value)

    def fingerprint(self, address: str) -> str:
        return self._read(_of(address, "Fingerprint"))

    def set_fingerprint(self, address: str, value: str) -> None:
        self._write(_of(address, "Fingerprint"), value)

    def consent(self, address: str) -> bool:
        """Whether the user agreed that image data goes to this server."""
        return slicer.util.toBool(self._read(_of(address, "Consent")) or "false")

    def set_consent(self, address: str, value: bool) -> None:
        self._write(_of(address, "Consent"), "true" if value else "")

    @staticmethod
    def _read(name: str) -> str:
        return slicer.util.settingsValue(f"{_ROOT}/{name}", "", converter=str)

    @staticmethod
    def _write(name: str, value: str) -> None:
        settings = qt.QSettings()
        if value:
            settings.setValue(f"{_ROOT}/{name}", value)
        else:
            settings.remove(f"{_ROOT}/{name}")


def _of(address: str, name: str) -> str:
    return f"Servers/{quote(address.strip().rstrip('/').lower(), safe='')}/{name}"
