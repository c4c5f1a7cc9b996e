"""Disks to break, for who may mount: a small one in memory, and an ext4 file system in a file."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from faults.places import GRACE

MEGABYTES = 16  # of the small one


@dataclass(frozen=True)
class Disk:
    """An ext4 file system in a file, on a loop device. PermissionError where one cannot be had."""

    image: Path
    folder: Path

    @classmethod
    @contextmanager
    def made(cls) -> Iterator[Disk]:
        """Mounted, as a server mounts it."""
        with tempfile.TemporaryDirectory(prefix="faults-disk-") as folder:
            disk = cls(Path(folder) / "image", Path(folder) / "mounted")
            disk.folder.mkdir()
            with disk.image.open("wb") as file:
                file.truncate(2**30)  # /readyz wants 256 MiB free; what nobody wrote takes no room
            run("mkfs.ext4", "-q", str(disk.image))
            disk._mount()
            try:
                yield disk
            finally:
                subprocess.run(["umount", "--lazy", folder + "/mounted"], check=False)

    def fail(self) -> None:
        """Let the kernel find an error, as it does where a disk breaks."""
        device = run("findmnt", "-no", "SOURCE", str(self.folder)).strip()
        try:
            Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error").write_text("1")
        except OSError as error:
            raise PermissionError(f"trigger_fs_error: {error.strerror}") from error

    def repair(self) -> None:
        """Unmount, check, mount: while it is read-only for an error, it cannot be made writable."""
        until = time.monotonic() + GRACE  # killed processes go when their writes came back
        while subprocess.run(["umount", self.folder], capture_output=True, check=False).returncode:
            if time.monotonic() > until:
                raise RuntimeError(f"{self.folder} is still busy")
            time.sleep(0.1)
        subprocess.run(["fsck.ext4", "-p", self.image], capture_output=True, check=False)  # its status is a bit mask
        self._mount()

    def _mount(self) -> None:
        mount("-o", "loop,errors=remount-ro", str(self.image), str(self.folder))


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes in memory; PermissionError where we may not mount one."""
    with tempfile.TemporaryDirectory(prefix="faults-disk-") as folder:
        mount("-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def mount(*words: str) -> None:
    """Mount; PermissionError says why it cannot be."""
    run("mount", *words)


def run(*words: str) -> str:
    """What a command says; PermissionError says why it cannot be done."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PermissionError(f"There is no {words[0]} here.") from error
    if done.returncode:
        raise PermissionError(f"{words[0]}: {done.stderr.strip()[:120]}")
    return done.stdout


@contextmanager
def no_room(disk: Path) -> Iterator[None]:
    """Fill it to the last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only_view(disk: Path) -> Iterator[Path]:
    """The same files under another name that takes no writes."""
    with tempfile.TemporaryDirectory(prefix="faults-view-") as folder:
        mount("--bind", str(disk), folder)
        try:
            mount("-o", "remount,bind,ro", folder)
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
