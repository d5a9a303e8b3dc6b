"""The `gavel` command: one file per subcommand."""
