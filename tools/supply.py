"""What the program is made of, and whether any of it has a known vulnerability.

``supply.py audit`` asks the vulnerability database about every package that users install with the program; where the
database cannot be reached it says so and is content. ``supply.py sbom DIST`` writes the list of these packages with
their versions and licences beside the wheel (CycloneDX, JSON).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

BIN = Path(sys.executable).parent


def shipped(name: str = "qdpx-compassion") -> set[str]:
    """The packages that the program needs, with all extras, and those that they need; as they are installed here."""
    found: set[str] = set()
    waiting = [(name, True)]
    while waiting:
        one, extras = waiting.pop()
        try:
            needed = requires(one) or []
        except PackageNotFoundError:  # for another system
            continue
        for requirement in needed:
            if "extra ==" in requirement and not extras:
                continue
            other = re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()
            if other not in found:
                found.add(other)
                waiting.append((other, False))
    return found


def audit() -> int:
    """1 where a package has a known vulnerability."""
    command = [str(BIN / "pip-audit"), "--skip-editable", "--progress-spinner=off", "--format=json", "--timeout=20"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
        packages = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError, OSError, subprocess.TimeoutExpired):
        print("Not audited: the database of vulnerabilities cannot be reached from here.")
        return 0
    ours = shipped()
    bad = [one for one in packages if one["name"].lower().replace("_", "-") in ours and one.get("vulns")]
    for one in bad:
        known = ", ".join(f"{v['id']} (mended in {', '.join(v['fix_versions']) or 'no version'})" for v in one["vulns"])
        print(f"{one['name']} {one['version']}: {known}")
    if not bad:
        print(f"Audited: no known vulnerability in {len(ours)} packages.")
    return 1 if bad else 0


def sbom(dist: Path) -> int:
    """Install the wheel into an environment of its own and list what is in it."""
    (wheel,) = dist.glob("*.whl")
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "environment"
        python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        uv = [str(BIN / "uv"), "--quiet"]
        subprocess.run([*uv, "venv", "--python", sys.executable, str(environment)], check=True)
        wanted = f"qdpx-compassion[parquet,pdf] @ {wheel.resolve().as_uri()}"
        subprocess.run([*uv, "pip", "install", "--python", str(python), wanted], check=True)
        target = dist / f"{'-'.join(wheel.name.split('-')[:2])}.cdx.json"
        options = ["--output-reproducible", "--of", "JSON", "-o", str(target)]
        subprocess.run([str(BIN / "cyclonedx-py"), "environment", *options, str(python)], check=True)
    parts = json.loads(target.read_text(encoding="utf-8"))["components"]
    print(f"{target}: {len(parts)} packages.")
    return 0


if __name__ == "__main__":
    sys.exit(audit() if sys.argv[1] == "audit" else sbom(Path(sys.argv[2])))
