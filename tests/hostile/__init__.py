"""Programs that try to break the sandbox; `programs/` holds them, a folder per threat class."""
