"""The Flask application: doors only. It imports no Label Studio SDK and runs no Go."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from bridge.settings import Settings
from bridge.spool import Spool, spool_folder
from bridge.store import DatabaseError, Engine, health
from bridge.store.engine import create_engine
from bridge.store.inbox import Inbox
from bridge.telemetry import all_metrics
from bridge.web import evidence, webhooks


def create_app(settings: Settings, url: str) -> Flask:
    """Gives the application on the database at `url`, whose tables are there already."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = webhooks.MAX_BODY_BYTES
    engine = create_engine(url, pool_size=10, ping=False)
    app.extensions["gavel.engine"] = engine
    app.extensions["gavel.settings"] = settings
    app.extensions["gavel.door"] = webhooks.Door(
        secrets=_secrets(settings),
        inbox=Inbox(engine),
        spool=Spool(spool_folder(settings.data_dir)),
    )
    app.register_blueprint(webhooks.blueprint)
    app.register_blueprint(evidence.blueprint)
    _add_operations(app, engine)
    return app


def _secrets(settings: Settings) -> tuple[str, ...]:
    """The shared secrets, comma-separated in the setting: two while one is being replaced."""
    given = settings.webhook_secret.get_secret_value().split(",")
    return tuple(secret.strip() for secret in given if secret.strip())


def _add_operations(app: Flask, engine: Engine) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="up")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        try:
            with engine.connect() as conn:
                health.answers(conn)
        except DatabaseError:
            return jsonify(status="no database"), 503
        return jsonify(status="ready"), 200

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(all_metrics(), content_type=CONTENT_TYPE_LATEST)

    @app.get("/")
    def index() -> Any:
        return jsonify(service="gavel", health="/healthz", metrics="/metrics")
