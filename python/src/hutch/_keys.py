"""Keys that their holder narrows without a server: see docs/formats/narrowed-tokens.md."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from datetime import datetime, timezone
from typing import Callable, Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Pattern, Tuple, Union

from . import _p256
from .errors import InvalidRequestError

MAX_CHARACTERS = 4096
MAX_BLOCKS = 16
MAX_DATASETS = 64
MAX_SITES = 100

_VERSION = 1
_ROOT = 1 + 64
_LAST_SECOND = 253402300799
_NAMES = ("datasets", "doors", "folder", "from", "scopes", "sites", "until")
_SCOPES = ("manage", "read", "write")
_DOORS = ("git", "rest", "s3", "webdav")
_TEXT = re.compile(r"hutchkey_([0-9a-f]{16})_([0-9a-f]{16})_([A-Za-z0-9_-]+)")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SITE = re.compile(r"[0-9a-f]{16}")

Words = Union[str, Iterable[str]]


class Restrictions(NamedTuple):
    """The restrictions of a block, or of all blocks of a key together. None restricts nothing."""

    datasets: Optional[FrozenSet[str]] = None
    doors: Optional[FrozenSet[str]] = None
    folder: Optional[str] = None
    from_: Optional[int] = None
    scopes: Optional[FrozenSet[str]] = None
    sites: Optional[FrozenSet[str]] = None
    until: Optional[int] = None
    is_nothing: bool = False
    """True if two blocks name folders or datasets without anything in common."""

    def text(self) -> str:
        """Returns the only form, a line for each restriction."""
        values: Dict[str, object] = dict(zip(_NAMES, self))
        return "\n".join(
            f"{name}={','.join(sorted(value)) if isinstance(value, frozenset) else value}"
            for name, value in values.items()
            if value is not None
        )

    def intersect(self, other: Restrictions) -> Restrictions:
        """Returns the restrictions of both."""
        datasets = _both(self.datasets, other.datasets)
        folder = _deeper(self.folder, other.folder)
        apart = folder is None and (self.folder or other.folder) is not None
        outside = folder is not None and datasets is not None and folder[:36] not in datasets
        times = [time for time in (self.from_, other.from_) if time is not None]
        ends = [time for time in (self.until, other.until) if time is not None]
        return Restrictions(
            datasets,
            _both(self.doors, other.doors),
            folder,
            max(times, default=None),
            _both(self.scopes, other.scopes),
            _both(self.sites, other.sites),
            min(ends, default=None),
            self.is_nothing or other.is_nothing or apart or outside,
        )

    def describe(self) -> str:
        """Returns what is permitted, as the end of a sentence that begins with "It"."""
        lists = (self.datasets, self.doors, self.scopes, self.sites)
        ended = self.from_ is not None and self.until is not None and self.until <= self.from_
        if self.is_nothing or ended or frozenset() in lists:
            return "opens nothing"
        return "".join(
            [
                self._verbs(),
                self._objects(),
                "" if self.doors is None else f", through {_sentence(sorted(self.doors))}",
                "" if self.sites is None else f", at {_sentence(sorted(self.sites))}",
                "" if self.from_ is None else f", from {_minute(self.from_)}",
                "" if self.until is None else f", until {_minute(self.until)}",
            ]
        )

    def _verbs(self) -> str:
        if self.scopes is None:
            return "does everything that its parent does with "
        verbs = {"read": "reads", "write": "writes", "manage": "manages"}
        return _sentence([verb for scope, verb in verbs.items() if scope in self.scopes]) + " "

    def _objects(self) -> str:
        if self.folder is not None:
            return f"the folder '{self.folder[37:]}' of the dataset {self.folder[:36]}"
        if self.datasets is not None:
            return f"the dataset {_sentence(sorted(self.datasets))}"
        return "all datasets that its parent reaches"


class Key:
    """A token that its holder narrows, offline. It is a secret: no representation shows it.

    >>> key = hutch.Key(text).narrow(folder=f"{dataset.id}/raw", scopes="read", until=friday)
    >>> client = hutch.connect(address, token=key.reveal())
    """

    __slots__ = ("_body", "_blocks", "_end", "_name", "_text")

    def __init__(self, text: str) -> None:
        """Reads a key. It is checked as far as that is possible without a server: its form and its signatures."""
        text = text.strip()
        match = _TEXT.fullmatch(text)
        body = _decode(match.group(3)) if match and len(text) <= MAX_CHARACTERS else None
        if match is None or body is None or len(body) < _ROOT:
            raise InvalidRequestError("This is not a whole key, which looks like hutchkey_ZONE_ID_BODY.")
        if body[0] != _VERSION:
            raise InvalidRequestError(f"This key has the format {body[0]}, which this release does not know.")
        self._text = text
        self._name = f"{match.group(1)}_{match.group(2)}"
        self._body = body
        self._blocks, self._end = self._read()

    @classmethod
    def make(cls, zone: str, id: str) -> Key:
        """Makes the key of a new token without restrictions. A server accepts it if its record has :attr:`root_hash`."""
        private = _p256.make_private()
        return cls._write(f"{zone}_{id}", bytes([_VERSION]) + _public(private) + private)

    @property
    def zone(self) -> str:
        """The id of the zone."""
        return self._name[:16]

    @property
    def id(self) -> str:
        """The public part of the token that was narrowed."""
        return self._name[17:]

    @property
    def blocks(self) -> Tuple[Restrictions, ...]:
        """The restrictions of each block, the oldest first."""
        return self._blocks

    @property
    def reach(self) -> Restrictions:
        """The restrictions of all blocks together."""
        all_ = Restrictions()
        for block in self._blocks:
            all_ = all_.intersect(block)
        return all_

    @property
    def root_hash(self) -> str:
        """The SHA-256 of the root's public key, in hexadecimal digits: the record of the token has it."""
        return hashlib.sha256(self._body[1:_ROOT]).hexdigest()

    @property
    def chain_hash(self) -> str:
        """The SHA-256 of the chain without its private key: the audit names a key by it."""
        return hashlib.sha256(self._body[: self._end]).hexdigest()

    @property
    def s3_access_key(self) -> str:
        """The access key of S3. The session token is :meth:`reveal`."""
        return "HK" + self.id.upper()

    @property
    def s3_secret_key(self) -> str:
        """The secret key of S3."""
        return _encode(hashlib.sha256(f"hutch-s3-secret-1\n{self._text}".encode()).digest())

    def reveal(self) -> str:
        """Returns the key itself."""
        return self._text

    def explain(self) -> str:
        """Returns what the key permits, as a sentence. Its token must permit it, too."""
        return f"This key of the token {self.id} {self.reach.describe()}."

    def narrow(
        self,
        *,
        datasets: Optional[Words] = None,
        doors: Optional[Words] = None,
        folder: Optional[str] = None,
        from_: Optional[datetime] = None,
        scopes: Optional[Words] = None,
        sites: Optional[Words] = None,
        until: Optional[datetime] = None,
    ) -> Key:
        """Returns a key that permits this and no more. No server is asked.

        :param datasets: ids of datasets, at most 64.
        :param doors: some of ``git``, ``rest``, ``s3`` and ``webdav``.
        :param folder: ``UUID/PATH``: a dataset and the folder in it, with everything below.
        :param from_: the beginning, with its time zone.
        :param scopes: some of ``read``, ``write`` and ``manage``.
        :param sites: ids of sites, at most 100.
        :param until: the end, with its time zone; whole seconds count.
        """
        given = {
            "datasets": _list(datasets),
            "doors": _list(doors),
            "folder": None if folder is None else unicodedata.normalize("NFC", folder),
            "from": _seconds(from_),
            "scopes": _list(scopes),
            "sites": _list(sites),
            "until": _seconds(until),
        }
        values = {name: _READERS[name](value) for name, value in given.items() if value is not None}
        if not values:
            raise InvalidRequestError("Nothing would be narrowed. Name at least one restriction.")
        if len(self._blocks) == MAX_BLOCKS:
            raise InvalidRequestError(f"This key was narrowed {MAX_BLOCKS} times, the maximum. Narrow an earlier one.")
        return self._append(_restrict(values), _p256.make_private())

    def _append(self, more: Restrictions, private: bytes, nonce: Optional[int] = None) -> Key:
        restrictions = more.text().encode()
        signed = self._body[: self._end] + len(restrictions).to_bytes(2, "big") + restrictions + _public(private)
        signature = _p256.sign(self._body[self._end :], self._message(signed), nonce)
        return self._write(self._name, signed + signature + private)

    @classmethod
    def _write(cls, name: str, body: bytes) -> Key:
        text = f"hutchkey_{name}_{_encode(body)}"
        if len(text) > MAX_CHARACTERS:
            raise InvalidRequestError(f"The key would have {len(text)} characters, and {MAX_CHARACTERS} is the maximum.")
        return cls(text)

    def _read(self) -> Tuple[Tuple[Restrictions, ...], int]:
        blocks: List[Restrictions] = []
        end, key = _ROOT, self._body[1:_ROOT]
        while len(self._body) - end != 32:
            start = end + 2
            length = int.from_bytes(self._body[end:start], "big")
            end = start + length + 64 + 64
            if length == 0 or end > len(self._body) - 32 or len(blocks) == MAX_BLOCKS:
                raise InvalidRequestError("This is not a whole key: a block of it is cut or too long.")
            blocks.append(_parse(self._body[start : start + length]))
            signed, signature = self._body[: end - 64], self._body[end - 64 : end]
            if not _p256.verify(key, self._message(signed), signature):
                raise InvalidRequestError("This key is damaged or forged: a signature in it is wrong.")
            key = signed[-64:]
        if _p256.find_public(self._body[end:]) != key:
            raise InvalidRequestError("This key is damaged or forged: its private key does not belong to its last block.")
        return tuple(blocks), end

    def _message(self, signed: bytes) -> bytes:
        return f"hutch-narrowing-1\n{self._name}\n".encode() + signed

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> str:
        raise TypeError("A key is not pickled. Pass its text, from reveal().")


def _public(private: bytes) -> bytes:
    public = _p256.find_public(private)
    if public is None:
        raise InvalidRequestError("This is no private key of P-256.")
    return public


def _parse(data: bytes) -> Restrictions:
    """Reads the only form of restrictions; another form and an unknown restriction are refused."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        raise InvalidRequestError("A block of this key is not UTF-8.") from None
    values: Dict[str, object] = {}
    for line in lines:
        name, _, value = line.partition("=")
        if name not in _NAMES:
            raise InvalidRequestError(f"This key has the restriction {name[:40]!r}, which this release does not know.")
        values[name] = _READERS[name](value)
    restrictions = _restrict(values)
    if restrictions.text().encode() != data:
        raise InvalidRequestError("A block of this key is not in the only form of its restrictions.")
    return restrictions


def _restrict(values: Dict[str, object]) -> Restrictions:
    return Restrictions(**{"from_" if name == "from" else name: value for name, value in values.items()})  # type: ignore[arg-type]


def _read_words(value: str, known: Iterable[str]) -> FrozenSet[str]:
    words = frozenset(value.split(","))
    if not words <= frozenset(known):
        raise InvalidRequestError(f"{value[:40]!r} has an unknown word: use {', '.join(known)}.")
    return words


def _read_ids(value: str, pattern: Pattern[str], most: int, noun: str) -> FrozenSet[str]:
    ids = frozenset(value.split(","))
    if len(ids) > most or not all(map(pattern.fullmatch, ids)):
        raise InvalidRequestError(f"{value[:40]!r} is no list of at most {most} ids of {noun}.")
    return ids


def _read_folder(value: str) -> str:
    dataset, slash, path = value.partition("/")
    parts = path.split("/")
    is_right = (
        _UUID.fullmatch(dataset)
        and slash
        and not {"", ".", ".."} & set(parts)
        and parts[0].lower() != ".hutch"
        and len(path.encode()) <= 1024
        and unicodedata.is_normalized("NFC", path)
        and not any(unicodedata.category(c) == "Cc" for c in path)
    )
    if not is_right:
        raise InvalidRequestError(f"{value[:80]!r} is not a folder of a dataset: use UUID/PATH.")
    return value


def _read_time(value: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,11}", value) or int(value) > _LAST_SECOND:
        raise InvalidRequestError(f"{value[:40]!r} is not a time: use seconds since 1970.")
    return int(value)


_READERS: Dict[str, Callable[[str], object]] = {
    "datasets": lambda value: _read_ids(value, _UUID, MAX_DATASETS, "datasets"),
    "doors": lambda value: _read_words(value, _DOORS),
    "folder": _read_folder,
    "from": _read_time,
    "scopes": lambda value: _read_words(value, _SCOPES),
    "sites": lambda value: _read_ids(value, _SITE, MAX_SITES, "sites"),
    "until": _read_time,
}


def _both(one: Optional[FrozenSet[str]], other: Optional[FrozenSet[str]]) -> Optional[FrozenSet[str]]:
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _deeper(one: Optional[str], other: Optional[str]) -> Optional[str]:
    if one is None or other is None:
        return one if other is None else other
    if (other + "/").startswith(one + "/"):
        return other
    return one if (one + "/").startswith(other + "/") else None


def _list(words: Optional[Words]) -> Optional[str]:
    if words is None:
        return None
    return ",".join(sorted({words} if isinstance(words, str) else set(words)))


def _seconds(time: Optional[datetime]) -> Optional[str]:
    if time is None:
        return None
    if time.tzinfo is None:
        raise InvalidRequestError("The time has no zone. Use one such as datetime.now(timezone.utc).")
    return str(int(time.timestamp()))


def _minute(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def _sentence(words: List[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> Optional[bytes]:
    """Decodes base64url without padding; None for another form of the same bytes."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if _encode(data) == text else None
