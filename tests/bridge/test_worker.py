"""A worker audits only in a sandbox that has shown that it holds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bridge import worker
from bridge.errors import ConfigError
from sandbox.selftest import SelfCheck


class Spoilt:
    """An auditor whose sandbox lets something through."""

    def selftest(self) -> list[SelfCheck]:
        return [SelfCheck(name="network", ok=False, detail="192.0.2.1:80")]


class Services:
    auditor = Spoilt()


def test_a_sandbox_that_does_not_hold_ends_the_worker() -> None:
    """No job is taken, and the message names what got through."""

    services: Any = Services()

    with pytest.raises(ConfigError, match="network: 192") as caught:
        asyncio.run(worker._audits(None, services, 1))  # type: ignore[arg-type]

    assert caught.value.reason == "sandbox_selftest"


def test_the_other_loop_ends_too() -> None:
    """A worker without audits does not go on with light work."""

    async def story() -> bool:
        light = asyncio.create_task(asyncio.sleep(60))
        audits = asyncio.create_task(worker._audits(None, Services(), 1))  # type: ignore[arg-type]
        audits.add_done_callback(lambda ended: worker._end_together(ended, [audits, light]))
        await asyncio.gather(audits, light, return_exceptions=True)
        return light.cancelled()

    assert asyncio.run(story()) is True
