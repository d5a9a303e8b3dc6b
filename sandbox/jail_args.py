"""Writes the options of one bubblewrap jail. Pure: descriptors come in as numbers."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.backends import PROGRAM_BYTES, Shape

HELPER = "/gavel/helper"
_LOG_BYTES = 8 * 1024 * 1024
_SHM_BYTES = 65536
_MIB = 1024 * 1024

ISOLATION = (
    "--unshare-all",
    "--unshare-user",
    "--disable-userns",
    "--assert-userns-disabled",
    "--die-with-parent",
    "--new-session",
    "--as-pid-1",
    "--cap-drop",
    "ALL",
    "--clearenv",
    "--uid",
    "1000",
    "--gid",
    "1000",
    "--hostname",
    "sbx",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Descriptor numbers that the jail's launcher inherits."""

    info: int
    block: int
    job: int
    report: int
    seccomp: int | None
    fixed: tuple[int, ...]

    @property
    def inherited(self) -> tuple[int, ...]:
        """All of them."""
        filters = () if self.seccomp is None else (self.seccomp,)
        return (self.info, self.block, self.job, self.report, *filters, *self.fixed)


def jail_options(shape: Shape, channels: Channels) -> list[str]:
    """Gives every option of the jail, for `--args`."""
    options = [*ISOLATION, "--info-fd", str(channels.info), "--block-fd", str(channels.block)]
    if channels.seccomp is not None:
        options += ["--seccomp", str(channels.seccomp)]
    return options + _filesystem(shape, channels)


def jail_command(channels: Channels) -> list[str]:
    """Gives what the jail starts; bubblewrap wants it on its command line."""
    return ["--", HELPER, str(channels.job), str(channels.report)]


def _filesystem(shape: Shape, channels: Channels) -> list[str]:
    options = [
        "--perms",
        "0755",
        "--dir",
        "/gavel",
        "--ro-bind",
        str(shape.helper),
        HELPER,
        "--dev",
        "/dev",
    ]
    for target, size in _tmpfs(shape.limits.disk_mib * _MIB):
        options += ["--size", str(size), "--perms", "0755", "--tmpfs", target]
    for mount in shape.mounts:
        options += ["--ro-bind", str(mount.source), mount.target]
    for number, file in zip(channels.fixed, shape.fixed, strict=True):
        options += ["--perms", "0444", "--ro-bind-data", str(number), file.target]
    return [*options, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/work"]


def _tmpfs(disk_bytes: int) -> tuple[tuple[str, int], ...]:
    # Paths inside the jail. /log is apart, so that a full /tmp hides no race report.
    temporary, shared = "/tmp", "/dev/shm"  # noqa: S108
    return (
        (shared, _SHM_BYTES),
        (temporary, disk_bytes),
        ("/work", disk_bytes),
        ("/log", _LOG_BYTES),
        ("/prog", PROGRAM_BYTES + _SHM_BYTES),
    )
