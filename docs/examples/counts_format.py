"""A format of one's own: how often each code was used, as text. It is written, not read."""

from collections import Counter
from pathlib import Path

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.errors import InputError
from qdpx_compassion.formats import Content, FormatInfo, Loss, WriteOptions
from qdpx_compassion.formats.codes import losses_beside_codes, refuse_without_codes


class Counts:
    """Lines of a number and a code."""

    info = FormatInfo("counts", "Counts of codes", (".counts",), reads=False, holds="codes: names, counts")

    def recognises(self, path: Path) -> bool:
        return False

    def read(self, path: Path, progress: object = None) -> Content:
        raise InputError("Counts cannot be read.", where=str(path))

    def losses(self, content: Content) -> list[Loss]:
        refuse_without_codes(content, self.info)
        return losses_beside_codes(content, ("name",))

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        from qdpx_compassion.files.atomic import write_atomically

        losses = self.losses(content)
        counts = Counter(content.project.column("codings", "code_row"))
        lines = [f"{counts[code.row]:6} {write_path(code.path)}\n" for code in CodeTree.of(content.project)]
        write_atomically(target, "".join(lines).encode(), force=options.force)
        return losses


COUNTS = Counts()
