"""The HTML that a notebook shows of a dataset. Every text in it is escaped: titles and paths come from others."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Optional

from .errors import HutchError

if TYPE_CHECKING:
    from ._dataset import Dataset

_MAX_FILES = 20
_MAX_PICTURE_BYTES = 512 * 1024
_PICTURE_TYPES = frozenset({"image/png", "image/webp", "image/jpeg"})


def size_text(size: int) -> str:
    """Returns a size as people read it, in powers of 1000."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{size} B" if unit == "B" else f"{value:.3g} {unit}"


def dataset_html(dataset: Dataset) -> str:
    """Returns title, owner, state, thumbnail and the first files."""
    try:
        dataset.refresh()  # the size and the files are of the same moment
    except HutchError:
        pass  # a display of what was known is better than an error in its place
    title = dataset.title or dataset.name
    size = size_text((dataset.snapshot_info or dataset.info)["bytes"])
    facts = f"{dataset.reference} · owner {dataset.owner} · {dataset.state} · {size}"
    return (
        '<div style="display:flex;gap:1em;align-items:flex-start">'
        f"{_picture_html(dataset)}<div><strong>{escape(title)}</strong><br><small>{escape(facts)}</small>"
        f"{_files_html(dataset)}</div></div>"
    )


def _files_html(dataset: Dataset) -> str:
    try:
        page = dataset.tree(delimiter="/", limit=_MAX_FILES)
    except HutchError as error:
        return f"<p>{escape(str(error))}</p>"  # viewing a dataset does not permit reading it
    rows = [f"<tr><td>{escape(folder)}</td><td></td></tr>" for folder in page.get("prefixes") or ()]
    for info in page["items"]:
        size = size_text(info["size"]) if "size" in info else info["kind"]
        rows.append(f"<tr><td>{escape(info['path'])}</td><td>{escape(size)}</td></tr>")
    more = "<tr><td>…</td><td></td></tr>" if page.get("next") else ""
    return f"<table>{''.join(rows)}{more}</table>"


def _picture_html(dataset: Dataset) -> str:
    picture = _picture(dataset)
    return f'<img alt="" style="max-width:256px" src="{picture}">' if picture else ""


def _picture(dataset: Dataset) -> Optional[str]:
    try:
        query = {"at": dataset.at}
        with dataset.transport.send("GET", f"datasets/{dataset.id}/thumbnail", query) as response:
            kind = response.headers.get("Content-Type", "").split(";")[0]
            data = response.all(_MAX_PICTURE_BYTES)
    except HutchError:
        return None  # a display without a picture is better than an error in its place
    if kind not in _PICTURE_TYPES or not data:
        return None
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
