"""Asks the static analysis, in a jail, about a program with one planted defect for each of its families."""

from __future__ import annotations

from dataclasses import replace

from sandbox.backends import Backend, SandboxFault
from sandbox.model import AuditInput, Limits
from sandbox.normalise import normalise
from sandbox.stages.static import analyse
from sandbox.static_rules import rule_table
from sandbox.toolchain import HELPER_SOURCES, Toolchain
from sandbox.toolchain_build import VET_FOLDER
from sandbox.toolchain_vet import CANARY, blind_families
from sandbox.workbench import Workbench


def missing_families(backend: Backend, toolchain: Toolchain) -> tuple[str, ...]:
    """Gives the families that don't see their own defect, all where no analysis is possible.

    Raises:
        SandboxFault: When there is no jail to ask in.
    """
    text = (HELPER_SOURCES / VET_FOLDER / CANARY).read_text(encoding="utf-8")
    limits = Limits()
    snippet = normalise(AuditInput(code=text), limits, toolchain.language)
    bench = Workbench(snippet=snippet, limits=limits, backend=backend, toolchain=toolchain)
    found = {(one.tool, one.rule) for one in analyse(bench).findings}
    return tuple(blind_families({tool for tool, _ in rule_table().rules}, found))


def tried(backend: Backend, toolchain: Toolchain) -> Toolchain:
    """Gives the toolchain with what is blind on this backend; once everything was seen it isn't asked again."""
    if toolchain.vet is None:
        return toolchain
    note = toolchain.vet.with_name(f"{toolchain.vet.name}.{backend.name}.seen")
    if note.is_file():
        return toolchain
    try:
        blind = missing_families(backend, toolchain)
    except SandboxFault:
        # The first audit meets the same fault and tells it.
        return toolchain
    if not blind:
        note.touch()
    return replace(toolchain, blind=blind)
