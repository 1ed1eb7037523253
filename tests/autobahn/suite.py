"""Install the suite, which needs a Python 2.7 of its own, and start its `wstest`."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["CannotInstall", "Missing", "find_python27", "installed", "wstest_command"]

FOLDER = Path(__file__).parent.parent.parent / ".autobahn"
PROBE = "import sys, zlib, ssl; sys.exit(sys.version_info[:2] != (2, 7))"
PIP = ["install", "--quiet", "--no-cache-dir", "--disable-pip-version-check"]
VIRTUALENV = "virtualenv==20.21.1"  # the last that makes environments of Python 2.7
RECIPE = [  # in this order: each step builds with what the one before installed
    ["setuptools==44.0.0", "wheel==0.36.2", "incremental==16.10.1"],
    [
        "--no-build-isolation",
        "cryptography==3.3.2",
        "pyOpenSSL==19.1.0",
        "Twisted==19.10.0",
    ],
    ["--no-build-isolation", "autobahntestsuite==25.10.1"],
]


class Missing(Exception):
    """Something is not on this machine; the text says what."""


class CannotInstall(Missing):
    """The suite could not be installed; the text holds the installer's last words."""


def _candidates() -> Iterator[Path]:
    for name in ("python2.7", "python2"):
        if found := shutil.which(name):
            yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob("versions/2.7*/bin/python2.7"), reverse=True)


def _works(python: Path) -> bool:
    """Whether it is a 2.7 that has what the suite needs, and no stand-in for one."""
    probe = subprocess.run([python, "-c", PROBE], capture_output=True, check=False)
    return probe.returncode == 0


def find_python27() -> Path:
    """The first Python 2.7 with zlib and ssl, in PATH or among pyenv's.

    Raises:
        Missing: If there is none.
    """
    found = list(_candidates())
    for python in found:
        if _works(python):
            return python
    if found:
        tried = ", ".join(map(str, found))
        raise Missing(f"no Python 2.7 with zlib and ssl; tried {tried}")
    raise Missing(
        "no Python 2.7: neither python2.7 nor python2 is in PATH, and pyenv has none"
    )


def installed() -> Path:
    """The suite's Python; installed first, unless it was already, which takes a minute.

    Raises:
        Missing: If this machine lacks something for it.
    """
    python = FOLDER / "py27" / "bin" / "python"
    stamp = FOLDER / "ready"
    recipe = hashlib.sha256(repr((VIRTUALENV, RECIPE)).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == recipe and _works(python):
        return python
    python27 = find_python27()
    if not (shutil.which("cc") or shutil.which("gcc")):
        raise Missing("no C compiler (cc or gcc), with which the suite is built")
    shutil.rmtree(FOLDER, ignore_errors=True)  # what is there may be half made
    _install(python27, python)
    stamp.write_text(recipe)
    return python


def _install(python27: Path, python: Path) -> None:
    maker = FOLDER / "maker"
    _must(sys.executable, "-m", "venv", maker)
    _must(maker / "bin" / "python", "-m", "pip", *PIP, VIRTUALENV)
    make = maker / "bin" / "virtualenv"
    _must(make, "--quiet", "-p", python27, FOLDER / "py27")
    for packages in RECIPE:
        _must(python, "-m", "pip", *PIP, *packages)


def _must(*command: str | Path) -> None:
    environment = os.environ | {
        # zope.interface's build looks for its tools in PATH.
        "PATH": f"{FOLDER / 'py27' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONWARNINGS": "ignore",
    }
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode != 0:
        words = " ".join(map(str, command))
        last = " / ".join((done.stdout + done.stderr).strip().splitlines()[-3:])
        raise CannotInstall(f"can't install the suite: {words}: {last}")


def wstest_command(mode: str, spec: Path) -> list[str]:
    """The command that runs the suite in one of its modes; needs `installed()` first."""
    loopback = Path(__file__).parent / "loopback.py"
    python = FOLDER / "py27" / "bin" / "python"
    return [str(python), str(loopback), mode, str(spec)]
