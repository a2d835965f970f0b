"""The errors of Hutch: one class for each family of problems, with the sentences of the server.

A server explains each refusal in a problem document (RFC 9457). Its ``detail`` is the message of the exception, and its
``advice`` follows it. Programs may rely on ``code``, but not on the sentences.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Mapping, Optional, Type

__all__ = [
    "ClosedError",
    "ConflictError",
    "ForbiddenError",
    "GoneError",
    "HutchError",
    "IntegrityError",
    "InvalidRequestError",
    "NotFoundError",
    "PreconditionFailedError",
    "QuotaError",
    "RunFailedError",
    "ServerError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnreachableError",
]

_KNOWN_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "code", "advice", "requestId"})


class HutchError(Exception):
    """The base of all errors of this package."""

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        code: str = "",
        status: int = 0,
        request_id: str = "",
        facts: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(f"{message} {advice}".strip())
        self.message = message
        """What happened, and to which object."""
        self.advice = advice
        """How to continue; may be empty."""
        self.code = code
        """The stable name of the problem, such as ``not-found``; empty for problems that no server reported."""
        self.status = status
        """The HTTP status; 0 for problems that no server reported."""
        self.request_id = request_id
        """Finds the request in the log of the server."""
        self.facts: Mapping[str, Any] = dict(facts or {})
        """Further members of the problem document, such as ``missingRight``."""

    def __str__(self) -> str:
        return str(self.args[0])


class InvalidRequestError(HutchError, ValueError):
    """The request, a name, a path or a body is invalid, or cannot be processed (400, 413, 416, 422)."""


class UnauthenticatedError(HutchError, PermissionError):
    """No valid token was sent (401)."""


class ForbiddenError(HutchError, PermissionError):
    """The account or its token does not permit it (403)."""


class NotFoundError(HutchError, FileNotFoundError, KeyError):
    """The object does not exist, or is not visible to the caller (404)."""


class ConflictError(HutchError):
    """Another object or change is in the way (409)."""


class ClosedError(ConflictError):
    """The dataset is closed or a folder of the facility, so that it cannot be written here (409)."""


class PreconditionFailedError(ConflictError):
    """The object changed since it was read (412)."""


class GoneError(HutchError, FileNotFoundError):
    """The object is in the trash or permanently deleted (410)."""


class QuotaError(HutchError, OSError):
    """The server or the owner has no space left (507)."""


class ServerError(HutchError):
    """The server failed (500), or sent a response that cannot be understood."""


class UnavailableError(HutchError):
    """The server cannot answer at present, or its copy of the data is damaged (429, 502, 503, 504)."""


class UnreachableError(HutchError, ConnectionError):
    """The server did not answer, or the connection broke and stayed broken."""


class IntegrityError(HutchError):
    """The received bytes do not match their SHA-256, or cannot be decoded. They are not used."""


class RunFailedError(HutchError):
    """A run failed or was cancelled."""


# Servers name commands. These have a method here, and an advice with any other command is of no use in a program.
_METHODS = (
    (re.compile(r"`hutch derive \S+ --name (\S+)`"), r'`ds.derive("\1")`'),
    (re.compile(r"`hutch log`"), "`ds.versions()`"),
    (re.compile(r"`hutch list`"), "`hutch.list()`"),
    (re.compile(r"`hutch search( \S+)?`"), "`hutch.search()`"),
    (re.compile(r"`hutch login URL`"), "`hutch login URL` in a terminal, or use `hutch.connect(URL, TOKEN)`"),
)
_COMMAND = re.compile(r"`hutch (?!login )[^`]*`")

_CLOSED_CODES = frozenset({"dataset-closed", "folder-dataset"})
_FAMILIES: Dict[int, Type[HutchError]] = {
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: GoneError,
    412: PreconditionFailedError,
    429: UnavailableError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
    507: QuotaError,
}


def from_problem(status: int, content_type: str, body: bytes, request: str) -> HutchError:
    """Returns the error that a response explains; one without an explanation names the request."""
    problem = _read(content_type, body)
    code = str(problem.get("code") or "")
    unknown: Type[HutchError] = InvalidRequestError if 400 <= status < 500 else ServerError
    family: Type[HutchError] = _FAMILIES.get(status, unknown)
    if code in _CLOSED_CODES:
        family = ClosedError
    unexplained = f"{request} failed with status {status} and no explanation."
    message = problem.get("detail") or problem.get("title") or unexplained
    advice = _in_python(str(problem.get("advice") or ""))
    return family(
        _in_python(str(message)),
        advice="" if _COMMAND.search(advice) else advice,
        code=code,
        status=status,
        request_id=str(problem.get("requestId") or ""),
        facts={name: value for name, value in problem.items() if name not in _KNOWN_MEMBERS},
    )


def _in_python(text: str) -> str:
    for command, method in _METHODS:
        text = command.sub(method, text)
    return text


def _read(content_type: str, body: bytes) -> Mapping[str, Any]:
    if content_type.split(";")[0].strip() not in ("application/problem+json", "application/json"):
        return {}
    try:
        problem = json.loads(body)
    except ValueError:
        return {}  # a proxy cut it off: the status alone says what happened
    return problem if isinstance(problem, dict) else {}
