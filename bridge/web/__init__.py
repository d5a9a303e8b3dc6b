"""The HTTP doors: webhook, evidence, health."""
