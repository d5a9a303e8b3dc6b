"""The spool keeps bodies whole and in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.spool import Spool


def test_bodies_come_back_in_the_order_they_went_in(tmp_path: Path) -> None:
    """Order matters where the database must guess at time."""
    spool, kept = Spool(tmp_path / "spool"), []
    for body in (b"1", b"2", b"3"):
        spool.put(body)

    assert (spool.drain(kept.append), kept, spool.waiting()) == (3, [b"1", b"2", b"3"], [])


def test_a_body_that_could_not_be_handed_over_stays(tmp_path: Path) -> None:
    """The database may go away again in the middle."""
    spool = Spool(tmp_path)
    spool.put(b"1")

    def fail(body: bytes) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        spool.drain(fail)

    assert len(spool.waiting()) == 1


def test_an_empty_spool_needs_no_folder(tmp_path: Path) -> None:
    """Asking what waits makes nothing."""
    assert Spool(tmp_path / "none").waiting() == []


def test_a_half_written_file_is_not_seen(tmp_path: Path) -> None:
    """A kill while writing leaves a .part, which is nobody's delivery."""
    (tmp_path / "0-x.part").write_bytes(b"{")

    assert Spool(tmp_path).waiting() == []
