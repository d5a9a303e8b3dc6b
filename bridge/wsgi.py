"""The application for a WSGI server; its settings come from the environment and gavel.yaml."""

from bridge.app import create_app
from bridge.settings import load_settings

settings = load_settings()
app = create_app(settings, settings.database_url)
