"""Files that people send: as large as one page allows and no other, and never outside our own folder."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Flask, Request, current_app, request

from app.errors import TooLarge

MEGABYTE = 1_000_000
IN_MEMORY = 512_000  # bytes; what is larger has no name on the disk and goes with the request


class OurRequest(Request):
    """A request whose files lie in DATA_DIR while they arrive, and are closed with it also when it is refused."""

    def _get_file_stream(self, *_about: Any, **_more: Any) -> IO[bytes]:
        file = SpooledTemporaryFile(IN_MEMORY, dir=current_app.config["DATA_DIR"])  # noqa: SIM115 - closed below
        self.__dict__.setdefault("opened", []).append(file)
        return file

    def close(self) -> None:
        """Let go of everything that was opened for it."""
        super().close()
        for file in self.__dict__.pop("opened", ()):
            file.close()


def register(app: Flask) -> None:
    """Read forms in this way."""
    app.request_class = OurRequest


def allow() -> None:
    """Let this request bring a file of MAX_UPLOAD_MB; to be called before anything reads its form."""
    megabytes = current_app.config["MAX_UPLOAD_MB"]
    request.max_content_length = megabytes * MEGABYTE + 65_536
    request.max_form_memory_size = IN_MEMORY  # a file comes through in pieces of 64 KiB, and a piece has to fit
    if (request.content_length or 0) > request.max_content_length:
        raise TooLarge(f"At most {megabytes} MB are taken here. Send the file in parts, or use the command `import`.")
