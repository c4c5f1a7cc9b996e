"""The protocol: one JSON-RPC 2.0 message a line, in and out. What the tools do is none of its business."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

REVISION = "2025-06-18"
KNOWN = (REVISION, "2025-03-26", "2024-11-05")  # of which what we use is the same
LONGEST = 1 << 20  # bytes of a message
PARSE, REQUEST, METHOD, PARAMETERS, INTERNAL = -32700, -32600, -32601, -32602, -32603
NAME = "whyscore"


class RefusedError(Exception):
    """The tool cannot do this; whoever asked can read why and ask better."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What can be asked: `run` is given the arguments and answers with an object."""

    name: str
    title: str
    description: str
    arguments: Mapping[str, Any]  # JSON Schemas by name
    required: Sequence[str]
    run: Callable[[Mapping[str, Any]], Mapping[str, Any]]

    def described(self) -> dict[str, Any]:
        """As a list of tools has it."""
        schema = {"type": "object", "properties": dict(self.arguments), "additionalProperties": False}
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": {**schema, "required": list(self.required)} if self.required else schema,
            "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
        }


class Fault(Exception):  # noqa: N818 - the protocol's own error, as an answer
    """An answer that is an error of JSON-RPC."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Server:
    """Answers messages."""

    version: str
    instructions: str
    tools: Sequence[Tool]

    def serve(self, read: BinaryIO, write: BinaryIO) -> None:
        """Answer until there is no more to read."""
        while line := read.readline(LONGEST + 1):
            if (answer := self.line(line)) is not None:
                write.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
                write.flush()
            while len(line) >= LONGEST and not line.endswith(b"\n"):  # the rest of what was too long
                line = read.readline(LONGEST)

    def line(self, line: bytes) -> dict[str, Any] | None:
        """The answer to one line, None where none is expected."""
        if not line.strip():
            return None
        if len(line) > LONGEST:
            return _error(None, PARSE, f"A message has at most {LONGEST} bytes.")
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return _error(None, PARSE, "This is not JSON.")
        return self.answer(message)

    def answer(self, message: Any) -> dict[str, Any] | None:
        """The answer to one message, None to a notification or an answer."""
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            return _error(None, REQUEST, "Send one JSON-RPC 2.0 message a line.")
        if "method" not in message or "id" not in message:
            return None if "method" in message or "id" in message else _error(None, REQUEST, "There is no method.")
        id_, params = message["id"], message.get("params", {})
        if isinstance(id_, bool) or not isinstance(id_, str | int) or not isinstance(message["method"], str):
            return _error(None, REQUEST, "An id is a text or a whole number, a method a text.")
        try:
            if not isinstance(params, dict):
                raise Fault(PARAMETERS, "Parameters are an object.")
            return {"jsonrpc": "2.0", "id": id_, "result": self._result(message["method"], params)}
        except Fault as fault:
            return _error(id_, fault.code, str(fault))

    def _result(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if method == "initialize":
            return self._begun(params)
        if method == "ping":
            return {}
        if method == "tools/list":
            return {"tools": [tool.described() for tool in self.tools]}
        if method == "tools/call":
            return self._called(params)
        raise Fault(METHOD, "There is no such method here.")

    def _begun(self, params: Mapping[str, Any]) -> dict[str, Any]:
        asked = params.get("protocolVersion")
        return {
            "protocolVersion": asked if asked in KNOWN else REVISION,
            "capabilities": {"tools": {}},
            "serverInfo": {"name": NAME, "title": "Whyscore", "version": self.version},
            "instructions": self.instructions,
        }

    def _called(self, params: Mapping[str, Any]) -> dict[str, Any]:
        tool = next((tool for tool in self.tools if tool.name == params.get("name")), None)
        arguments = params.get("arguments") or {}
        if tool is None or not isinstance(arguments, dict):
            raise Fault(PARAMETERS, "There is no such tool." if tool is None else "Arguments are an object.")
        try:
            told = dict(tool.run(arguments))
        except RefusedError as refused:
            return {"content": [{"type": "text", "text": str(refused)}], "isError": True}
        text = json.dumps(told, ensure_ascii=False)
        return {"content": [{"type": "text", "text": text}], "structuredContent": told, "isError": False}


def _error(id_: str | int | None, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "error": {"code": code, "message": message}}
