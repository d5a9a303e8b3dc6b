"""When nothing may be said about the code at all: the sandbox failed, or the input was not audited."""

from __future__ import annotations

from sandbox.model import AuditReport, Verdict

FAULTS = {
    Verdict.INTERNAL_ERROR: "the sandbox failed, so nothing is known about this code",
    Verdict.REJECTED: "the input was not audited",
    Verdict.BLOCKED: "the code asks for something that the sandbox does not allow",
}


def fault(report: AuditReport) -> str:
    """Gives the reason why every criterion abstains; empty where the report can be judged."""
    reason = FAULTS.get(report.verdict, "")
    if reason and report.error is not None:
        return f"{reason} ({report.error.message})"
    return reason
