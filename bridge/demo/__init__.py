"""The whole story on one machine, with a real Label Studio: for a first look and for the tests."""
