"""What is asked of an engine, and what comes out of a container, without any engine."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.backends import JailFile, Job
from sandbox.container_args import Terms, container_config
from sandbox.container_portrait import container_enforced
from sandbox.container_seccomp import profile_for_engines
from sandbox.container_stream import BadStream, Channel, Kept, Spoken
from sandbox.job_message import pack_job
from tests.backend_parity import missing_on_docker
from tests.sandbox.backends.contract import LIMITS

TERMS = Terms(
    processors=1.0, machine="x86_64", runtime="", seccomp=profile_for_engines(), owner="boot/ns/1/2"
)
JOB = Job(
    helper=Path("/helper"),
    request={"mode": "run"},
    limits=LIMITS,
    stdin=b"in",
    files=(JailFile(target="/prog/program", data=b"ELF", executable=True),),
    fixed=(JailFile(target="/proc/self/environ", data=b"GORACE="),),
)


def spoken(limit: int = 1000) -> Spoken:
    return Spoken(stdout=Kept(limit), stderr=Kept(limit), report=Kept(limit))


def frame(channel: int, data: bytes) -> bytes:
    return struct.pack(">BI", channel, len(data)) + data


def engine(stream: int, data: bytes) -> bytes:
    return struct.pack(">BxxxI", stream, len(data)) + data


def test_every_control_is_asked_for() -> None:
    """The settings of hardening are all there."""

    host = container_config(JOB.shape, "image", TERMS, 0)["HostConfig"]

    assert (host["NetworkMode"], host["ReadonlyRootfs"], host["CapDrop"]) == ("none", True, ["ALL"])
    assert (host["IpcMode"], host["Privileged"], host["LogConfig"]["Type"]) == (
        "private",
        False,
        "none",
    )
    assert host["Memory"] == host["MemorySwap"] == LIMITS.memory_mib << 20
    assert (host["PidsLimit"], host["NanoCpus"]) == (LIMITS.processes + 12, 1_000_000_000)
    assert host["SecurityOpt"] == [
        "no-new-privileges:true",
        f"seccomp={profile_for_engines()}",
    ]
    assert {one["Name"] for one in host["Ulimits"]} == {
        "core",
        "cpu",
        "fsize",
        "msgqueue",
        "nofile",
    }
    assert set(host["Tmpfs"]) == {"/tmp", "/work", "/log", "/prog"}
    assert all("size=" in one and "nr_inodes=" in one for one in host["Tmpfs"].values())
    assert "Binds" not in host
    assert "Mounts" not in host


def test_the_container_is_no_root_and_knows_nothing() -> None:
    """A numbered user, no environment, and a label that says when it is rubbish."""

    config = container_config(JOB.shape, "image", TERMS, 1000.0)

    assert (config["User"], config["Env"]) == ("1000:1000", [])
    assert 1000 + 900 < int(config["Labels"]["gavel.deadline"]) < 1000 + 3600
    assert "Runtime" not in config["HostConfig"]


def test_another_runtime_is_asked_for() -> None:
    """gVisor, where it is configured."""

    terms = Terms(processors=1.0, machine="x86_64", runtime="runsc", seccomp="", owner="")

    assert container_config(JOB.shape, "image", terms, 0)["HostConfig"]["Runtime"] == "runsc"


def test_a_job_goes_in_as_one_message() -> None:
    """What is fixed is there already; files, input and filter follow the line that announces them."""

    sent = pack_job(JOB, executable_mode=0o555, seccomp=b"BPF")

    head, _, rest = sent.partition(b"\n")
    assert json.loads(head)["files"] == [{"target": "/prog/program", "bytes": 3, "mode": 0o555}]
    assert rest == b"ELFinBPF"


def test_jobs_of_one_kind_have_one_shape() -> None:
    """What only the supervisor holds makes no other jail; what the kernel holds does."""

    later = replace(JOB, request={}, stdin=b"", limits=replace(LIMITS, wall_s=1.0))
    larger = replace(JOB, limits=replace(LIMITS, memory_mib=1000))

    assert later.shape == JOB.shape
    assert larger.shape != JOB.shape


def test_the_profile_allows_by_name_only() -> None:
    """An allow-list: what nobody named is refused, clone makes no namespace, clone3 is unknown."""

    profile = json.loads(profile_for_engines())
    rules = {name: one for one in profile["syscalls"] for name in one["names"]}

    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert rules["clone"]["args"][0]["op"] == "SCMP_CMP_MASKED_EQ"
    assert rules["clone3"]["action"] == "SCMP_ACT_ERRNO"
    assert not {"ptrace", "mount", "unshare", "bpf", "io_uring_setup", "keyctl"} & set(rules)
    conditional = {"socket", "socketpair", "ioctl", "prctl", "prlimit64", "personality", "clone"}
    assert all(one["args"] for one in profile["syscalls"] if set(one["names"]) & conditional)


@given(st.integers(1, 40))
def test_frames_survive_any_cut(size: int) -> None:
    """However the bytes are cut, every channel gets its own."""

    note = json.dumps({"counters": {"cpu_ns": 7}}).encode()
    inner = frame(Channel.STDOUT, b"out") + frame(Channel.JAIL, note) + frame(Channel.STDERR, b"e")
    inner += frame(Channel.REPORT, b"report") + frame(Channel.END, b"")
    bytes_ = b"".join(engine(1, inner[i : i + 5]) for i in range(0, len(inner), 5))
    bytes_ = engine(2, b"helper ") + bytes_
    one = spoken()

    for start in range(0, len(bytes_), size):
        one.feed(bytes_[start : start + size])

    assert (bytes(one.stdout.data), bytes(one.stderr.data)) == (b"out", b"helper e")
    assert (bytes(one.report.data), one.counters, one.ended) == (b"report", {"cpu_ns": 7}, True)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """A helper that is not ours is refused, never believed."""

    one = spoken()
    try:
        one.feed(engine(1, data))
    except BadStream:
        return
    assert not one.full


def test_output_over_the_limit_is_counted_not_kept() -> None:
    """5: counted whole."""

    one = spoken(limit=4)

    one.feed(engine(1, frame(Channel.STDOUT, b"123456")))

    assert (bytes(one.stdout.data), one.stdout.total, one.full) == (b"1234", 6, True)


def test_a_limit_that_is_not_there_reads_none() -> None:
    """6: nothing is claimed that the helper did not read."""

    one = spoken()
    note = {"limits": {"open_files": 256, "namespaces": {"pid": "pid:[2]", "user": "user:[1]"}}}
    one.feed(engine(1, frame(Channel.JAIL, json.dumps(note).encode())))

    found = container_enforced(one, {"pid": "pid:[1]", "user": "user:[1]"})

    assert (found["memory"], found["pids"], found["seccomp"]) == ("none", "none", "none")
    assert (found["namespaces"], found["open_files"]) == (["pid"], 256)


@pytest.mark.parametrize(
    ("ran", "missing"),
    [
        (["a.py::test[x-bubblewrap]", "a.py::test[x-docker]"], []),
        (["a.py::test[bubblewrap-x]"], ["a.py::test[bubblewrap-x]"]),
        (["b/test_bubblewrap.py::TestBubblewrap::t", "b/test_docker.py::TestDocker::t"], []),
        (["b/test_bubblewrap.py::TestBubblewrapWithoutGroups::t", "a.py::other"], []),
    ],
)
def test_a_case_that_docker_did_not_run_is_named(ran: list[str], missing: list[str]) -> None:
    """CI compares the two by their names."""

    assert missing_on_docker(ran) == missing
