"""The names of datasets: ``owner/slug``, ids, versions, links of the portal and ``hutch://`` paths."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple, Optional, Tuple
from urllib.parse import parse_qs, unquote, urlsplit

from .errors import InvalidRequestError

_PAGE = re.compile(r"(?P<prefix>.*)/datasets/(?P<id>[0-9a-f-]{36})(?:/(?P<tab>[^/]*)(?:/.*)?)?")


class Reference(NamedTuple):
    """A dataset as a person names it."""

    name: str
    """An id, ``slug`` or ``owner/slug``; empty for the dataset of a share link."""
    version: Optional[str] = None
    """The number, tag or hash prefix of a snapshot; None for the current state."""
    remote: Optional[str] = None
    """The server that a link names."""
    secret: Optional[str] = None
    """The secret of a share link."""


def parse(text: str) -> Reference:
    """Reads ``slug``, ``owner/slug`` or an id, each with an optional ``@VERSION``, or a link of the portal."""
    if text.startswith(("http://", "https://")):
        return _parse_link(text)
    name, mark, version = text.partition("@")
    if not name or (mark and not version):
        raise InvalidRequestError(
            f"{text!r} does not name a dataset.",
            advice="Use OWNER/NAME, OWNER/NAME@VERSION, an id, or a link of the portal.",
        )
    return Reference(name, version or None)


def split_path(path: str) -> Tuple[str, str]:
    """Splits ``hutch://owner/slug[@version]/entry`` into the dataset and the path of the entry, each of which may be
    empty."""
    bare = path[len("hutch://") :] if path.startswith("hutch://") else path
    parts = bare.strip("/").split("/", 2)
    return "/".join(parts[:2]), parts[2] if len(parts) > 2 else ""


def normalise_path(path: str) -> str:
    """Returns a path of an entry in the form of Unicode in which servers keep them (NFC)."""
    return unicodedata.normalize("NFC", path)


def _parse_link(text: str) -> Reference:
    parts = urlsplit(text)
    if parts.path.endswith("/s") and parts.fragment.startswith("hutchlink_"):
        remote = f"{parts.scheme}://{parts.netloc}{parts.path[:-len('/s')]}"
        return Reference("", remote=remote, secret=parts.fragment)
    match = _PAGE.fullmatch(unquote(parts.path).rstrip("/"))
    if match is None:
        raise InvalidRequestError(f"{parts._replace(query='', fragment='').geturl()!r} is not the page of a dataset.")
    version = parse_qs(parts.query).get("at", [""])[0] or None
    return Reference(match["id"], version, f"{parts.scheme}://{parts.netloc}{match['prefix']}")
