"""The ways in which a host may show the widget: the tag with `{}` for the address, and what headers the host sends."""

from __future__ import annotations

from collections.abc import Mapping

PLAIN = '<iframe src="{}"></iframe>'
RECOMMENDED = (
    '<iframe src="{}" title="Feedback about Acme" width="100%" height="260" loading="lazy" '
    'referrerpolicy="strict-origin" sandbox="allow-forms allow-popups allow-popups-to-escape-sandbox" '
    'style="border:0"></iframe>'
)
STRICT = "default-src 'none'; script-src 'unsafe-inline'; frame-src http://127.0.0.1:*"

EMBEDDINGS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "plain": (PLAIN, {}),
    "the recommended tag": (RECOMMENDED, {}),
    "sandbox: allow-forms": ('<iframe src="{}" sandbox="allow-forms"></iframe>', {}),
    "sandbox: allow-forms, allow-same-origin": (
        '<iframe src="{}" sandbox="allow-forms allow-same-origin"></iframe>',
        {},
    ),
    "frame marked credentialless": ('<iframe src="{}" credentialless></iframe>', {}),
    "host with COEP require-corp": (PLAIN, {"Cross_Origin_Embedder_Policy": "require-corp"}),
    "host with COEP credentialless": (PLAIN, {"Cross_Origin_Embedder_Policy": "credentialless"}),
    "host with a strict policy": (PLAIN, {"Content_Security_Policy": STRICT}),
}
