"""Three engines behind the same five things a person does. Each is driven by the library its makers keep."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.site import free_port

Habit = Literal["scripts on", "scripts off", "third-party storage blocked"]
HABITS: tuple[Habit, ...] = ("scripts on", "scripts off", "third-party storage blocked")
PATIENCE = 15.0  # seconds for a page to come
MINIBROWSER = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))
Found = TypeVar("Found")


class Engine(ABC):
    """A browser with one habit. Whatever it looks for is in the frame of the page, and is waited for."""

    version = ""

    def __init__(self, habit: Habit) -> None:
        self.habit = habit

    @staticmethod
    @abstractmethod
    def missing() -> str | None:
        """What is not installed, None if it can start."""

    @abstractmethod
    def visit(self, address: str) -> str:
        """Open a host page; its title."""

    @abstractmethod
    def find(self, css: str) -> Any:
        """An element of the frame; raises whatever the library raises while there is none."""

    @abstractmethod
    def quit(self) -> None:
        """End the browser."""

    def press(self, css: str) -> None:
        """Press a button of the frame."""
        self._until(lambda: self.find(css)).click()

    def write(self, css: str, text: str) -> None:
        """Type into a field of the frame."""
        self._until(lambda: self.find(css)).send_keys(text)

    def reads(self, css: str, text: str) -> bool:
        """Whether an element of the frame comes to say this."""
        with contextlib.suppress(TimeoutError):
            return self._until(lambda: text in self.find(css).text)
        return False

    def shows(self, css: str) -> bool:
        """Whether there is such an element now."""
        try:
            return bool(self.find(css))
        except Exception:
            return False

    def _until(self, look: Callable[[], Found]) -> Found:
        until, last = time.monotonic() + PATIENCE, "it was not there"
        while time.monotonic() < until:
            try:
                if found := look():
                    return found
            except Exception as error:  # every library has its own for "not yet"
                last = f"{type(error).__name__}: {error}"
            time.sleep(0.1)
        raise TimeoutError(last)


class Chromium(Engine):
    """Debian's Chromium through Playwright."""

    def __init__(self, habit: Habit) -> None:
        from playwright.sync_api import sync_playwright

        super().__init__(habit)
        self.playwright = sync_playwright().start()
        arguments = [one for one in ARGUMENTS if habit == HABITS[2] or "third-party" not in one]
        self.browser = self.playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        self.page = self.browser.new_context(java_script_enabled=habit != HABITS[1], locale="en-GB").new_page()
        self.page.set_default_timeout(PATIENCE * 1_000)
        self.version = f"Chromium {self.browser.version}"

    @staticmethod
    def missing() -> str | None:
        """What is not installed."""
        return None if CHROMIUM else "chromium"

    def visit(self, address: str) -> str:
        """Open a host page."""
        self.page.goto(address)
        return self.page.title()

    def find(self, css: str) -> Any:
        """A locator; an error while nothing is there."""
        found = self.page.frame_locator("iframe").locator(css).first
        found.wait_for(state="attached", timeout=1_000)
        return found

    def write(self, css: str, text: str) -> None:
        """Type into a field of the frame."""
        self.find(css).fill(text)

    def reads(self, css: str, text: str) -> bool:
        """Whether an element of the frame comes to say this."""
        with contextlib.suppress(TimeoutError):
            return self._until(lambda: text in self.find(css).inner_text())
        return False

    def quit(self) -> None:
        """End the browser."""
        self.browser.close()
        self.playwright.stop()


class Firefox(Engine):
    """Debian's Firefox ESR through Marionette, the driver that is built into it."""

    def __init__(self, habit: Habit) -> None:
        from marionette_driver.marionette import Marionette

        super().__init__(habit)
        prefs = {
            "javascript.enabled": habit != HABITS[1],
            "network.cookie.cookieBehavior": 1 if habit == HABITS[2] else 0,  # 1: none of third parties
            "intl.accept_languages": "en-GB",
        }
        self.folder = tempfile.TemporaryDirectory()  # for its log: a file is deleted first, and would be /dev/null
        self.driver = Marionette(
            bin=shutil.which("firefox-esr"), headless=True, prefs=prefs, port=free_port(), gecko_log=self.folder.name
        )
        self.driver.start_session()
        self.version = f"Firefox ESR {self.driver.session_capabilities['browserVersion']}"

    @staticmethod
    def missing() -> str | None:
        """What is not installed."""
        return None if shutil.which("firefox-esr") else "firefox-esr"

    def visit(self, address: str) -> str:
        """Open a host page."""
        self.driver.switch_to_default_content()
        self.driver.navigate(address)
        return str(self.driver.title)

    def find(self, css: str) -> Any:
        """An element of the frame as it is now."""
        self.driver.switch_to_default_content()
        self.driver.switch_to_frame(self.driver.find_element("css selector", "iframe"))
        return self.driver.find_element("css selector", css)

    def quit(self) -> None:
        """End the browser, and its profile."""
        self.driver.delete_session()
        self.driver.cleanup()
        self.folder.cleanup()


class WebKit(Engine):
    """Debian's WebKitGTK, its MiniBrowser through Selenium and WebKitWebDriver; it needs a screen, or Xvfb."""

    def __init__(self, habit: Habit) -> None:
        from selenium import webdriver
        from selenium.webdriver.webkitgtk.options import Options
        from selenium.webdriver.webkitgtk.service import Service

        super().__init__(habit)
        options = Options()
        options.binary_location = str(MINIBROWSER[-1])
        options.add_argument("--automation")
        options.add_argument({HABITS[1]: "--enable-javascript=false"}.get(habit, "--enable-javascript=true"))
        options.add_argument(f"--cookies-policy={'no-third-party' if habit == HABITS[2] else 'always'}")
        service = Service(executable_path=shutil.which("WebKitWebDriver"))
        self.driver = webdriver.WebKitGTK(options=options, service=service)
        self.version = f"WebKitGTK {self.driver.capabilities['browserVersion']}"

    @staticmethod
    def missing() -> str | None:
        """What is not installed."""
        return None if MINIBROWSER and shutil.which("WebKitWebDriver") else "webkit2gtk-driver"

    def visit(self, address: str) -> str:
        """Open a host page."""
        self.driver.switch_to.default_content()
        self.driver.get(address)
        return self.driver.title

    def find(self, css: str) -> Any:
        """An element of the frame as it is now."""
        self.driver.switch_to.default_content()
        self.driver.switch_to.frame(self.driver.find_element("css selector", "iframe"))
        return self.driver.find_element("css selector", css)

    def quit(self) -> None:
        """End the browser."""
        self.driver.quit()


ENGINES: dict[str, type[Engine]] = {"Chromium": Chromium, "Firefox": Firefox, "WebKit": WebKit}
