"""Structured logs with the event's context, and the metrics."""

from __future__ import annotations

import logging
import os
import sys

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

DELIVERIES = Counter(
    "gavel_deliveries_total", "Webhook deliveries by what became of them", ["result"]
)
EVENTS = Counter("gavel_events_total", "Events worked on", ["action", "result"])
AUDITS = Counter("gavel_audits_total", "Audits by verdict", ["verdict"])
AUDIT_SECONDS = Histogram(
    "gavel_audit_seconds", "Wall time of an audit", buckets=(0.25, 0.5, 1, 2, 4, 8, 16, 32)
)
RECONCILED = Counter(
    "gavel_never_delivered_total", "Tasks with something that Label Studio never told us"
)
PUBLISHED = Counter("gavel_predictions_total", "Predictions by what became of them", ["result"])


def all_metrics() -> bytes:
    """The metrics of web and worker on this machine, which share PROMETHEUS_MULTIPROC_DIR."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def configure_logging(*, json: bool = False, level: int = logging.INFO) -> None:
    """Sends log lines to stderr, as JSON or for people."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
