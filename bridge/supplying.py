"""Makes ready what the settings add to audits beside the installed toolchain."""

from __future__ import annotations

from bridge.settings import SandboxSettings
from sandbox.backends import SandboxFault
from sandbox.module_proxy import ModuleProxy
from sandbox.supplies import Supplies
from sandbox.toolchain import Toolchain, version_of
from sandbox.toolchain_build import Progress
from sandbox.toolchain_further import prepare_further
from sandbox.vulnerabilities import VulnerabilityDatabase


def make_supplies(
    settings: SandboxSettings, toolchain: Toolchain, progress: Progress = lambda _: None
) -> Supplies:
    """Gives the supplies; a further Go release is prepared at its first use, which takes minutes.

    Raises:
        SandboxFault: When a folder is not what it should be.
    """
    further = tuple(prepare_further(toolchain, one, progress) for one in settings.toolchains)
    advisories = _advisories(settings)
    releases = {one.version for one in (toolchain, *further)}
    return Supplies(
        toolchains=further,
        modules=_modules(settings),
        vulnerabilities=advisories,
        library={one: advisories.of_release(one) for one in releases} if advisories else {},
    )


def supplies_name(settings: SandboxSettings) -> str:
    """Names what of the supplies decides an audit's outcome; empty where there is nothing."""
    # A folder that is not there yet fails when audits are made ready, with its reason.
    further = [one for one in settings.toolchains if (one / "VERSION").is_file()]
    names = sorted(version_of(one) for one in further)
    names += [f"modules {settings.module_proxy}"] if settings.module_proxy else []
    if settings.vulnerability_db:
        names.append(
            f"vulnerabilities {VulnerabilityDatabase(folder=settings.vulnerability_db).modified}"
        )
    return " ".join(names)


def _modules(settings: SandboxSettings) -> ModuleProxy | None:
    folder = settings.module_proxy
    if folder is None:
        return None
    if not folder.is_dir():
        raise SandboxFault(
            "module_proxy", f"there is no folder of modules at {folder}", retry=False
        )
    return ModuleProxy(folder=folder)


def _advisories(settings: SandboxSettings) -> VulnerabilityDatabase | None:
    if settings.vulnerability_db is None:
        return None
    database = VulnerabilityDatabase(folder=settings.vulnerability_db)
    database.check()
    return database
