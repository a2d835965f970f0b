"""HTTP to one server: kept connections, time limits, and repetition of the requests that may be repeated."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import random
import socket
import ssl
import threading
import time
import urllib.request
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Union, cast
from urllib.parse import quote, unquote, urlencode, urlsplit

from ._profile import Profile
from ._version import VERSION
from .errors import HutchError, InvalidRequestError, ServerError, UnreachableError, from_problem

MAX_ATTEMPTS = 5
_FIRST_DELAY_SECONDS = 0.2
_MAX_DELAY_SECONDS = 5.0
_MAX_RETRY_AFTER_SECONDS = 30.0
_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 60.0
# A server answers a write after its bytes are checked and durable, which takes its time for large ones.
_WRITE_SECONDS = 600.0
_REASON_SECONDS = 5.0
# Below the limit of any server or proxy, so that a request that must not be repeated seldom meets a closed connection.
_IDLE_SECONDS = 30.0
_MAX_IDLE = 8
_PIECE_BYTES = 256 * 1024
_MAX_PROBLEM_BYTES = 64 * 1024
_MAX_JSON_BYTES = 64 * 1024 * 1024
_MAX_LINE_BYTES = 4 * 1024 * 1024
_TRANSIENT = frozenset({429, 502, 503, 504})
_BROKEN = (OSError, http.client.HTTPException)

Query = Mapping[str, Union[str, int, None]]


class Body(NamedTuple):
    """The body of a request, written anew for each attempt."""

    length: int
    pieces: Callable[[], Iterable[bytes]]
    content_type: str = "application/octet-stream"

    @staticmethod
    def of(data: bytes, content_type: str = "application/octet-stream") -> Body:
        """Returns a body from memory."""
        return Body(len(data), lambda: (data,), content_type)

    @staticmethod
    def json(value: Any) -> Body:
        """Returns a JSON document."""
        return Body.of(json.dumps(value, ensure_ascii=False, allow_nan=False).encode(), "application/json")

    @staticmethod
    def lines(values: Iterable[Any]) -> Body:
        """Returns JSON documents, one a line."""
        text = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
        return Body.of(text.encode(), "application/x-ndjson")


class Response:
    """The response to a request. Its connection is kept for the next request once the body is read to its end."""

    def __init__(self, connection: _Connection, raw: http.client.HTTPResponse, release: Callable[[_Connection], None]):
        self.status = raw.status
        self.headers = raw.headers
        self._connection: Optional[_Connection] = connection
        self._raw = raw
        self._release = release
        self._left = raw.length
        if raw.length == 0 or raw.isclosed():
            self._finish()

    def read(self, size: int) -> bytes:
        """Returns up to ``size`` bytes of the body; none at its end. A body that was cut off is an error."""
        if self._connection is None:
            return b""
        try:
            data = self._raw.read1(size)
        except _BROKEN as error:
            self.close()
            raise _unreachable(self, error) from error
        if self._left is not None:
            self._left -= len(data)
            if not data and self._left > 0:
                self.close()
                raise UnreachableError("The response was cut off.")
        if self._left == 0 or not data:
            self._finish()
        return data

    def pieces(self) -> Iterator[bytes]:
        """Returns the body in pieces."""
        while True:
            piece = self.read(_PIECE_BYTES)
            if not piece:
                return
            yield piece

    def all(self, limit: int) -> bytes:
        """Returns the whole body, which must not be longer than ``limit``."""
        parts: List[bytes] = []
        total = 0
        for piece in self.pieces():
            total += len(piece)
            if total > limit:
                self.close()
                raise ServerError(f"The response is longer than {limit} bytes.")
            parts.append(piece)
        return b"".join(parts)

    def lines(self) -> Iterator[Any]:
        """Returns the JSON documents of a stream with the last one, which must tell that the stream is complete."""
        rest = b""
        last: Any = None
        for piece in self.pieces():
            *whole, rest = (rest + piece).split(b"\n")
            for line in filter(None, whole):
                last = _parse(line)
                yield last
            if len(rest) > _MAX_LINE_BYTES:
                self.close()
                raise ServerError(f"A line of the response is longer than {_MAX_LINE_BYTES} bytes.")
        if rest:
            last = _parse(rest)
            yield last
        if not isinstance(last, dict) or "end" not in last:
            raise UnreachableError("The response was cut off before its last line.")
        if not last["end"]:
            problem = json.dumps(last.get("problem") or {}).encode()
            status = (last.get("problem") or {}).get("status") or 500
            raise from_problem(status, "application/json", problem, "The request")

    def sha256(self) -> Optional[str]:
        """Returns the SHA-256 of the representation, as the server declares it; None if it does not."""
        return read_digest(self.headers.get("Repr-Digest"))

    def close(self) -> None:
        """Ends the response. What was not read is not waited for."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _finish(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            will_close = self._raw.will_close
            self._raw.close()
            if will_close:
                connection.close()
            else:
                self._release(connection)


class Transport:
    """Sends requests to one server. Safe for use by several threads, and in processes that were forked."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        parts = urlsplit(profile.remote)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._prefix = parts.path.rstrip("/") + "/api/v1/"
        self._context = _trust(profile) if self._secure else None
        self._lock = threading.Lock()
        self._idle: List[Tuple[float, _Connection]] = []
        self._process = os.getpid()

    @property
    def remote(self) -> str:
        """The address of the server."""
        return self._profile.remote

    @property
    def is_anonymous(self) -> bool:
        """True without a token."""
        return self._profile.token is None

    def __repr__(self) -> str:
        return f"<Transport {self.remote}>"

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Closes the idle connections. Further requests open new ones."""
        idle, self._idle = getattr(self, "_idle", []), []
        for _, connection in idle:
            connection.close()

    def json(
        self, method: str, path: str, query: Optional[Query] = None, body: Any = None, repeatable: Optional[bool] = None
    ) -> Any:
        """Sends a request and returns the JSON document of the response; None for an empty one."""
        sent = None if body is None else Body.json(body)
        with self.send(method, path, query, body=sent, repeatable=repeatable) as response:
            data = response.all(_MAX_JSON_BYTES)
        return _parse(data) if data else None

    def send(
        self,
        method: str,
        path: str,
        query: Optional[Query] = None,
        *,
        body: Optional[Body] = None,
        headers: Optional[Mapping[str, str]] = None,
        repeatable: Optional[bool] = None,
    ) -> Response:
        """Sends a request, again where that is safe and useful, and returns the response; a refusal is raised.

        :param repeatable: whether the request may be sent again when its outcome is unknown; by default, GET, HEAD and
            PUT may.
        """
        may_repeat = method in ("GET", "HEAD", "PUT") if repeatable is None else repeatable
        address = self._prefix + path + _query_text(query)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                response = self._once(method, address, body, headers or {}, may_repeat)
            except _NotSent as error:
                failure: HutchError = UnreachableError(f"{self.remote} cannot be reached: {_reason(error.cause)}.")
                delay: Optional[float] = retry_delay(attempt)
                failure.__cause__ = error.cause
            except _BROKEN as error:
                failure = _unreachable(self.remote, error)
                failure.__cause__ = error
                delay = retry_delay(attempt) if may_repeat else None
            else:
                if 200 <= response.status < 300:
                    return response
                failure, delay = self._refusal(method, path, response, attempt, may_repeat)
            if delay is None or attempt == MAX_ATTEMPTS:
                raise failure
            time.sleep(delay)
        raise AssertionError("unreachable")

    def _refusal(
        self, method: str, path: str, response: Response, attempt: int, may_repeat: bool
    ) -> Tuple[HutchError, Optional[float]]:
        with response:
            if 300 <= response.status < 400:
                # Not followed: the token is for this server only.
                return ServerError(
                    f"{self.remote} redirects to {response.headers.get('Location', 'another address')!r}.",
                    advice="If you trust that address, connect to it.",
                    status=response.status,
                ), None
            content_type = response.headers.get("Content-Type", "")
            body = response.all(_MAX_PROBLEM_BYTES) if method != "HEAD" else b""
            failure = from_problem(response.status, content_type, body, f"{method} {path}")
        asked = _retry_after(response.headers.get("Retry-After"))
        is_final = failure.code == "quarantined" or (asked is not None and asked > _MAX_RETRY_AFTER_SECONDS)
        is_safe = may_repeat or response.status == 429
        if response.status not in _TRANSIENT or is_final or not is_safe:
            return failure, None
        return failure, max(retry_delay(attempt), asked or 0)

    def _once(
        self, method: str, address: str, body: Optional[Body], headers: Mapping[str, str], may_repeat: bool
    ) -> Response:
        while True:
            connection, is_fresh = self._take()
            try:
                return self._exchange(connection, method, address, body, headers)
            except _BROKEN:
                connection.close()
                if is_fresh or not may_repeat:
                    raise
                # The server had closed it while it was idle. The next one may be alive; a fresh one shows the truth.
            except BaseException:
                connection.close()
                raise

    def _exchange(
        self, connection: _Connection, method: str, address: str, body: Optional[Body], headers: Mapping[str, str]
    ) -> Response:
        connection.limit(_ANSWER_SECONDS)
        connection.http.putrequest(method, address, skip_accept_encoding=True)
        connection.http.putheader("User-Agent", f"hutch-python/{VERSION}")
        if self._profile.token is not None:
            connection.http.putheader("Authorization", "Bearer " + self._profile.token.reveal())
        for name, value in headers.items():
            connection.http.putheader(name, value)
        if body is not None:
            connection.http.putheader("Content-Type", body.content_type)
            connection.http.putheader("Content-Length", str(body.length))
        elif method in ("POST", "PUT", "PATCH"):
            connection.http.putheader("Content-Length", "0")
        connection.http.endheaders()
        try:
            for piece in body.pieces() if body is not None else ():
                connection.http.send(piece)
        except (BrokenPipeError, ConnectionResetError):
            # A server refuses a body before its end by answering: its reason is better than the broken pipe.
            connection.limit(_REASON_SECONDS)
            return Response(connection, connection.http.getresponse(), self._give)
        connection.limit(_ANSWER_SECONDS if body is None else _WRITE_SECONDS)
        return Response(connection, connection.http.getresponse(), self._give)

    def _take(self) -> Tuple[_Connection, bool]:
        with self._lock:
            if self._process != os.getpid():
                self._process, self._idle = os.getpid(), []  # those of the parent process stay its own
            while self._idle:
                since, connection = self._idle.pop()
                if time.monotonic() - since < _IDLE_SECONDS:
                    return connection, False
                connection.close()
        connection = _Connection(self._secure, self._host, self._port, self._context, self._profile.fingerprint)
        connection.open()
        return connection, True

    def _give(self, connection: _Connection) -> None:
        with self._lock:
            if self._process == os.getpid() and len(self._idle) < _MAX_IDLE:
                self._idle.append((time.monotonic(), connection))
                return
        connection.close()


class _NotSent(Exception):
    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _Connection:
    """One connection. Nothing is sent before its certificate is checked."""

    def __init__(
        self, secure: bool, host: str, port: int, context: Optional[ssl.SSLContext], fingerprint: Optional[str]
    ) -> None:
        self._name = f"{host}:{port}"
        self._fingerprint = fingerprint
        proxy = _proxy(host) if secure else None
        target = (proxy[0], proxy[1]) if proxy else (host, port)
        self.http: http.client.HTTPConnection = (
            http.client.HTTPSConnection(*target, timeout=_CONNECT_SECONDS, context=context)
            if secure
            else http.client.HTTPConnection(*target, timeout=_CONNECT_SECONDS)
        )
        if proxy:
            self.http.set_tunnel(host, port, proxy[2])

    def open(self) -> None:
        try:
            self.http.connect()
        except _BROKEN as error:
            self.close()
            if isinstance(error, ssl.SSLCertVerificationError):
                raise InvalidRequestError(
                    f"The certificate of {self._name} is not trusted ({error.verify_message}); nothing was sent.",
                    advice="Log in with `hutch login URL --trust FINGERPRINT` or `--ca FILE`.",
                ) from error
            raise _NotSent(error) from error
        # Idle connections are probed, so that a stream without news ends when its server is gone.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._fingerprint and isinstance(self._socket, ssl.SSLSocket):
            certificate = self._socket.getpeercert(binary_form=True) or b""
            shown = "SHA256:" + hashlib.sha256(certificate).hexdigest().upper()
            if shown != self._fingerprint.upper():
                self.close()
                raise InvalidRequestError(
                    f"{self._name} presents a different certificate than the one you trust: {shown}. "
                    "The connection may be intercepted; nothing was sent.",
                    advice="If the operator confirms it, log in again with `--trust` and the new fingerprint.",
                )

    def limit(self, seconds: float) -> None:
        self._socket.settimeout(seconds)

    def close(self) -> None:
        self.http.close()

    @property
    def _socket(self) -> socket.socket:
        if self.http.sock is None:
            raise ConnectionError("the connection is closed")
        return cast(socket.socket, self.http.sock)


def path_text(path: str) -> str:
    """Returns a path of an entry as a part of an address: slashes stay."""
    return quote(path, safe="/")


def part_text(text: str) -> str:
    """Returns a text as one part of an address."""
    return quote(text, safe="")


def write_digest(sha256: bytes) -> str:
    """Returns a digest in the form of RFC 9530."""
    return f"sha-256=:{base64.b64encode(sha256).decode()}:"


def read_digest(text: Optional[str]) -> Optional[str]:
    """Returns the SHA-256 in hex of a digest in the form of RFC 9530; None if there is none."""
    start, end = "sha-256=:", ":"
    if not text or not text.startswith(start) or not text.endswith(end):
        return None
    return base64.b64decode(text[len(start) : -1]).hex()


def _trust(profile: Profile) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if profile.ca:
        try:
            context.load_verify_locations(cafile=profile.ca)
        except OSError as error:
            raise InvalidRequestError(f"Cannot read CA certificates from {profile.ca!r}: {error}.") from error
    if profile.fingerprint:
        # Exactly one certificate is trusted, whoever signed it: it is compared before anything is sent.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _proxy(host: str) -> Optional[Tuple[str, int, Dict[str, str]]]:
    address = urllib.request.getproxies().get("https")
    if not address or urllib.request.proxy_bypass(host):
        return None
    parts = urlsplit(address if "://" in address else "http://" + address)
    headers = {}
    if parts.username:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(login).decode()
    return parts.hostname or "", parts.port or 8080, headers


def retry_delay(attempt: int) -> float:
    """Returns the seconds to wait after the given attempt, the first being 1: growing, with jitter, at most 5."""
    return min(float(_FIRST_DELAY_SECONDS * 2 ** (attempt - 1)) * (0.5 + random.random()), _MAX_DELAY_SECONDS)


def _retry_after(text: Optional[str]) -> Optional[float]:
    return float(text) if text and text.isdigit() else None


def _query_text(query: Optional[Query]) -> str:
    given = {name: str(value) for name, value in (query or {}).items() if value is not None}
    return "?" + urlencode(given, quote_via=quote) if given else ""


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise ServerError("The response cannot be read. Is it a Hutch server?") from error


def _reason(error: BaseException) -> str:
    return (str(error) or type(error).__name__).rstrip(".")


def _unreachable(where: Union[str, Response], error: BaseException) -> UnreachableError:
    if isinstance(where, Response):
        return UnreachableError(f"The connection broke during the response: {_reason(error)}.")
    return UnreachableError(f"{where} did not answer: {_reason(error)}.")
