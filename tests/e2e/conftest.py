"""One real Label Studio and one browser serve the whole suite; each test makes its own project."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.demo import browser as browsers
from bridge.demo import stack as stacks
from bridge.demo.stack import Stack
from tests.conftest import shared_root

ARTEFACTS = Path(__file__).parents[2] / "artifacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStudioAccess:
    """How a test reaches the server."""

    url: str
    token: str
    admin_email: str
    admin_password: str


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Label Studio and the database; our own services start when a test configures them."""
    folder = shared_root() / "tests-e2e"
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with stacks.running(folder, lambda _message: None) as started:
            known = started.state
            if not known.members_added:
                started.server.add_member(known.annotator)
                started.server.add_member(known.reviewer)
                known.members_added = True
                stacks.state.save(folder, known)
            yield started


@pytest.fixture(scope="session")
def label_studio(stack: Stack) -> LabelStudioAccess:
    """The server with its admin."""
    return LabelStudioAccess(
        url=stack.server.url,
        token=stack.state.admin_token,
        admin_email=stack.state.admin.email,
        admin_password=stack.state.admin.password,
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Playwright Browser."""
    with browsers.browser() as opened:
        yield opened


@pytest.fixture
def keep() -> Callable[[Any, str], Path]:
    """Takes a screenshot and keeps it among the test's artefacts."""

    def shoot(page: Any, name: str) -> Path:
        ARTEFACTS.mkdir(exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        page.screenshot(path=str(path))
        return path

    return shoot
