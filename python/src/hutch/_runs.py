"""Runs of programs, and the rows of results."""

from __future__ import annotations

import socket
import time
from html import escape
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Mapping, Optional

from ._http import MAX_ATTEMPTS, part_text, retry_delay
from .errors import ConflictError, RunFailedError, UnreachableError

if TYPE_CHECKING:
    from ._client import Client
    from ._dataset import Dataset

Row = Dict[str, Any]

_POLL_SECONDS = 1.0


class Rows(Iterable[Row]):
    """Result rows as dictionaries, in order of arrival. Each iteration asks the server again."""

    def __init__(self, dataset: Dataset, run: Optional[str] = None) -> None:
        self._dataset = dataset
        self._run = run

    def __iter__(self) -> Iterator[Row]:
        return stream(self._dataset, self._run, follow=False)

    def to_list(self) -> List[Row]:
        """Returns all rows."""
        return list(self)

    def to_pandas(self) -> Any:
        """Returns a pandas.DataFrame with a row for each frame. Values that a row lacks are missing."""
        try:
            import pandas
        except ImportError:
            raise ImportError("pandas is needed for a data frame; iterate for dictionaries.") from None
        return pandas.DataFrame(self.to_list())

    def __repr__(self) -> str:
        return f"<Rows of {self._dataset.reference}>"


class Run(Iterable[Row]):
    """A run of a program. Iterating over it returns its result rows as they arrive, until it ends.

    A run that fails or is cancelled raises :class:`RunFailedError` after its last row. The connection may break: the
    rows continue where they stopped.
    """

    def __init__(self, client: Client, info: Mapping[str, Any]) -> None:
        self.client = client
        self.info = info
        """The facts as the server reports them."""

    @property
    def id(self) -> str:
        """The id."""
        return str(self.info["id"])

    @property
    def program(self) -> str:
        """The name of the program."""
        return str(self.info["program"])

    @property
    def state(self) -> str:
        """``running``, ``done``, ``failed`` or ``cancelled``, at the time of the last :meth:`refresh`."""
        return str(self.info["state"])

    @property
    def frames(self) -> int:
        """The number of frames with a result, at the time of the last :meth:`refresh`."""
        return int(self.info.get("frames") or 0)

    @property
    def output(self) -> Dataset:
        """The dataset of the results."""
        outputs = self.info.get("outputs") or ()
        if not outputs:
            raise ConflictError(f"Run {self.id} writes to no dataset.")
        return self.client.open(outputs[0])

    def __repr__(self) -> str:
        return f"<Run {self.id} of {self.program}: {self.state}, {self.frames} frames>"

    def _repr_html_(self) -> str:
        message = f" · {self.info['message']}" if self.info.get("message") else ""
        facts = f"{self.state} · {self.frames} frames{message}"
        return f"<strong>{escape(self.program)}</strong> {escape(facts)}"

    def __iter__(self) -> Iterator[Row]:
        return stream(self.output, self.id, follow=True)

    def rows(self) -> Rows:
        """Returns the rows so far, without waiting for more."""
        return Rows(self.output, self.id)

    def refresh(self) -> Run:
        """Asks for the state again; returns the same object."""
        self.info = self.client.transport.json("GET", f"runs/{part_text(self.id)}")
        return self

    def wait(self, timeout: Optional[float] = None) -> Run:
        """Waits for the end of the run. Returns the same object.

        :param timeout: the most seconds to wait; TimeoutError is raised after them. None: without limit.
        """
        limit = None if timeout is None else time.monotonic() + timeout
        while self.refresh().state == "running":
            if limit is not None and time.monotonic() > limit:
                raise TimeoutError(f"Run {self.id} is still running after {timeout} s.")
            time.sleep(_POLL_SECONDS)
        if self.state != "done":
            raise _failed(self.id, self.state, self.info.get("message"))
        return self

    def stop(self) -> None:
        """Stops the run. Its results so far stay."""
        self.client.transport.json("POST", f"runs/{part_text(self.id)}/stop")
        self.refresh()


def stream(dataset: Dataset, run: Optional[str], follow: bool) -> Iterator[Row]:
    """Yields result rows, over broken connections: their order never changes, so that their count is a position."""
    seen = 0
    failures = 0
    while True:
        before = seen
        try:
            query = {"run": run, "after": seen or None, "follow": "true" if follow else None}
            with dataset.transport.send("GET", f"datasets/{dataset.id}/results", query) as response:
                for line in response.lines():
                    if "end" in line:
                        if follow and line.get("state") in ("failed", "cancelled"):
                            raise _failed(run or "", line["state"], line.get("message"))
                        return
                    seen += 1
                    yield line
        except UnreachableError as error:
            # Silence is no failure of a run whose frames have not come yet: asking again shows whether it continues.
            is_silence = follow and isinstance(error.__cause__, socket.timeout)
            failures = 0 if seen > before or is_silence else failures + 1
            if failures >= MAX_ATTEMPTS:
                raise
            time.sleep(0 if is_silence else retry_delay(failures + 1))


def _failed(run: str, state: str, message: Optional[str]) -> RunFailedError:
    what = "failed" if state == "failed" else "was cancelled"
    return RunFailedError(f"Run {run} {what}: {message or 'no reason was given'}.")
