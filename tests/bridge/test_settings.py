"""Settings: every fault at once, the environment over the file, and no secret in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import ConfigError
from bridge.settings import ENVIRONMENT, load_settings

SECRET = "do-not-show-me"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "gavel.yaml"


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first look needs no configuration."""
    monkeypatch.chdir(tmp_path)

    assert load_settings(environ={}).tracker.kind == "local"


def test_the_environment_wins_over_the_file(config: Path) -> None:
    """A secret in the environment replaces the one in a file."""
    config.write_text("label_studio: {url: http://a, token: old}\n")
    settings = load_settings(config, {"GAVEL_LABEL_STUDIO_TOKEN": "new"})

    assert (settings.label_studio.url, settings.label_studio.token.get_secret_value()) == (
        "http://a",
        "new",
    )


def test_every_fault_is_listed_at_once(config: Path) -> None:
    """Nobody mends a file one error at a time."""
    config.write_text("port: many\ntypo: 1\nprojects: [{id: x, mode: loud}]\n")

    with pytest.raises(ConfigError) as caught:
        load_settings(config, {})
    for place in ("port", "typo", "projects.0.id", "projects.0.mode"):
        assert place in str(caught.value)


def test_a_fault_never_shows_the_value(config: Path) -> None:
    """The value may be a secret."""
    config.write_text(f"webhook_secret: [{SECRET}]\n")

    with pytest.raises(ConfigError) as caught:
        load_settings(config, {})
    assert SECRET not in str(caught.value)


def test_secrets_are_not_in_the_repr(config: Path) -> None:
    """Settings end up in logs and tracebacks."""
    settings = load_settings(
        config if config.exists() else None,
        {name: SECRET for name in ENVIRONMENT if "TOKEN" in name or "SECRET" in name},
    )

    assert SECRET not in repr(settings)


def test_a_named_file_that_is_missing_is_an_error(config: Path) -> None:
    """Silence would start the service with defaults."""
    with pytest.raises(ConfigError, match="no configuration"):
        load_settings(config, {})


def test_a_file_that_is_no_yaml_is_an_error(config: Path) -> None:
    """With the parser's own words about the place."""
    config.write_text("a: [\n")

    with pytest.raises(ConfigError, match="not YAML"):
        load_settings(config, {})


def test_folders_are_named_from_the_place_of_the_file(config: Path) -> None:
    """A service may be started anywhere."""
    config.write_text(
        "sandbox: {module_proxy: modules, vulnerability_db: /db, toolchains: [go1.26]}\n"
    )

    sandbox = load_settings(config, {}).sandbox

    assert (sandbox.module_proxy, sandbox.vulnerability_db, sandbox.toolchains) == (
        config.parent / "modules",
        Path("/db"),
        (config.parent / "go1.26",),
    )


def test_files_of_a_project_are_named_from_the_place_of_the_file(config: Path) -> None:
    """Rubric and calibration belong together, and lie beside gavel.yaml."""
    config.write_text("projects: [{id: 1, rubric: r.yaml, calibration: c.json}, {id: 2}]\n")
    first, second = load_settings(config, {}).projects

    assert (first.rubric, first.calibration) == (
        config.parent / "r.yaml",
        config.parent / "c.json",
    )
    assert (second.rubric, second.calibration) == (None, None)
