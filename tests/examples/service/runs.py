"""A service's own table: which version of a skill each run used."""

import sqlite3

NEWEST = "SELECT version_hash FROM runs WHERE skill = ? ORDER BY number DESC LIMIT 1"


class Runs:
    """Keeps the runs of skills in a table of its own, over a registry's query stub."""

    def __init__(self, path, query, reference_class):
        self._query = query
        self._reference_class = reference_class
        self._database = sqlite3.connect(path)
        self._database.execute(
            "CREATE TABLE runs (number INTEGER PRIMARY KEY, skill TEXT, version_hash TEXT,"
            " ran_at TEXT DEFAULT (datetime('now')))"
        )

    def start(self, slug, version="latest"):
        """Note a run of the version that the registry names."""
        skill = self._query.getByReference(self._reference_class(slug=slug, version=version))
        with self._database:
            self._database.execute(
                "INSERT INTO runs (skill, version_hash) VALUES (?, ?)",
                (slug, skill.status.version_hash),
            )

    def newest(self, slug):
        """Return the version hash of the last run."""
        return self._database.execute(NEWEST, (slug,)).fetchone()[0]

    def times(self):
        """Return when each run was, oldest first."""
        rows = self._database.execute("SELECT ran_at FROM runs ORDER BY number")
        return [instant for (instant,) in rows]

    def close(self):
        """Close the table."""
        self._database.close()
