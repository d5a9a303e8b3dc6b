"""The Jira tracker keeps the contract, against a double that somebody else wrote."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from bridge.demo.jira_double import PROJECT
from bridge.errors import ConfigError
from bridge.settings import Settings, TrackerSettings
from bridge.trackers import OutcomeKind, TicketRef, Tracker, TrackerError
from bridge.trackers.jira import JiraTracker
from tests.bridge.trackers.contract import TrackerContract, make_ticket
from tests.bridge.trackers.fault_proxy import FaultProxy

contract = pytest.mark.contract


def make_tracker(url: str, **changes: Any) -> JiraTracker:
    """A Data Center tracker without credentials."""
    fields = {"kind": "jira", "url": url, "project": PROJECT, "auth": "none"} | changes
    return JiraTracker(TrackerSettings(**fields))


def get(url: str) -> Any:
    """What the double itself shows."""
    return requests.get(url, timeout=10).json()


@contract
class TestJiraTracker(TrackerContract):
    """Through a proxy that forwards everything."""

    @pytest.fixture
    def tracker(self, proxy: FaultProxy, jira_url: str) -> JiraTracker:
        """See TrackerContract."""
        self.url = f"{jira_url}/rest/api/2/issue"
        return make_tracker(proxy.url)

    def links_of(self, tracker: Tracker, ref: TicketRef) -> list[str]:
        """See TrackerContract."""
        return [link["object"]["title"] for link in get(f"{self.url}/{ref.key}/remotelink")]

    def comments_of(self, tracker: Tracker, ref: TicketRef) -> int:
        """See TrackerContract."""
        return len(get(f"{self.url}/{ref.key}/comment")["comments"])

    def test_code_stays_inside_its_block(self, tracker: JiraTracker) -> None:
        """A snippet that holds {code} does not end the block."""
        ref = tracker.create(make_ticket()).ref
        assert ref is not None
        text = get(f"{self.url}/{ref.key}")["fields"]["description"]

        assert text.count("{code}") == 1
        assert "{code:go}" in text

    @pytest.mark.parametrize("fault", ["cut", "502", "503"])
    def test_answer_lost_after_creation_is_uncertain(
        self, tracker: JiraTracker, proxy: FaultProxy, fault: str
    ) -> None:
        """And exactly one request was made: nothing retries underneath."""
        ticket = make_ticket()
        proxy.faults = [fault]

        assert tracker.create(ticket).kind is OutcomeKind.UNCERTAIN
        assert len(tracker.find(ticket.key)) == 1

    def test_refusal_by_rate_limit_is_for_later(
        self, tracker: JiraTracker, proxy: FaultProxy
    ) -> None:
        """Retry-After is handed on."""
        proxy.faults = ["429"]
        outcome = tracker.create(make_ticket())

        assert (outcome.kind, outcome.retry_after_s) == (OutcomeKind.RETRY, 1)

    def test_refused_fields_are_named(self, tracker: JiraTracker, proxy: FaultProxy) -> None:
        """A project that is not there: the double names the field, and so do we."""
        outcome = make_tracker(proxy.url, project="NOPE").create(make_ticket())

        assert (outcome.kind, outcome.reason) == (OutcomeKind.REJECTED, "http_400")
        assert "project" in outcome.message


def test_unreachable_jira_is_for_later() -> None:
    """Nothing was sent, so nothing is uncertain."""
    tracker = make_tracker("http://127.0.0.1:9")

    assert tracker.create(make_ticket()).kind is OutcomeKind.RETRY
    with pytest.raises(TrackerError) as caught:
        tracker.find("0" * 32)
    assert caught.value.retry is True


def test_missing_settings_are_listed() -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigError, match=r"tracker\.url and tracker\.project"):
        JiraTracker.from_settings(Settings(tracker=TrackerSettings(kind="jira")), None)  # type: ignore[arg-type]


def test_secret_is_not_in_the_repr() -> None:
    """Nor in anything else that a traceback shows of it."""
    assert "hunter2" not in repr(make_tracker("http://127.0.0.1:9", token="hunter2"))


def test_cloud_body_holds_adf_and_the_property() -> None:
    """REST v3 refuses a string; the key goes along as proof."""
    tracker = make_tracker("http://127.0.0.1:9", api_version="3")
    ticket = make_ticket()
    body = tracker._issue(ticket)

    assert body["fields"]["description"]["type"] == "doc"
    assert body["fields"]["labels"] == ["gavel-override", f"gavel-{ticket.key}"]
    assert body["properties"] == [{"key": "gavel", "value": ticket.facts}]
