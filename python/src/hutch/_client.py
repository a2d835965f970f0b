"""A connection to a server."""

from __future__ import annotations

import itertools
import threading
import warnings
from html import escape
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, Mapping, Optional, Tuple, Union

from . import _profile, _reference
from ._http import Query, Transport, part_text
from .errors import HutchError, NotFoundError

if TYPE_CHECKING:
    from os import PathLike

    from ._dataset import Dataset
    from ._push import PushReport
    from ._runs import Run

_SHOWN = 50


class Datasets(Iterable["Dataset"]):
    """A list of datasets, which is fetched in pages while it is read. Each iteration asks the server again."""

    def __init__(self, read: Callable[[], Iterator[Dataset]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[Dataset]:
        return self._read()

    def __getitem__(self, index: int) -> Dataset:
        if index < 0:
            raise IndexError("A list that is fetched in pages has no end to count from.")
        for dataset in itertools.islice(self, index, index + 1):
            return dataset
        raise IndexError(f"The list has no dataset {index}.")

    def __repr__(self) -> str:
        return "\n".join(repr(dataset) for dataset in itertools.islice(self, _SHOWN)) or "No datasets."

    def _repr_html_(self) -> str:
        rows = ""
        for dataset in itertools.islice(self, _SHOWN):
            cells = (dataset.name, dataset.title, dataset.state, str(dataset.info["files"]))
            rows += "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        return f"<table><tr><th>Dataset</th><th>Title</th><th>State</th><th>Entries</th></tr>{rows}</table>"


class Client:
    """A connection to a server. Safe for use by several threads; in a pickle, it is the address without the token."""

    def __init__(self, profile: _profile.Profile) -> None:
        self._transport = Transport(profile)

    @property
    def remote(self) -> str:
        """The address of the server."""
        return self._transport.remote

    @property
    def transport(self) -> Transport:
        """Sends requests of the REST interface."""
        return self._transport

    def __repr__(self) -> str:
        return f"<Client {self.remote}{' (anonymous)' if self._transport.is_anonymous else ''}>"

    def __reduce__(self) -> Tuple[Any, ...]:
        return connect, (self.remote,)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the idle connections. Further requests open new ones."""
        self._transport.close()

    def whoami(self) -> str:
        """Returns the name of the account."""
        return str(self._transport.json("GET", "me")["user"])

    def open(self, name: str) -> Dataset:
        """Finds a dataset.

        :param name: ``owner/slug``, your own ``slug``, an id or a link of the portal; ``@VERSION`` fixes a version.
        """
        reference = _reference.parse(name)
        is_elsewhere = reference.remote is not None and _profile.normalise(reference.remote) != self.remote
        if reference.remote is not None and (reference.secret or is_elsewhere):
            return Client(_profile.find_login(reference.remote, reference.secret))._find(reference)
        return self._find(reference)

    def _find(self, reference: _reference.Reference) -> Dataset:
        from ._dataset import Dataset

        if not reference.name:
            return self._shared()
        info = self._transport.json("GET", "datasets/resolve", {"name": reference.name})
        if reference.version is None:
            return Dataset(self, info)
        path = f"datasets/{info['id']}/snapshots/{part_text(reference.version)}"
        return Dataset(self, info, self._transport.json("GET", path))

    def list(self, owner: Optional[str] = None, state: Optional[str] = None, shared: bool = False) -> Datasets:
        """Lists the datasets that you may view, by name.

        :param owner: only those of this user or group.
        :param state: only those that are ``open``, ``closed`` or in the ``trash``.
        :param shared: only those that others shared with you.
        """
        query = {"owner": owner, "state": state, "shared": "true" if shared else None}
        return self._datasets("datasets", query)

    def search(self, query: str, sort: Optional[str] = None) -> Datasets:
        """Searches names, titles, types, metadata, files and people, such as ``lysozyme energy > 12 keV``.

        :param sort: ``name``, ``created`` or an attribute; ``-`` in front for descending order. Default: newest first.
        """
        return self._datasets("search", {"q": query, "sort": sort})

    def create(
        self,
        name: str,
        title: Optional[str] = None,
        type: Optional[str] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> Dataset:
        """Creates an empty dataset, named ``slug`` or ``owner/slug``."""
        from ._dataset import Dataset

        body = {"name": name, "title": title, "type": type}
        info = self._transport.json("POST", "datasets", body={k: v for k, v in body.items() if v is not None})
        dataset = Dataset(self, info)
        if metadata:
            dataset.metadata.update(metadata)
        return dataset

    def push(
        self,
        folder: Union[str, PathLike[str]],
        name: str,
        *,
        message: str = "",
        title: Optional[str] = None,
        delete: bool = False,
        exclude: Iterable[str] = (),
    ) -> PushReport:
        """Uploads a folder as a new version of a dataset, which is created if it does not exist.

        See :meth:`Dataset.push`.
        """
        try:
            dataset = self.open(name)
        except NotFoundError:
            dataset = self.create(name, title)
        return dataset.push(folder, message=message, delete=delete, exclude=exclude)

    def run(self, id: str) -> Run:
        """Finds a run of a program."""
        from ._runs import Run

        return Run(self, self._transport.json("GET", f"runs/{part_text(id)}"))

    def pages(self, path: str, query: Optional[Query] = None) -> Iterator[Any]:
        """Returns the items of a list that comes in pages."""
        asked: Dict[str, Any] = dict(query or {})
        while True:
            page = self._transport.json("GET", path, asked)
            for note in page.get("notes") or ():
                warnings.warn(note, stacklevel=2)
            yield from page["items"]
            if not page.get("next"):
                return
            asked["cursor"] = page["next"]

    def _datasets(self, path: str, query: Query) -> Datasets:
        from ._dataset import Dataset

        return Datasets(lambda: (Dataset(self, info) for info in self.pages(path, query)))

    def _shared(self) -> Dataset:
        # The secret of a share link sees public datasets, and the one that it is for.
        seen = itertools.islice(self.list(), 1000)
        private = [dataset for dataset in seen if dataset.info["visibility"] != "public"]
        if len(private) != 1:
            advice = "Open the dataset by its name or id."
            raise HutchError("The link does not lead to exactly one dataset.", advice=advice)
        return private[0]


def connect(url: Optional[str] = None, token: Optional[str] = None) -> Client:
    """Connects to a server.

    :param url: the address; by default ``$HUTCH_REMOTE``, or the server of the last ``hutch login``.
    :param token: the token; by default ``$HUTCH_TOKEN``, or the token of the login. It is sent to this server only.
    """
    return Client(_profile.find(url, token))


_default: Optional[Tuple[Tuple[object, ...], Client]] = None
_default_lock = threading.Lock()


def default() -> Client:
    """Returns the client of the login. A new login, and changed variables, are noticed."""
    import os

    global _default
    path = _profile.config_path()
    changed = path.stat().st_mtime_ns if path.exists() else 0
    state = (str(path), changed, *(os.environ.get(name) for name in ("HUTCH_REMOTE", "HUTCH_TOKEN", "HUTCH_CA")))
    with _default_lock:
        if _default is None or _default[0] != state:
            _default = (state, connect())
        return _default[1]
