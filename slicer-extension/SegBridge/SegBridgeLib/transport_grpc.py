"""gRPC over HTTP/2 by grpcio, without generated code. Import this module only where grpcio is installed."""
from __future__ import annotations

from pathlib import Path
from typing import Iterable, Iterator, List, Optional, Tuple

import grpc

from .errors import RETRY_HEADER, AddressError, ServerError, error_for_status
from .transport import MAX_REPLY_BYTES, Endpoint, ServerStream, Transport, fetch_certificate, normalised_fingerprint


class GrpcTransport(Transport):
    """A gRPC channel.

    With TLS the server's certificate must come from a known authority, from ``ca_file`` (PEM), or be the self-signed
    one that has ``fingerprint`` (SHA-256). ``key`` goes along as "authorization: Bearer KEY".
    """

    name = "grpc"
    supports_client_stream = True

    def __init__(
        self, address: str, key: Optional[str] = None, fingerprint: Optional[str] = None, ca_file: Optional[str] = None,
        timeout: float = 60.0,
    ) -> None:
        endpoint = Endpoint(address)
        self._timeout = timeout
        self._metadata: Tuple[Tuple[str, str], ...] = (("authorization", f"Bearer {key}"),) if key else ()
        options: List[Tuple[str, object]] = [
            ("grpc.max_send_message_length", -1),
            ("grpc.max_receive_message_length", MAX_REPLY_BYTES),
            ("grpc.enable_http_proxy", 0 if endpoint.is_loopback else 1),
            # A channel of its own for every client: closing one must not touch another.
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.initial_reconnect_backoff_ms", 200),
            ("grpc.max_reconnect_backoff_ms", 2000),
        ]
        if not endpoint.tls:
            if fingerprint or ca_file:
                raise AddressError("fingerprint and ca_file belong to https:// addresses")
            self._channel = grpc.insecure_channel(endpoint.authority, options)
            return
        roots = Path(ca_file).read_bytes() if ca_file else None
        if fingerprint:
            pem, name = fetch_certificate(endpoint, normalised_fingerprint(fingerprint), timeout)
            roots = pem.encode("ascii")
            if name:
                options.append(("grpc.ssl_target_name_override", name))
        self._channel = grpc.secure_channel(endpoint.authority, grpc.ssl_channel_credentials(roots), options)

    def unary(self, path: str, request: bytes, timeout: Optional[float] = None) -> bytes:
        try:
            return self._channel.unary_unary(path)(request, timeout=timeout or self._timeout, metadata=self._metadata)
        except grpc.RpcError as error:
            raise _translated(error) from error
        except ValueError as error:  # The channel was closed.
            raise error_for_status(1, "the connection was closed") from error

    def server_stream(self, path: str, request: bytes, timeout: Optional[float] = None) -> ServerStream:
        try:
            return _GrpcStream(self._channel.unary_stream(path)(request, timeout=timeout, metadata=self._metadata))
        except ValueError as error:
            raise error_for_status(1, "the connection was closed") from error

    def client_stream(self, path: str, requests: Iterable[bytes], timeout: Optional[float] = None) -> bytes:
        try:
            return self._channel.stream_unary(path)(iter(requests), timeout=timeout, metadata=self._metadata)
        except grpc.RpcError as error:
            raise _translated(error) from error
        except ValueError as error:
            raise error_for_status(1, "the connection was closed") from error

    def close(self) -> None:
        self._channel.close()


class _GrpcStream(ServerStream):
    def __init__(self, call: "grpc.Call") -> None:
        self._call = call

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._call
        except grpc.RpcError as error:
            raise _translated(error) from error

    def cancel(self) -> None:
        self._call.cancel()


def _translated(error: "grpc.RpcError") -> ServerError:
    code = error.code()
    number = code.value[0] if isinstance(code, grpc.StatusCode) else int(code or 2)
    retry_ms = next((value for name, value in error.trailing_metadata() or () if name == RETRY_HEADER), None)
    return error_for_status(number, error.details() or "", retry_ms)
