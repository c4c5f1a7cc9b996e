"""Reads the files of deploy/ as those programs do that they are for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
PLACE = "/srv/whyscore"

Document = dict[str, Any]
Unit = Mapping[str, Mapping[str, Sequence[str]]]


class Strict(yaml.SafeLoader):
    """YAML in which no key stands twice: everybody else silently takes the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Document:
        keys = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        assert len(keys) == len(set(keys)), f"a key twice: {keys}{node.start_mark}"
        return super().construct_mapping(node, deep)  # type: ignore[return-value]


def documents(file: Path) -> list[Document]:
    """Every YAML document of a file."""
    return list(yaml.load_all(file.read_text(), Loader=Strict))


def instructions(file: Path) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile: name and the rest, continued lines joined, ARG values put in."""
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    text = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]
    given = dict(rest.split("=", 1) for name, rest in found if name == "ARG" and "=" in rest)
    return [(name, re.sub(r"\$\{(\w+)\}", lambda one: given.get(one[1], one[0]), rest)) for name, rest in found]


def stages(file: Path) -> dict[str, list[tuple[str, str]]]:
    """Each stage of a Dockerfile with all it inherits from earlier ones."""
    found: dict[str, list[tuple[str, str]]] = {}
    name = ""
    for one, rest in instructions(file):
        if one == "FROM":
            base, _, name = rest.partition(" AS ")
            found[name] = list(found.get(base, [("FROM", base)]))
        elif name:
            found[name].append((one, rest))
    return found


def unit(file: Path) -> Unit:
    """A unit of systemd: sections, names, and the values in their order."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in file.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            found.setdefault(section, {}).setdefault(name, []).append(value)
    return found


def pods(file: Path) -> Iterator[tuple[str, Document]]:
    """Every pod that a manifest starts, with the name of what starts it."""
    for one in documents(file):
        if one["kind"] == "Deployment":
            yield one["metadata"]["name"], one["spec"]["template"]
        if one["kind"] == "CronJob":
            yield one["metadata"]["name"], one["spec"]["jobTemplate"]["spec"]["template"]


def containers(pod: Document) -> list[Document]:
    """Those that run, and those that run before."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def composed() -> Document:
    """compose.yaml with compose.postgresql.yaml laid over it."""
    (below,), (above,) = documents(DEPLOY / "compose.yaml"), documents(DEPLOY / "compose.postgresql.yaml")
    return over(below, above)


def over(below: Any, above: Any) -> Any:
    """As Compose does with mappings; of everything else the upper one holds."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {name: over(below.get(name), above[name]) if name in above else below[name] for name in {**below, **above}}


def commands() -> list[list[str]]:
    """Every command line of ours that a file starts, word by word."""
    found = [shlex.split(value) for file in (DEPLOY / "systemd").glob("*.service") for value in exec_start(file)]
    found += [one["command"] for one in composed()["services"].values() if "command" in one]
    found += [one["args"] for file in KUBERNETES.glob("*.yaml") for _, pod in pods(file) for one in containers(pod)]
    found += [yaml.safe_load(rest) for name, rest in instructions(DEPLOY / "Dockerfile") if name == "CMD"]
    return found


def exec_start(file: Path) -> Sequence[str]:
    """What a service starts."""
    return unit(file)["Service"]["ExecStart"]
