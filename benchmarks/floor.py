"""The floor: read a project, parse its document, write it again, and nothing else. `python floor.py IN OUT`.

What it does is what no program that changes a project with the usual tools can leave out: inflate, build a tree of one
source at a time (lxml), serialise it, deflate at level 6, copy the other members.
"""

import shutil
import sys
import zipfile

from lxml import etree

_SOURCES = [f"{{urn:QDA-XML:project:1.0}}{kind}Source" for kind in ("Text", "Picture", "PDF", "Audio", "Video")]


def main(old_path: str, new_path: str) -> None:
    with zipfile.ZipFile(old_path) as old, zipfile.ZipFile(new_path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new:
        for info in old.infolist():
            with old.open(info) as member, new.open(info.filename, "w", force_zip64=True) as copy:
                if not info.filename.endswith(".qde"):
                    shutil.copyfileobj(member, copy, 1 << 20)
                    continue
                for _, source in etree.iterparse(member, tag=_SOURCES, huge_tree=True):
                    copy.write(etree.tostring(source))
                    source.clear()


if __name__ == "__main__":
    main(*sys.argv[1:])
