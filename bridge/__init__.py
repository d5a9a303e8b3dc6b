"""The service between Label Studio, the sandbox and the tracker; nothing imports it."""
