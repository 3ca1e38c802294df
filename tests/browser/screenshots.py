"""The pictures of the README, made again from the sample portfolio.

    python -m tests.browser.screenshots http://127.0.0.1:8501

The address is that of a product that runs with the sample (`make run`).
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.setup_browser import installed_browser
from tests.browser.visit import WIDE, Visitor, new_desk

FOLDER = Path(__file__).parents[2] / "docs" / "images"
SHOWN_WIDTH, COLOURS = 1440, 256


@dataclass(frozen=True)
class Picture:
    """What is shown, to whom, how."""

    name: str
    login: str
    path: str
    language: str = "en"
    dark: bool = False


PICTURES = (
    Picture("overview", "leader", "/overview"),
    Picture("warnings-zh", "risk", "/early_warnings", language="zh_Hans", dark=True),
)


def small(png: bytes) -> bytes:
    """The same picture as wide as a README shows it, in few colours: a repository keeps every version for good."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    height = round(picture.height * SHOWN_WIDTH / picture.width)
    picture = picture.resize((SHOWN_WIDTH, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main(address: str) -> None:
    """Make every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        for one in PICTURES:
            visitor = Visitor(
                new_desk(browser, one.language), address, one.login, language=one.language, size=WIDE, dark=one.dark
            )
            png = small(visitor.open(one.path).page.screenshot())
            visitor.leave()
            (FOLDER / f"{one.name}.png").write_bytes(png)
            sys.stdout.write(f"{one.name}.png: {len(png) // 1000} kB\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8501")
