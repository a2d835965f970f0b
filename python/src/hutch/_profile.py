"""The server and the token to use: arguments, then environment, then the login of the ``hutch`` command."""

from __future__ import annotations

import ipaddress
import json
import os
import re
from pathlib import Path
from typing import Any, Dict, Mapping, NamedTuple, Optional
from urllib.parse import urlsplit

from .errors import InvalidRequestError, UnauthenticatedError

DEFAULT_REMOTE = "http://127.0.0.1:8470"

_TOKEN = re.compile(r"[\x21-\x7e]+")
_TOKEN_WITH_ZONE = re.compile(r"hutch(?:(?:link)?_([0-9a-f]{16})_[0-9a-f]{16}_.{43}|key_([0-9a-f]{16})_[0-9a-f]{16}_.+)")


class Secret:
    """A token that no representation shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        text = text.strip()
        if not _TOKEN.fullmatch(text):
            raise InvalidRequestError("The token has characters that no token has. It is not shown here.")
        self._text = text

    def reveal(self) -> str:
        """Returns the token itself."""
        return self._text

    def zone(self) -> str:
        """Returns the id of the zone that issued the token; empty if it names none."""
        match = _TOKEN_WITH_ZONE.fullmatch(self._text)
        return match.group(1) or match.group(2) if match else ""

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> str:
        raise TypeError("A token is not pickled. Log in on the other machine, or set HUTCH_TOKEN there.")


class Profile(NamedTuple):
    """A server, and how to speak to it."""

    remote: str
    """Its address, without a slash at the end."""
    token: Optional[Secret]
    ca: Optional[str]
    """A PEM file with the authority of its certificate."""
    fingerprint: Optional[str]
    """``SHA256:`` and 64 hex digits of the only certificate to trust."""


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Returns the configuration file that ``hutch login`` writes."""
    return user_folder("XDG_CONFIG_HOME", ".config", environment) / "config"


def user_folder(variable: str, otherwise: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Returns Hutch's folder of a kind, by the XDG base directory specification; it may not exist."""
    parent = environment.get(variable, "")
    home = environment.get("HOME") or str(Path.home())  # as the command: HOME precedes Windows' own variable
    return (Path(parent) if os.path.isabs(parent) else Path(home, otherwise)) / "hutch"


def find(remote: Optional[str], token: Optional[str], environment: Mapping[str, str] = os.environ) -> Profile:
    """Returns the profile of a server. Refuses to send a token to another installation than its own."""
    config = _load(config_path(environment))
    address = normalise(
        _first(remote, environment.get("HUTCH_REMOTE"), config.get("default")) or DEFAULT_REMOTE
    )
    known = config.get("remotes", {}).get(address, {})
    given = _first(token, environment.get("HUTCH_TOKEN"))
    text = given or _first(known.get("token"))
    secret = Secret(text) if text else None
    if secret and given and known.get("zone") and secret.zone() not in ("", known["zone"]):
        raise UnauthenticatedError(
            f"The token is for another installation than {address} and was not sent there.",
            advice="Unset HUTCH_TOKEN to use your login there. If the server was set up anew, log in again.",
        )
    if secret:
        _refuse_open(address)
    return Profile(
        address, secret, _first(environment.get("HUTCH_CA"), known.get("ca")), _first(known.get("fingerprint"))
    )


def find_login(remote: str, secret: Optional[str]) -> Profile:
    """Returns the profile of the server of a link. The token of the environment is not for servers that links name."""
    environment = {name: value for name, value in os.environ.items() if name != "HUTCH_TOKEN"}
    return find(remote, secret, environment)


def normalise(remote: str) -> str:
    """Returns an address in the form under which a server is remembered. Without a scheme, ``https`` is meant, or
    ``http`` for this machine."""
    text = remote.strip()
    if "://" not in text:
        text = ("http://" if _is_loopback(urlsplit("//" + text).hostname) else "https://") + text
    parts = urlsplit(text.rstrip("/"))
    try:
        port = parts.port
    except ValueError:
        port = -1
    usable = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    if not usable or parts.query or parts.fragment or port == -1:
        raise InvalidRequestError(
            f"{remote!r} is not the URL of a server, such as https://hutch.example.org or {DEFAULT_REMOTE}."
        )
    standard = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    shown_port = "" if port in (None, standard) else f":{port}"
    return f"{parts.scheme}://{host}{shown_port}{parts.path}"


def _load(path: Path) -> Dict[str, Any]:
    try:
        config = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        config = None
    if not isinstance(config, dict) or not isinstance(config.get("remotes", {}), dict):
        raise InvalidRequestError(
            f"The configuration {str(path)!r} is damaged.", advice="Correct it, or delete it and log in again."
        )
    return config


def _refuse_open(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise InvalidRequestError(
            f"The token was not sent: {address} is plain HTTP, where others on the network can read it.",
            advice="Use https://, or http:// for this machine only.",
        )


def _is_loopback(host: Optional[str]) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _first(*candidates: Optional[str]) -> Optional[str]:
    return next((candidate.strip() for candidate in candidates if candidate and candidate.strip()), None)
