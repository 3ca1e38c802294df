"""Makes sure that the browser tests find a browser: an installed one, else the system's package, else Playwright's own.

Run by `make setup-dev`. Finding none is no failure: those tests then skip and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def installed_browser() -> str | None:
    """Path of a Chromium that is installed, or None."""
    given = os.environ.get("GREYLEDGER_TEST_BROWSER")
    candidates = [given] if given else [shutil.which(name) for name in NAMES]
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


def _succeeds(*command: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> None:
    """Install a browser where none is found."""
    if installed_browser():
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ("chromium", "fonts-noto-cjk")
        if _succeeds("apt-get", "update", "-qq") and _succeeds("apt-get", "install", "-y", "-qq", *packages):
            return
    if _succeeds(sys.executable, "-m", "playwright", "install", "chromium"):
        return
    sys.stderr.write("No Chromium was found or could be installed: the browser tests will be skipped.\n")


if __name__ == "__main__":
    main()
