"""Says of every module that an answer needs whether it is there, and what is known against its version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sandbox.dependency import Dependency, DependencyState, Vulnerability
from sandbox.go_imports import import_places
from sandbox.model import Finding, Grade, NotChecked, Severity, Snippet, StageName
from sandbox.module_proxy import ModuleProxy
from sandbox.normalise import GO_MOD
from sandbox.places import Locator, Place
from sandbox.supplies import Supplies
from sandbox.vulnerabilities import STANDARD_LIBRARY

_NO_FOLDER = "no folder of modules is configured"
_SHOWN = 5
_MOST = 200
"""Requirements and imports that are looked at: more is no answer to a prompt."""
_LETTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What an audit says about dependencies."""

    dependencies: tuple[Dependency, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """A module, where the answer asks for it, and the packages that it imports of it."""

    module: str
    version: str | None
    place: Place
    packages: tuple[str, ...] = ()
    replaced_by: str = ""


def dependencies(snippet: Snippet, supplies: Supplies, release: str) -> Needed:
    """Gives every module that is imported or required, with a finding for each that is not there.

    Paths whose first part has no dot can't be modules; the compiler says what is wrong with them.
    Advisories about the standard library are the installation's matter, and no findings.
    """
    proxy, locator = supplies.modules, Locator(snippet)
    found, findings, not_checked = [], [], []
    for need in _needs(snippet, proxy):
        state, why = _state(need, proxy)
        known = _known(need, supplies)
        at = locator.original(need.place)
        found.append(
            Dependency(
                module=need.module,
                version=need.version,
                state=state,
                why=why,
                file=at.file,
                line=at.line,
                vulnerabilities=known,
            )
        )
        if state is DependencyState.UNKNOWN:
            not_checked.append(NotChecked(what=f"module {need.module}", why=why))
        if state is DependencyState.NOT_RESOLVED:
            findings.append(_unresolved(locator, need, why))
        findings += [_vulnerable(locator, need, one) for one in known]
    if supplies.vulnerabilities is not None:
        found.append(_library(supplies, release))
    elif found:
        why = "no database of vulnerabilities is configured"
        not_checked.append(NotChecked(what="vulnerabilities", why=why))
    return Needed(
        dependencies=tuple(found), findings=tuple(findings), not_checked=tuple(not_checked)
    )


def _library(supplies: Supplies, release: str) -> Dependency:
    return Dependency(
        module=STANDARD_LIBRARY,
        version=release,
        state=DependencyState.RESOLVED,
        vulnerabilities=supplies.library.get(release, ()),
    )


def _needs(snippet: Snippet, proxy: ModuleProxy | None) -> Iterator[_Need]:
    """Gives the required modules, and those of imports that no requirement covers."""
    required = {one.module: one for one in snippet.requires[:_MOST]}
    used: dict[str, list[tuple[str, Place]]] = {}
    for path, place in islice(_foreign(snippet), _MOST):
        owner = next((one for one in _above(path) if one in required), None)
        module = owner or (proxy and proxy.module_of(path)) or path
        used.setdefault(module, []).append((path, place))
    for one in required.values():
        yield _Need(
            module=one.module,
            version=one.version,
            place=Place(file=GO_MOD, line=one.line),
            packages=tuple(path for path, _ in used.pop(one.module, ())),
            replaced_by=one.replaced_by,
        )
    for module, uses in used.items():
        yield _Need(
            module=module,
            version=proxy.newest(module) if proxy else None,
            place=uses[0][1],
            packages=tuple(dict.fromkeys(path for path, _ in uses)),
        )


def _foreign(snippet: Snippet) -> Iterator[tuple[str, Place]]:
    """Gives the imports of neither the standard library nor the answer's own packages."""
    for file in snippet.files:
        for path, line in import_places(file.text):
            dotted = "." in path.split("/")[0] and not path.startswith(".")
            if dotted and len(path) <= _LETTERS and snippet.module not in _above(path):
                yield path, Place(file=file.name, line=line)


def _above(path: str) -> Iterator[str]:
    """Gives a package's path and those above it, the longest first."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _state(need: _Need, proxy: ModuleProxy | None) -> tuple[DependencyState, str]:
    if proxy is None:
        return DependencyState.UNKNOWN, _NO_FOLDER
    module, version = need.module, need.version
    if need.replaced_by:
        module, _, version = need.replaced_by.partition(" ")
        if not version.strip():
            return DependencyState.UNKNOWN, f"it is replaced by the folder {module[:100]}"
        version = version.strip()
    known = proxy.versions(module)
    if not known:
        return DependencyState.NOT_RESOLVED, "no module of this path is in the folder of modules"
    if version not in known:
        has = ", ".join(known[-_SHOWN:])
        return DependencyState.NOT_RESOLVED, f"version {version} is not there; the folder has {has}"
    missing = [one for one in need.packages if proxy.holds(module, version, one) is False]
    if missing and not need.replaced_by:
        return DependencyState.NOT_RESOLVED, f"{module} {version} has no package {missing[0]}"
    return DependencyState.RESOLVED, ""


def _known(need: _Need, supplies: Supplies) -> tuple[Vulnerability, ...]:
    if supplies.vulnerabilities is None or not need.version or need.replaced_by:
        return ()
    return supplies.vulnerabilities.of(need.module, need.version)


def _unresolved(locator: Locator, need: _Need, why: str) -> Finding:
    return locator.finding(
        need.place,
        tool="deps",
        rule="unresolved_module",
        message=f"{need.module}: {why}",
        severity=Severity.MAJOR,
        grade=Grade.E2,
        cwe=1357,
        stage=StageName.BUILD,
    )


def _vulnerable(locator: Locator, need: _Need, one: Vulnerability) -> Finding:
    mend = f"fixed in {one.fixed}" if one.fixed else "no later version is without it"
    return locator.finding(
        need.place,
        tool="govulncheck",
        rule=one.id,
        message=f"{need.module} {need.version}: {one.summary} ({mend}; whether it is reached is not known)",
        severity=Severity.MINOR,
        grade=Grade.E1,
        cwe=1395,
        stage=StageName.STATIC,
    )
