"""What only the host or the browser can do about a hostile case is written down, in the words people look for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAID = {
    "H31": ("embed.md", '| no | the browser blocks the buttons; link to the plain address'),
    "H32": ("embed.md", '| `sandbox="allow-forms"` | yes'),
    "H33": ("embed.md", "a `Content-Security-Policy` | with one line | `frame-src https://nps.example`"),
    "H35": ("embed.md", "No list of sites can name an app, so it is opened as the page itself"),
    "H36": ("browsers.md", "Not measured: Safari on iOS and macOS, web views of Android"),
    "H37": ("embed.md", "With scripts off, browsers load a frame far below at once"),
    "H41": ("operations.md", "Put a buffering reverse proxy in front that speaks TLS"),
}  # fmt: skip


WAITS_FOR_ALL = {  # of a request, before it asks for a worker
    "nginx.conf": r"^ *proxy_request_buffering on;",
    "Caddyfile": r"^\s*request_buffers 128KiB$",
    "kubernetes/common.yaml": r'^ *nginx\.ingress\.kubernetes\.io/proxy-request-buffering: "on"$',
}


@pytest.mark.parametrize("id_", SAID)
def test_what_a_host_has_to_know_is_written_down(id_: str) -> None:
    page, sentence = SAID[id_]

    assert sentence in re.sub(r"\n(?=[a-z])", " ", (ROOT / "docs" / page).read_text())


@pytest.mark.parametrize("file", WAITS_FOR_ALL)
def test_each_proxy_that_is_shipped_is_the_buffering_one_that_slow_senders_are_left_to(file: str) -> None:
    assert re.search(WAITS_FOR_ALL[file], (ROOT / "deploy" / file).read_text(), re.MULTILINE)


def test_without_has_only_the_highlight_is_missing() -> None:
    """A browser drops a rule of which it does not know one selector, so none may stand beside another one."""
    style = re.sub(r"/\*.*?\*/", "", (ROOT / "widget" / "static" / "widget.css").read_text(), flags=re.DOTALL)
    lists = [found.strip() for found in re.findall(r"([^{}]+)\{", style) if ":has(" in found]

    assert len(lists) > 2
    assert [one for one in lists if "," in one] == []
