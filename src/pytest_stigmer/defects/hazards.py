"""The known hazards of the real system, by number, and the words for the origin of a defect.

A hazard is a place where stigmer b070f18 breaks a promise, or where a mistake lies near. A defect
names the hazard it stands for in its `ORIGIN`; where the real behaviour is the promised one, the
defect is the opposite change ("turned round").
"""

from __future__ import annotations

import re

HAZARDS = {
    "D1": "a push takes over another organisation's skill",
    "D2": "an update wipes organisation, scope and name",
    "D3": "an update wipes labels, annotations and tags",
    "D4": "scopes are not checked",
    "D5": "the scope and the kind of a reference are not read",
    "D6": "one name pushed twice at once makes two skills",
    "D7": "different names share a slug",
    "D8": "names without Latin letters have no slug",
    "D9": "the slug of a reference is not normalised",
    "D10": "a row that does not decode hides its resource",
    "D11": "every error of the store becomes NOT_FOUND",
    "D12": "an update overwrites created_at",
    "D13": "a push archives a version that it then fails to save",
    "D14": "a write that meets a lock is dropped, and nobody is told",
    "D15": "the wall clock decides what is newest, also after it was set back",
    "D16": "archive times have whole seconds",
    "D17": "of several audit records with one hash the oldest is found",
    "D18": "an identical push adds an audit record each time",
    "D19": "tags that read like `latest` or a hash are accepted and never found",
    "D21": "migrated versions have neither tag nor hash",
    "D22": "the migration moves live rows whose ids resemble those of versions",
    "D23": "the migration misreads resource ids that contain a slash",
    "D24": "rows the migration cannot parse stay live",
    "D26": "two processes that create a file at once write the version row twice",
    "D27": "a file of a newer schema is accepted",
    "D29": "archived versions take part in lookups of live records",
    "D30": "deleting a skill drops its history",
    "D31": "artifacts are never removed",
    "D32": "deleting a record leaves its history",
    "D33": "an audit record needs no parent",
    "D34": "a deletion leaves part of the history",
    "D36": "the prefix of a deletion is a pattern",
    "D37": "a foreign key and INSERT OR REPLACE delete the history with every save",
    "D38": "any file can be fetched as an artifact",
    "D40": "error texts show absolute paths",
    "D41": "an error is classified by the words in its text",
    "D42": "a damaged artifact is served as if it were whole",
    "D43": "the limits of messages and archives contradict each other",
    "D44": "clients with default limits cannot fetch what was pushed",
    "D47": "a SKILL.md that is not UTF-8 is an internal error",
    "D48": "a symbolic link is accepted as SKILL.md",
    "D52": "a failed push leaves its artifact",
    "D53": "every push and reference reads all skills",
    "D54": "the database file is readable by everybody",
    "D55": "a storage folder of the wrong type gives the system's words",
    "D56": "pragmas hold on one connection of a pool",
    "D57": "the paths `:memory:` and '' give every connection a database of its own",
    "D58": "a path with a question mark opens another file",
    "D59": "the default database path was a folder in earlier releases",
    "D60": "the standalone server starts itself again",
    "D61": "there is no authorisation",
    "D62": "every change is made by `system`",
    "D63": "ids drawn within one millisecond do not grow",
    "D64": "no message is told apart from an empty one only by a constraint",
    "D65": "the agent runner mixes two versions of one skill",
    "D66": "the agent runner trusts a version hash as a path",
    "D67": "the agent runner leaves stale files in a version's folder",
    "D68": "the command line pushes `.` as a name",
    "D70": "a tag can never be withdrawn",
}

_NUMBER = re.compile(r"\bD\d+\b")


def hazards_of(origin: str) -> tuple[str, ...]:
    """Return the numbers of the hazards that an origin names."""
    return tuple(dict.fromkeys(_NUMBER.findall(origin)))


def explained(origin: str) -> str:
    """Return an origin followed by what the hazards in it are."""
    texts = [f"{number}: {HAZARDS[number]}" for number in hazards_of(origin) if number in HAZARDS]
    return f"{origin} ({'; '.join(texts)})" if texts else origin
