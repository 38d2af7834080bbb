"""Projects in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qdpx_compassion.formats import WriteOptions
    from qdpx_compassion.formats.converting import Conversion


from qdpx_compassion.files.progress import Progress


def convert(
    source: str | Path,
    target: str | Path,
    *,
    read_as: str | None = None,
    write_as: str | None = None,
    texts: str | Path | None = None,
    media: bool = True,
    options: WriteOptions | None = None,
    fail_on_loss: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Conversion:
    """Convert a project or codebook to another format; see ``formats.converting.convert``.

    Raises:
        QdpxError: a format is not known, the source cannot be read, or the target cannot be written.
    """
    from qdpx_compassion.formats.converting import convert as run

    return run(
        Path(source),
        Path(target),
        read_as=read_as,
        write_as=write_as,
        texts=Path(texts) if texts is not None else None,
        media=media,
        options=options,
        fail_on_loss=fail_on_loss,
        dry_run=dry_run,
        progress=progress,
    )
