#!/bin/sh
# Makes the Python environment in the folder given (.venv): finds a Python that is new enough, creates, upgrades pip.
# PYTHON=/path/to/python chooses the Python. Needs a POSIX shell only.
set -eu

folder=${1:-.venv}

fits() {
    # Run it: a name on the PATH may be a launcher for a version that is not there.
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if ! fits "$PYTHON"; then
        echo "PYTHON=$PYTHON is not Python 3.11 or newer, or does not run." >&2
        exit 1
    fi
else
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        if fits "$name"; then
            PYTHON=$name
            break
        fi
    done
fi
if [ -z "${PYTHON:-}" ]; then
    cat >&2 <<'MESSAGE'
No Python 3.11 or newer was found.
  Debian, Ubuntu:  sudo apt install python3 python3-venv
  macOS:           brew install python, or the installer of https://www.python.org/downloads/
  elsewhere:       https://www.python.org/downloads/
If it is installed under another name: make PYTHON=/path/to/python demo
MESSAGE
    exit 1
fi

rm -rf "$folder"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Bare Debian has python3 without ensurepip: then venv fails after it has made half of the folder.
if ! "$PYTHON" -m venv "$folder" >"$log" 2>&1; then
    rm -rf "$folder"
    if "$PYTHON" -m virtualenv "$folder" >>"$log" 2>&1 || { command -v virtualenv >/dev/null 2>&1 &&
        virtualenv --python "$PYTHON" "$folder" >>"$log" 2>&1; }; then
        :
    else
        rm -rf "$folder"
        cat "$log" >&2
        cat >&2 <<MESSAGE

$("$PYTHON" --version) is here, but it cannot make an environment (above is why).
  Debian, Ubuntu:  sudo apt install python3-venv
Then run the same command again.
MESSAGE
        exit 1
    fi
fi
# Groups of dependencies are known to pip 25.1 and newer.
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
echo "Environment: $folder ($("$folder/bin/python" --version))"
