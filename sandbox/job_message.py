"""Writes the one message that brings a job into a jail. Pure."""

from __future__ import annotations

import json

from sandbox.backends import Job


def pack_job(job: Job, *, executable_mode: int, seccomp: bytes = b"") -> bytes:
    """Gives the message: one JSON line, then the bytes of the files, of the input and of the filter.

    Args:
        job: What will run.
        executable_mode: The mode of its programs inside the jail.
        seccomp: The filter for what the helper starts, as the kernel reads it, where the jail has none.
    """
    head = {
        "request": job.request,
        "files": [
            {
                "target": file.target,
                "bytes": len(file.data),
                "mode": executable_mode if file.executable else 0o444,
            }
            for file in job.files
        ],
        "stdin_bytes": len(job.stdin),
        "filter_bytes": len(seccomp),
    }
    return b"".join(
        [json.dumps(head).encode(), b"\n", *(file.data for file in job.files), job.stdin, seccomp]
    )
