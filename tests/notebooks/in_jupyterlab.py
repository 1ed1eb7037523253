"""Run notebooks in a real JupyterLab, in a real browser, and take pictures of them.

    python -m tests.notebooks.in_jupyterlab [-o FOLDER] [NAME...]

Fails if a cell fails. With -o, FOLDER gets a picture of each in dark and light, whole.
Needs Chromium: /usr/bin/chromium, or the one that $CHROMIUM names.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.notebooks.book import BOOKS, NOTEBOOKS, Book

__all__ = ["main"]

NOT_RUN = 3
NO_CHROMIUM = (
    "not run: there is no Chromium here. On Debian: apt-get install chromium; elsewhere "
    "name one with CHROMIUM=path\n"
)
PATIENCE_MS = 60_000
WIDTH, HEIGHT = 1100, 900
WHOLE_HEIGHT = """() => {
    const panel = document.querySelector('.jp-WindowedPanel-outer');
    panel.scrollTop = 0;
    const cells = [...document.querySelectorAll('.jp-Cell')];
    return Math.ceil(cells.at(-1).getBoundingClientRect().bottom) + 60;
}"""
KERNEL_IS_READY = (
    "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"
    " === 'idle'"
)
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
URL = re.compile(r"http://127\.0\.0\.1:\d+/")
TOKEN = "of-this-run"
OPTIONS = (
    "--no-browser",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port=0",
    f"--IdentityProvider.token={TOKEN}",
    "--allow-root",
    "--expose-app-in-browser",
)


def main() -> int:
    """Run them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="in_jupyterlab", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="such as 01_first_pool"
    )
    parser.add_argument("-o", dest="pictures", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.stderr.write(NO_CHROMIUM)
        return NOT_RUN
    books = [
        book for book in BOOKS if not arguments.names or repr(book) in arguments.names
    ]
    with _jupyterlab() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        failed = [
            book for book in books if not _runs(browser, url, book, arguments.pictures)
        ]
        browser.close()
    return 1 if failed or not books else 0


@contextlib.contextmanager
def _jupyterlab() -> Iterator[str]:
    """A JupyterLab on copies of the notebooks; gives its URL."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        books = home / "notebooks"
        shutil.copytree(
            NOTEBOOKS, books, ignore=shutil.ignore_patterns("__pycache__", ".ipynb*")
        )
        own = {
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "IPYTHONDIR": str(home / "ipython"),
            "XDG_RUNTIME_DIR": str(home),
        }
        _prefer(home / "settings")
        log = home / "log"
        with log.open("w") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *OPTIONS, str(books)],
                env=os.environ | own,
                stderr=out,
                cwd=books,
            )
        try:
            yield _address(server, log)
        finally:
            server.terminate()
            server.wait()


def _address(server: "subprocess.Popen[bytes]", log: Path) -> str:
    """Where it listens, once it says so."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while (found := URL.search(log.read_text())) is None:
        if server.poll() is not None or time.monotonic() > until:
            sys.exit(f"JupyterLab did not start:\n{log.read_text()}")
        time.sleep(0.1)
    return found.group()


def _prefer(settings: Path) -> None:
    """No questions about news, which need a network; and every cell in the page."""
    for plugin, preferences in {
        "apputils-extension/notification": {"fetchNews": "false"},
        "notebook-extension/tracker": {"windowingMode": "none"},
    }.items():
        path = settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(preferences))


def _runs(browser: Browser, url: str, book: Book, pictures: Path | None) -> bool:
    """Run a notebook from top to bottom; tell whether every cell ran well."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{url}doc/tree/{book.path.name}?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.wait_for_function(KERNEL_IS_READY)
    _do(page, "notebook:run-all-cells")
    errors = page.locator(ERROR).all_inner_texts()
    ran = page.locator(".jp-CodeCell").count()
    said = f"failed\n{errors[0]}" if errors else f"{ran} cells ran"
    sys.stdout.write(f"{book}: {said}\n")
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        _take_pictures(page, pictures / book.path.stem)
    page.close()
    return not errors and ran == len(book.code)


def _do(page: Page, command: str, **arguments: str) -> None:
    """What is behind an entry of JupyterLab's menus; waits until it is done."""
    page.evaluate(
        "([name, given]) => window.jupyterapp.commands.execute(name, given)",
        [command, arguments],
    )


def _take_pictures(page: Page, path: Path) -> None:
    page.set_viewport_size({"width": WIDTH, "height": page.evaluate(WHOLE_HEIGHT)})
    for name, theme in THEMES.items():
        _do(page, "apputils:change-theme", theme=theme)
        light = str(name == "light").lower()
        themed = page.locator(f'body[data-jp-theme-light="{light}"]')
        themed.wait_for(state="attached")
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        page.screenshot(path=path.with_name(f"{path.name}-{name}.png"))


if __name__ == "__main__":
    sys.exit(main())
