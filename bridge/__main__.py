"""`python -m bridge` is the `gavel` command."""

from bridge.cli import main

main()
