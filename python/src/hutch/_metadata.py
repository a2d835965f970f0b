"""The metadata document of a dataset as a mapping."""

from __future__ import annotations

import copy
import json
import random
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, MutableMapping, Tuple

from ._http import Body
from .errors import PreconditionFailedError

if TYPE_CHECKING:
    from ._dataset import Dataset

_MAX_BYTES = 16 * 1024 * 1024
_MAX_ATTEMPTS = 40
_MAX_PAUSE_SECONDS = 0.5


class Metadata(MutableMapping[str, Any]):
    """The metadata document. Each change is stored at once, and on top of what others changed since.

    Values are copies: assign a changed value again to store it. :meth:`update` stores several fields in one request.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def __getitem__(self, name: str) -> Any:
        return self._read()[0][name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read()[0])

    def __len__(self) -> int:
        return len(self._read()[0])

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __delitem__(self, name: str) -> None:
        def remove(document: Dict[str, Any]) -> None:
            del document[name]

        self._change(remove)

    def __repr__(self) -> str:
        return repr(self.to_dict())

    def to_dict(self) -> Dict[str, Any]:
        """Returns the document."""
        return self._read()[0]

    def update(self, *others: Any, **fields: Any) -> None:
        """Sets several fields in one request."""
        wanted = copy.deepcopy(dict(*others, **fields))
        if wanted:
            self._change(lambda document: document.update(wanted))

    def _change(self, change: Callable[[Dict[str, Any]], None]) -> None:
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            document, version = self._read()
            change(document)
            try:
                # Compared with the version that was read, so that it is safe to send again.
                self._dataset.transport.send(
                    "PUT", self._path(), body=Body.json(document), headers={"If-Match": version}, repeatable=False
                ).close()
                return
            except PreconditionFailedError:
                if attempt == _MAX_ATTEMPTS:
                    raise  # others keep changing it
                # Writers that failed together must not come back together.
                time.sleep(random.uniform(0, min(_MAX_PAUSE_SECONDS, 0.01 * 2**attempt)))

    def _read(self) -> Tuple[Dict[str, Any], str]:
        with self._dataset.transport.send("GET", self._path()) as response:
            return json.loads(response.all(_MAX_BYTES)), response.headers.get("ETag", '"0"')

    def _path(self) -> str:
        return f"datasets/{self._dataset.id}/metadata"
