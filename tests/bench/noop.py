"""A Flask view that does nothing: what answering costs on this machine at this moment."""

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/healthz")
def healthz() -> object:
    return jsonify(status="up")


@app.post("/webhooks/label-studio")
def receive() -> object:
    return jsonify(result="accepted"), 202
