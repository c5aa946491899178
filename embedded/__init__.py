"""A throw-away site that needs no bench: the app's tests and demo on SQLite, in one process. See README.md."""
