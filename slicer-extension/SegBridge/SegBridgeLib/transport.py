"""What both ways to the server have in common: bytes in, bytes out."""
from __future__ import annotations

import hashlib
import socket
import ssl
from abc import ABC, abstractmethod
from typing import Iterable, Iterator, Optional, Sequence, Tuple
from urllib.parse import urlsplit

from .errors import AddressError, CertificateMismatch, ConnectionLost

# Bytes in front of every message, on both transports: a flag and the length.
FRAME_BYTES = 5
MAX_REPLY_BYTES = 256 << 20


class ServerStream(ABC):
    """Replies of a server-streaming call, as they arrive. Also a context manager that cancels what is left."""

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]:
        """Yields the replies; raises ServerError when the call ends with an error."""

    @abstractmethod
    def cancel(self) -> None:
        """Ends the call, from any thread. A waiting reader gets Cancelled."""

    def __enter__(self) -> "ServerStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


class Transport(ABC):
    """Calls by path ("/segbridge.v1.Sessions/OpenSession") with encoded messages. Safe to use from many threads."""

    name: str
    supports_client_stream = False

    @abstractmethod
    def unary(self, path: str, request: bytes, timeout: Optional[float] = None) -> bytes:
        """One request, one reply. ``timeout`` in seconds; None is the transport's default."""

    @abstractmethod
    def server_stream(self, path: str, request: bytes, timeout: Optional[float] = None) -> ServerStream:
        """One request, many replies. ``timeout`` bounds the whole call; None leaves it open."""

    def client_stream(self, path: str, requests: Iterable[bytes], timeout: Optional[float] = None) -> bytes:
        """Many requests, one reply; only where ``supports_client_stream``."""
        raise NotImplementedError(f"{self.name} has no client streaming")

    @abstractmethod
    def close(self) -> None:
        """Ends all calls and connections."""


class Endpoint:
    """Scheme, host and port of a server address."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        try:
            port = parts.port
        except ValueError as error:
            raise AddressError(f"the port in {url!r} must be 1..65535") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or port is None or parts.path not in ("", "/"):
            raise AddressError(f"an address must be like http://host:port or https://host:port, got {url!r}")
        self.host, self.port, self.tls = parts.hostname, port, parts.scheme == "https"

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        return self.host in ("localhost", "::1") or self.host.startswith("127.")


def normalised_fingerprint(fingerprint: str) -> str:
    """64 lower-case hexadecimal digits of a SHA-256 fingerprint, with or without colons."""
    digits = fingerprint.lower().replace(":", "").replace(" ", "")
    digits = digits[6:] if digits.startswith("sha256") and len(digits) > 64 else digits
    if len(digits) != 64 or any(digit not in "0123456789abcdef" for digit in digits):
        raise AddressError(f"a fingerprint must be the 64 hexadecimal digits of a SHA-256, got {fingerprint!r}")
    return digits


def check_fingerprint(certificate: Optional[bytes], fingerprint: str) -> None:
    """Raises CertificateMismatch unless the DER certificate has this fingerprint."""
    found = hashlib.sha256(certificate or b"").hexdigest()
    if found != normalised_fingerprint(fingerprint):
        raise CertificateMismatch(f"the server's certificate has the SHA-256 fingerprint {found}, expected {fingerprint}")


def fetch_certificate(endpoint: Endpoint, fingerprint: str, timeout: float) -> Tuple[str, Optional[str]]:
    """The server's certificate (PEM), its fingerprint checked, and a name that it is made out to."""
    try:
        anyone = ssl.create_default_context()
        anyone.check_hostname = False
        anyone.verify_mode = ssl.CERT_NONE
        certificate, _ = _handshake(endpoint, anyone, timeout)
        check_fingerprint(certificate, fingerprint)
        pem = ssl.DER_cert_to_PEM_cert(certificate)
        only_this = ssl.create_default_context(cadata=pem)
        only_this.check_hostname = False
        _, names = _handshake(endpoint, only_this, timeout)
    except ssl.SSLError as error:
        raise ConnectionLost(f"{endpoint.authority} does not speak TLS as expected: {error}") from error
    except OSError as error:
        raise ConnectionLost(f"cannot reach {endpoint.authority}: {error}") from error
    return pem, next((value for kind, value in names if kind == "DNS"), None)


def _handshake(endpoint: Endpoint, context: ssl.SSLContext, timeout: float) -> Tuple[bytes, Sequence[Tuple[str, str]]]:
    with socket.create_connection((endpoint.host, endpoint.port), timeout) as plain:
        with context.wrap_socket(plain, server_hostname=endpoint.host) as secure:
            names = (secure.getpeercert() or {}).get("subjectAltName", ())
            return secure.getpeercert(binary_form=True) or b"", names  # type: ignore[return-value]
