"""A step of Hutch in Python: a function that gets each frame as an array, and returns a row.

    import hutch.step

    def hot(frame):
        return {"n_hot": int((frame.pixels[frame.valid] > 1000).sum())}

    hutch.step.serve(hot, name="hot-pixels", columns={"n_hot": "integer"})

``hutch worker --step -- python3 hot.py`` starts it. This file needs numpy and no other part of the package: for
machines without the package, ``hutch worker --python-helper > hutch_step.py`` writes it.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from typing import Any, Callable, Dict, List, Mapping, Optional, Union

import numpy

__all__ = ["Frame", "serve"]

_PROTOCOL = 1
_CHARACTERS_OF_ERROR = 500

Row = Mapping[str, Any]
Columns = Mapping[str, Union[str, Mapping[str, Any]]]


class Frame:
    """One frame. Its arrays are valid until the function returns, and cannot be written."""

    def __init__(self, run: _Run, line: Mapping[str, Any]) -> None:
        self.number: int = line["frame"]
        """The number in the series, from 1."""
        count = line["shape"][0] * line["shape"][1]
        offset = run.slots[line["slot"]]
        self.pixels = numpy.frombuffer(run.memory, line["dtype"], count, offset).reshape(line["shape"])
        """The pixels: rows and columns. Pixels without data are among them: see :attr:`valid`."""
        self.valid = run.find_valid(line["shape"])
        """True for each pixel that the mask of the detector does not exclude."""
        self.header: Mapping[str, float] = run.header
        """The known values of the series, such as ``wavelength`` (Å) and ``beam_center_x`` (pixels)."""
        self.parameters: Mapping[str, Any] = run.parameters
        """The parameters of the run."""


class _Run:
    def __init__(self, line: Mapping[str, Any]) -> None:
        self.memory = mmap.mmap(line["descriptor"], line["bytes"], access=mmap.ACCESS_READ)
        self.slots: List[int] = line["slots"]
        self.header: Mapping[str, float] = line["header"]
        self.parameters: Mapping[str, Any] = line["parameters"]
        self._mask: int = line["mask"]
        self._valid: Any = None

    def find_valid(self, shape: List[int]) -> Any:
        if self._valid is None:
            mask = numpy.frombuffer(self.memory, numpy.uint8, shape[0] * shape[1], self._mask)
            self._valid = (mask != 0).reshape(shape)
            self._valid.flags.writeable = False
        return self._valid


def serve(
    function: Callable[[Frame], Row],
    name: str,
    columns: Columns,
    title: Optional[str] = None,
    description: str = "",
    parameters: Optional[Columns] = None,
) -> None:
    """Answers frames until the worker ends.

    ``columns`` has the kind of each column: ``integer``, ``number``, ``text`` or ``boolean``, or a dictionary with
    ``kind`` and any of ``title``, ``unit``, ``description``, ``decimals``, ``inPlot`` and ``inSummary``. ``parameters``
    has the same form, with ``default``, ``choices``, ``minimum`` and ``maximum``. The row has a value for each column,
    and None for one that is unknown. An exception becomes the error of its frame.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What the function prints would be taken for an answer.
    os.dup2(2, 1)
    hello = {
        "hutchStep": _PROTOCOL,
        "name": name,
        "title": title,
        "description": description,
        "columns": _declare(columns),
        "parameters": _declare(parameters or {}),
        "files": _find_code(),
    }
    _write(answers, {key: value for key, value in hello.items() if value is not None})
    first = sys.stdin.readline()
    if not first:
        return
    run = _Run(json.loads(first))
    for line in sys.stdin:
        frame = Frame(run, json.loads(line))
        _write(answers, _answer(function, frame))


def _answer(function: Callable[[Frame], Row], frame: Frame) -> Dict[str, Any]:
    try:
        row = function(frame)
        return {"frame": frame.number, "row": {key: _plain(value) for key, value in row.items()}}
    except Exception as e:
        return {"frame": frame.number, "error": f"{type(e).__name__}: {e}"[:_CHARACTERS_OF_ERROR]}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, numpy.generic) else value


def _declare(declared: Columns) -> List[Dict[str, Any]]:
    return [
        {"name": name, **({"kind": more} if isinstance(more, str) else more)} for name, more in declared.items()
    ]


def _find_code() -> List[str]:
    """Returns the files of loaded modules in the folder of the program, and this one."""
    main = getattr(sys.modules["__main__"], "__file__", None)
    if main is None:
        return [os.path.abspath(__file__)]
    folder = os.path.dirname(os.path.abspath(main)) + os.sep
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    own = {os.path.abspath(file) for file in files if file}
    installed = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
    code = {file for file in own if file.startswith(folder) and not any(part in file for part in installed)}
    return sorted(code | {os.path.abspath(__file__), os.path.abspath(main)})


def _write(answers: Any, line: Mapping[str, Any]) -> None:
    answers.write(json.dumps(line) + "\n")
    answers.flush()
