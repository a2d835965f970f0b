"""Datasets."""

from __future__ import annotations

import datetime
import hashlib
import re
from typing import TYPE_CHECKING, Any, BinaryIO, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple, Union, cast

from . import _display
from ._entries import Entries, Entry
from ._frames import Frames
from ._http import Body, Transport, part_text, path_text, write_digest
from ._metadata import Metadata
from ._reference import normalise_path

if TYPE_CHECKING:
    from os import PathLike

    from ._client import Client
    from ._push import PushReport
    from ._runs import Rows, Run

_PIECE_BYTES = 1024 * 1024


class Dataset:
    """A dataset, or a fixed version of it. It maps paths to entries: ``ds["raw/scan.h5"]``.

    Its facts are those of the time when it was opened; :meth:`refresh` asks for them again. Entries and frames are
    always read from the server.
    """

    def __init__(self, client: Client, info: Mapping[str, Any], snapshot: Optional[Mapping[str, Any]] = None) -> None:
        self.client = client
        self.info = info
        """The facts as the server reports them."""
        self.snapshot_info = snapshot
        """The facts of the fixed version; None for the current state."""
        self._frames: Optional[Frames] = None

    @property
    def id(self) -> str:
        """The permanent id."""
        return str(self.info["id"])

    @property
    def name(self) -> str:
        """``owner/slug``."""
        return str(self.info["name"])

    @property
    def owner(self) -> str:
        """The owning user or group."""
        return str(self.info["owner"])

    @property
    def title(self) -> str:
        """One line of text; may be empty. Assign to it to change it."""
        return str(self.info.get("title") or "")

    @title.setter
    def title(self, text: str) -> None:
        self.info = self._call("PATCH", body={"title": text}, repeatable=True)

    @property
    def state(self) -> str:
        """``open``, ``closed``, ``trash`` or ``gone``."""
        return str(self.info["state"])

    @property
    def created(self) -> datetime.datetime:
        """The time of its creation, in UTC."""
        # Until Python 3.11, fromisoformat reads fractions of 3 or 6 digits only.
        text = str(self.info["created"]).replace("Z", "+00:00")
        return datetime.datetime.fromisoformat(re.sub(r"\.\d+", lambda match: match[0][:7].ljust(7, "0"), text))

    @property
    def parents(self) -> List[str]:
        """The names of the datasets from which it was made."""
        return [str(parent.get("name") or parent["id"]) for parent in self.info.get("parents") or ()]

    @property
    def version(self) -> Optional[int]:
        """The number of the fixed version; None for the current state."""
        return None if self.snapshot_info is None else int(self.snapshot_info["number"])

    @property
    def at(self) -> Optional[str]:
        """The version as requests name it."""
        return None if self.version is None else str(self.version)

    @property
    def reference(self) -> str:
        """The name with the version, such as ``ada/lysozyme@3``."""
        return self.name if self.version is None else f"{self.name}@{self.version}"

    @property
    def url(self) -> str:
        """The page of the dataset in the portal."""
        return f"{self.client.remote}/datasets/{self.id}" + ("" if self.at is None else f"?at={self.at}")

    @property
    def transport(self) -> Transport:
        """Sends requests of the REST interface."""
        return self.client.transport

    def __repr__(self) -> str:
        title = f" {self.title!r}" if self.title else ""
        # The size of an open dataset may have changed since it was read.
        fixed = self.snapshot_info or (self.info if self.state == "closed" else None)
        size = "" if fixed is None else f", {_display.size_text(fixed['bytes'])}"
        return f"<Dataset {self.reference}{title}, {self.state}{size}>"

    def _repr_html_(self) -> str:
        return _display.dataset_html(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and (self.id, self.version) == (other.id, other.version)

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    def __reduce__(self) -> Tuple[Any, ...]:
        return Dataset, (self.client, self.info, self.snapshot_info)

    # Entries

    @property
    def entries(self) -> Entries:
        """All entries by path."""
        return Entries(self)

    def __getitem__(self, path: str) -> Entry:
        return self.entries[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __bool__(self) -> bool:
        return True  # asking whether there is a dataset must not count its entries

    def __contains__(self, path: object) -> bool:
        return path in self.entries

    def tree(
        self,
        prefix: str = "",
        delimiter: Optional[str] = None,
        after: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Dict[str, Any]:
        """Returns one page of the entries as the server lists them."""
        query = {"at": self.at, "prefix": prefix or None, "delimiter": delimiter, "after": after, "limit": limit}
        return cast(Dict[str, Any], self.transport.json("GET", f"datasets/{self.id}/tree", query))

    def write(self, path: str, data: Union[bytes, str, BinaryIO], content_type: Optional[str] = None) -> None:
        """Stores a file, which replaces one of the same path. It is durable and visible on return.

        :param data: bytes, text or a file that can be read twice.
        """
        body, sha256 = _body(data, content_type or "application/octet-stream")
        address = f"datasets/{self.id}/entries/{path_text(normalise_path(path))}"
        self.transport.send("PUT", address, body=body, headers={"Repr-Digest": write_digest(sha256)}).close()

    def remove(self, path: str) -> None:
        """Removes an entry from the current state; earlier versions keep it."""
        self.transport.send("DELETE", f"datasets/{self.id}/entries/{path_text(normalise_path(path))}").close()

    def move(self, path: str, to: str) -> None:
        """Moves or renames a file or folder; takes a snapshot. No bytes are copied, and nothing is replaced."""
        moves = [{"from": normalise_path(path), "to": normalise_path(to)}]
        self.transport.json("POST", f"datasets/{self.id}/move", body={"moves": moves}, repeatable=False)

    def download(
        self, folder: Union[str, PathLike[str]], *, prefix: str = "", overwrite: bool = False
    ) -> List[str]:
        """Downloads the dataset, or the entries below a prefix, into a folder. Returns the paths that were written.

        Every file is compared with its SHA-256 before it gets its name. Files that are already there with the same
        content stay; others are an error, unless ``overwrite`` is true.
        """
        from ._download import download

        return download(self, folder, prefix, overwrite)

    def push(
        self, folder: Union[str, PathLike[str]], *, message: str = "", delete: bool = False, exclude: Iterable[str] = ()
    ) -> PushReport:
        """Uploads a folder as a new version, in one atomic change. Files that the dataset has are not sent again.

        After an interruption, call it again: what the server has is not sent again.

        :param message: the message of the version.
        :param delete: also remove the entries that the folder does not have.
        :param exclude: patterns of names (``*.tmp``) or paths (``raw/*.log``) to leave out.
        """
        from ._push import push

        return push(self, folder, message, delete, exclude)

    # Frames, arrays, results

    @property
    def frames(self) -> Frames:
        """The detector frames: ``ds.frames[10:20]`` is an array of images, rows and columns."""
        if self._frames is None:
            self._frames = Frames(self)
        return self._frames

    def rows(self, run: Optional[str] = None) -> Rows:
        """Returns the result rows that an analysis wrote to this dataset, as dictionaries.

        :param run: the id of one run; default: all rows.
        """
        from ._runs import Rows

        return Rows(self, run)

    def analyse(
        self,
        step: Optional[str] = None,
        *,
        follow: bool = False,
        output: Optional[str] = None,
        again: bool = False,
        **parameters: Any,
    ) -> Run:
        """Starts an analysis of all frames, or returns the run that did or does the same work.

        :param step: ``spots`` (the default), ``intensity``, ``radial`` or another step of the server.
        :param follow: also analyse the frames that are still to come, until the dataset is closed.
        :param output: the name of the dataset of results; default: derived from the name of this one.
        :param again: start a new run in any case.
        """
        body: Dict[str, Any] = {"step": step, "follow": follow or None, "output": output, "again": again or None}
        body["parameters"] = parameters or None
        asked = {name: value for name, value in body.items() if value is not None}
        info = self._call("POST", "/analyses", body=asked)
        return self.client.run(info["run"])

    def runs(self) -> Iterator[Run]:
        """Returns the runs that read or wrote this dataset, newest first."""
        from ._runs import Run

        return (Run(self.client, info) for info in self.client.pages("runs", {"dataset": self.id}))

    # State

    @property
    def metadata(self) -> Metadata:
        """The metadata document: ``ds.metadata["sample"] = "lysozyme"`` stores a field."""
        return Metadata(self)

    def refresh(self) -> Dataset:
        """Asks for the facts again; returns the same object."""
        self.info = self._call("GET")
        return self

    def versions(self) -> List[Dict[str, Any]]:
        """Returns the snapshots, newest first."""
        return list(self.client.pages(f"datasets/{self.id}/snapshots"))

    def at_version(self, version: Union[int, str]) -> Dataset:
        """Returns a fixed version, by number, tag or hash prefix."""
        return Dataset(self.client, self.info, self._call("GET", f"/snapshots/{part_text(str(version))}"))

    def snapshot(self, message: str = "") -> Dataset:
        """Takes a snapshot of the current state and returns it as a fixed version."""
        return Dataset(self.client, self.info, self._call("POST", "/snapshots", body={"message": message}))

    def tag(self, name: str, version: Optional[int] = None) -> None:
        """Names a version; default: the fixed version of this object, otherwise a new snapshot of the current state."""
        number = version or self.version or self.snapshot(name).version
        self._call("PUT", f"/tags/{part_text(name)}", body={"snapshot": number})

    def close(self, message: str = "") -> Dataset:
        """Closes the dataset: it becomes read-only for good. Returns the same object."""
        self.info = self._call("POST", "/close", body={"message": message})
        return self

    def derive(
        self, name: str, *, title: Optional[str] = None, type: Optional[str] = None, copy: bool = False
    ) -> Dataset:
        """Creates a dataset that leads back to this one.

        :param copy: start with the entries of this one, by reference, instead of empty.
        """
        parent = {"dataset": self.id} if self.at is None else {"dataset": self.id, "at": self.at}
        body: Dict[str, Any] = {"name": name, "title": title, "type": type, "copy": copy or None, "parents": [parent]}
        info = self.transport.json("POST", "datasets", body={k: v for k, v in body.items() if v is not None})
        return Dataset(self.client, info)

    def _call(self, method: str, path: str = "", body: Any = None, repeatable: Optional[bool] = None) -> Dict[str, Any]:
        answer = self.transport.json(method, f"datasets/{self.id}{path}", body=body, repeatable=repeatable)
        return cast(Dict[str, Any], answer)


def _body(data: Union[bytes, str, BinaryIO], content_type: str) -> Tuple[Body, bytes]:
    if isinstance(data, str):
        data = data.encode()
    if isinstance(data, (bytes, bytearray, memoryview)):
        memory = bytes(data)
        return Body.of(memory, content_type), hashlib.sha256(memory).digest()
    if not hasattr(data, "read"):
        raise TypeError(f"data must be bytes, text or a file that was opened in binary mode, not {type(data).__name__}")
    file = data
    start = file.tell()

    def pieces() -> Iterator[bytes]:
        file.seek(start)
        while True:
            piece = file.read(_PIECE_BYTES)
            if not piece:
                return
            yield piece

    sha256 = hashlib.sha256()
    length = 0
    for piece in pieces():
        sha256.update(piece)
        length += len(piece)
    return Body(length, pieces, content_type), sha256.digest()
