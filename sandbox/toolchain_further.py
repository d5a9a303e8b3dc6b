"""Prepares a further Go release beside the installed one: its own library, with our programs as they are.

The helper and the analyzer are those of the installed release, since they need not be built again to read
an older one's library; only what is linked into programs is compiled by the further release itself.
"""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.backends import SandboxFault
from sandbox.toolchain import (
    HELPER_SOURCES,
    Toolchain,
    build_once,
    digest,
    sources_of,
    version_of,
)
from sandbox.toolchain_build import (
    ANALYZER,
    MANIFEST,
    VET_FOLDER,
    Progress,
    build_helper,
    build_library,
)
from sandbox.toolchain_vet import build_vet


def prepare_further(
    main: Toolchain, goroot: Path, progress: Progress = lambda _: None
) -> Toolchain:
    """Gives the release in `goroot`, building its folders once.

    Args:
        main: The installed toolchain, already prepared; the further one is kept beside it.
        goroot: A whole Go release, with its compiler and linker.
        progress: Told in a few words what is going on.

    Raises:
        SandboxFault: When there is no such release, it is newer than the installed one, or it can't build.
    """
    version = _checked(main, goroot)
    if version == main.version:
        return main
    home = main.library.parent
    library = home / f"{version}-{digest(version)}"
    build_once(library, lambda: build_library(goroot, library, progress))
    sources = digest(f"{main.version} {version}", *sources_of(HELPER_SOURCES))
    own = home / f"{library.name}-helper-{sources}"
    build_once(
        own,
        lambda: build_helper(goroot, HELPER_SOURCES, library, own, progress, helper=main.helper),
    )
    manifest = json.loads((library / MANIFEST).read_text())
    vet = _vet(main, goroot, library, progress)
    return Toolchain(
        version=version,
        goroot=goroot,
        library=library,
        own=own,
        race_missing=manifest["race_missing"],
        race_libraries=tuple(manifest["race_libraries"]),
        vet=vet,
        vet_missing=main.vet_missing,
        blind=tuple(json.loads((vet / MANIFEST).read_text())["blind"]) if vet else (),
    )


def _checked(main: Toolchain, goroot: Path) -> str:
    if not (goroot / "bin" / "go").is_file() or not (goroot / "pkg" / "tool").is_dir():
        raise SandboxFault(
            "no_toolchain", f"{goroot}: expected a Go release with bin/go and pkg/tool", retry=False
        )
    version = version_of(goroot)
    language = tuple(int(part) for part in version.removeprefix("go").split(".")[:2])
    if language > main.language:
        raise SandboxFault(
            "no_toolchain",
            f"{goroot} is {version}: our programs read releases up to {main.version}",
            retry=False,
        )
    return version


def _vet(main: Toolchain, goroot: Path, library: Path, progress: Progress) -> Path | None:
    if main.vet is None:
        return None
    vet = main.vet
    sources = HELPER_SOURCES / VET_FOLDER
    own = library.with_name(f"{library.name}-vet-{digest(main.version, *sources_of(sources))}")
    build_once(
        own, lambda: build_vet(goroot, sources, library, own, progress, analyzer=vet / ANALYZER)
    )
    return own
