"""What the files of deploy/ promise stands in them, and every command and setting they name is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.deploy.reading import (
    DEPLOY,
    KUBERNETES,
    PLACE,
    ROOT,
    Document,
    commands,
    composed,
    containers,
    documents,
    exec_start,
    instructions,
    pods,
    stages,
    unit,
)

DOCKERFILE = DEPLOY / "Dockerfile"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = [KUBERNETES / "sqlite.yaml", KUBERNETES / "postgresql.yaml"]
OTHERS = {"HOST", "UPSTREAM", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
SETTINGS = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
VERSIONED = re.compile(r"[a-z.]+:\d+\.\d+[\w.-]*")
TEXTS = [file for file in DEPLOY.rglob("*") if file.is_file()]


def every_image() -> list[str]:
    """Each image that is built, run or built upon."""
    found = [one["image"] for one in composed()["services"].values()]
    found += [one["image"] for file in MANIFESTS for _, pod in pods(file) for one in containers(pod)]
    return found + [content[0][1] for content in stages(DOCKERFILE).values()]


def test_every_image_is_pinned_to_a_version() -> None:
    assert all(VERSIONED.fullmatch(image) for image in every_image()), every_image()


def test_nobody_finds_a_secret_or_this_machine_in_the_files() -> None:
    for file in TEXTS:
        text = file.read_text()
        assert not re.search(r"(?i)(password|secret_key|token)\s*[:=]\s*[\"']?[a-z0-9+/_-]{8,}", text), file
        assert str(ROOT) not in text


@pytest.mark.parametrize("target", ["whyscore", "postgresql"])
def test_the_image_runs_without_root_and_says_how_it_is(target: str) -> None:
    said = stages(DOCKERFILE)[target]
    last = dict(said)

    assert last["USER"] == "10001:10001"
    assert said[-1][0] == "USER"  # nothing after it needs more
    assert "/usr/local/bin/healthcheck.py" in last["HEALTHCHECK"]
    assert "DATA_DIR=/data" in last["ENV"]
    assert '"/data"' in last["VOLUME"]


def test_the_image_takes_nothing_from_the_network_but_packages_and_carries_no_compiler() -> None:
    named = [name for name, _ in instructions(DOCKERFILE)]

    assert "ADD" not in named
    assert not re.search(r"\b(curl|wget|gcc|build-essential)\b", DOCKERFILE.read_text())
    assert named.count("FROM") > 1
    assert not [rest for name, rest in stages(DOCKERFILE)["whyscore"] if "pip wheel" in rest]


def test_the_image_is_given_what_it_copies_and_no_more() -> None:
    copied = {word for name, rest in instructions(DOCKERFILE) if name == "COPY" for word in rest.split()[:-1]}
    let_in = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}

    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
    assert "*" in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()


@pytest.mark.parametrize("name", ["migrate", "whyscore"])
def test_our_containers_may_write_to_their_volumes_alone(name: str) -> None:
    service = composed()["services"][name]

    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert {mount.partition(":")[2] for mount in service["volumes"]} == {"/data", "/backups"}
    assert "ports" not in service


def test_compose_starts_in_order_and_shows_the_world_the_proxy_only() -> None:
    services = composed()["services"]

    assert services["whyscore"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["postgresql"]["condition"] == "service_healthy"
    assert services["caddy"]["depends_on"]["whyscore"]["condition"] == "service_healthy"
    assert [name for name, one in services.items() if "ports" in one] == ["caddy"]
    assert "pg_isready" in services["postgresql"]["healthcheck"]["test"]


def test_compose_declares_every_volume_it_mounts() -> None:
    found = composed()
    mounted = {mount.partition(":")[0] for one in found["services"].values() for mount in one.get("volumes", ())}

    assert {name for name in mounted if not name.startswith(".")} == set(found["volumes"])


def test_the_manifests_hold_the_kinds_they_should() -> None:
    kinds = [[one["kind"] for one in documents(KUBERNETES / name)] for name in ("common.yaml", *map(str, MANIFESTS))]

    claims = ["PersistentVolumeClaim"] * 2
    assert kinds == [
        ["Namespace", "ConfigMap", *claims, "Service", "Ingress", "NetworkPolicy"],
        ["Deployment", "CronJob"],
        ["Deployment", "Deployment", "CronJob"],
    ]


def every_pod() -> list[Document]:
    return [pod for file in MANIFESTS for _, pod in pods(file)]


def test_every_pod_keeps_to_the_restricted_standard_with_a_read_only_root() -> None:
    for pod in every_pod():
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for one in containers(pod):
            assert one["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert one["resources"]["limits"]["memory"]


def test_every_mount_has_its_volume_and_every_volume_its_claim() -> None:
    claims = {one["metadata"]["name"] for one in documents(KUBERNETES / "common.yaml")}
    for pod in every_pod():
        volumes = {one["name"]: one for one in pod["spec"]["volumes"]}
        assert {mount["name"] for one in containers(pod) for mount in one["volumeMounts"]} == set(volumes)
        assert {volumes[name]["persistentVolumeClaim"]["claimName"] for name in ("data", "backups")} <= claims


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_one_pod_at_a_time_holds_the_volume_and_the_others_stand_beside_it(file: Path) -> None:
    for one in documents(file):
        if one["kind"] == "Deployment":
            assert one["spec"]["replicas"] == 1
            assert one["spec"]["strategy"] == {"type": "Recreate"}
            assert one["spec"]["selector"]["matchLabels"] == one["spec"]["template"]["metadata"]["labels"]
    for _, pod in pods(file):
        is_web = pod["metadata"]["labels"]["part"] == "web"
        assert is_web or pod["spec"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]


def test_the_web_is_asked_whether_it_lives_and_whether_it_is_ready_under_a_trusted_host(app: Flask) -> None:
    common = {(one["kind"], one["metadata"]["name"]): one for one in documents(KUBERNETES / "common.yaml")}
    host = common["ConfigMap", "whyscore"]["data"]["TRUSTED_HOSTS"]
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    web = [one for pod in every_pod() for one in containers(pod) if "ports" in one]

    assert len(web) == 2
    for one in web:
        asked = {probe: one[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
        assert [get["path"] for get in asked.values()] == ["/healthz", "/healthz", "/readyz"]
        assert all(get["path"] in routes for get in asked.values())
        assert all(get["httpHeaders"] == [{"name": "Host", "value": host}] for get in asked.values())
        assert one["readinessProbe"]["periodSeconds"] * one["readinessProbe"]["failureThreshold"] >= 120


def test_the_service_and_the_network_policy_lead_to_the_web() -> None:
    common = {one["kind"]: one for one in documents(KUBERNETES / "common.yaml")}
    policy = common["NetworkPolicy"]["spec"]

    assert common["Service"]["spec"]["selector"] == {"app": "whyscore", "part": "web"}
    assert common["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["podSelector"] == {}
    assert [port["port"] for one in policy["ingress"] for port in one["ports"]] == [8000]
    assert all(one["ports"] for one in policy["egress"])


def named_settings() -> set[str]:
    """Every setting that a file gives to Whyscore."""
    services = composed()["services"]
    given = set(services["whyscore"]["environment"]) | set(services["caddy"]["environment"])
    for one in documents(KUBERNETES / "common.yaml"):
        given |= set(one.get("data", ()))
    lines = [word for name, rest in instructions(DOCKERFILE) if name == "ENV" for word in rest.split()]
    lines += [value for file in SERVICES for value in unit(file)["Service"].get("Environment", ())]
    return given | {line.partition("=")[0] for line in lines}


def test_every_setting_exists() -> None:
    assert named_settings() - OTHERS <= SETTINGS
    assert {"BASE_URL", "TRUSTED_HOSTS", "PROXY_COUNT", "DATA_DIR", "DATABASE_URL", "BACKUP_DIR"} <= named_settings()


def test_every_command_exists_with_its_options(app: Flask) -> None:
    found = commands()

    assert len(found) >= 12
    for words in found:
        if words[0] == "gunicorn":
            assert words == ["gunicorn", "wsgi:app"]
            continue
        assert Path(words[0]).name == "flask"
        assert words[1:3] == ["--app", "wsgi"]
        group: click.Command = app.cli
        with click.Context(group) as context:
            for name in words[3:5]:
                if isinstance(group, click.Group):
                    known = group.get_command(context, name)
                    assert known, words
                    group = known
        options = {option for parameter in group.params for option in parameter.opts}
        assert {word for word in words[3:] if word.startswith("--")} <= options


def test_web_and_jobs_apart_are_those_of_the_procfile() -> None:
    lines = [line.partition(": ")[2].split() for line in (ROOT / "Procfile").read_text().splitlines()]
    apart = {name: pod["spec"]["containers"][0]["args"] for name, pod in pods(KUBERNETES / "postgresql.yaml")}

    assert [apart["whyscore"], apart["whyscore-jobs"]] == lines


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.stem)
def test_a_service_may_write_to_data_and_backups_alone(file: Path) -> None:
    said = unit(file)["Service"]

    assert said["User"] == ["whyscore"]
    assert said["ProtectSystem"] == ["strict"]
    assert said["ReadWritePaths"] == [f"{PLACE}/data {PLACE}-backups"]
    assert said["CapabilityBoundingSet"] == [""]
    assert said["NoNewPrivileges"] == ["yes"]
    assert len(exec_start(file)) == 1


def test_what_stops_waits_longer_than_the_group_does() -> None:
    from app.supervisor import GRACE

    said = unit(DEPLOY / "systemd" / "whyscore.service")["Service"]
    assert int(said["TimeoutStopSec"][0]) > GRACE
    assert int(composed()["services"]["whyscore"]["stop_grace_period"].removesuffix("s")) > GRACE
    assert all(pod["spec"].get("terminationGracePeriodSeconds", 45) > GRACE for pod in every_pod())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    (tmp_path / "flask").write_text("#!/bin/sh\n")
    (tmp_path / "flask").chmod(0o755)
    units = []
    for file in sorted((DEPLOY / "systemd").iterdir()):
        units.append(tmp_path / file.name)
        units[-1].write_text(file.read_text().replace(f"{PLACE}/.venv/bin/flask", str(tmp_path / "flask")))

    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)

    complaints = [line for line in done.stderr.splitlines() if "whyscore" in line]
    assert (done.returncode, complaints) == (0, [])
