"""The known hazards of the real system, by number, and why some of them have no defect.

A hazard is a place where stigmer b070f18 breaks a promise, or where a mistake lies near. A defect
names the hazard it stands for in its `ORIGIN`; where the real behaviour is the promised one, the
defect is the opposite change ("turned round").
"""

from __future__ import annotations

STORE = {
    "D10": "a row that does not decode hides its resource",
    "D11": "every error of the store becomes NOT_FOUND",
    "D14": "a write that meets a lock is dropped, and nobody is told",
    "D15": "the wall clock decides what is newest, also after it was set back",
    "D16": "archive times have whole seconds",
    "D17": "of several snapshots with one hash the oldest is found",
    "D18": "an identical push adds a snapshot each time",
    "D21": "migrated versions have neither tag nor hash",
    "D22": "the migration moves live rows whose ids resemble those of versions",
    "D23": "the migration misreads resource ids that contain a slash",
    "D24": "rows the migration cannot parse stay live",
    "D26": "two processes that create a file at once write the version row twice",
    "D27": "a file of a newer schema is accepted",
    "D29": "archived versions take part in lookups of live records",
    "D32": "deleting a record leaves its history",
    "D33": "a snapshot needs no parent",
    "D34": "a deletion leaves part of the history",
    "D36": "the prefix of a deletion is a pattern",
    "D37": "a foreign key and INSERT OR REPLACE delete the history with every save",
    "D63": "ids drawn within one millisecond do not grow",
    "D64": "no message is told apart from an empty one only by a constraint",
    "D70": "a tag can never be withdrawn",
}
"""Hazards that the verbs of the store show."""

API = {
    "D1": "a push takes over another organisation's skill",
    "D2": "an update wipes organisation, scope and name",
    "D3": "an update wipes labels, annotations and tags",
    "D4": "scopes are not checked",
    "D5": "the scope and the kind of a reference are not read",
    "D6": "one name pushed twice at once makes two skills",
    "D7": "different names share a slug",
    "D8": "names without Latin letters have no slug",
    "D9": "the slug of a reference is not normalised",
    "D12": "an update overwrites created_at",
    "D13": "a push archives a version that it then fails to save",
    "D19": "tags that read like `latest` or a hash are accepted and never found",
    "D30": "deleting a skill drops its history",
    "D31": "artifacts are never removed",
    "D38": "any file can be fetched as an artifact",
    "D40": "error texts show absolute paths",
    "D41": "an error is classified by the words in its text",
    "D42": "a damaged artifact is served as if it were whole",
    "D43": "the limits of messages and archives contradict each other",
    "D44": "clients with default limits cannot fetch what was pushed",
    "D47": "a SKILL.md that is not UTF-8 is an internal error",
    "D48": "a symbolic link is accepted as SKILL.md",
    "D52": "a failed push leaves its artifact",
    "D55": "a storage folder of the wrong type gives the system's words",
}
"""Hazards that the verbs of the skill API show."""

ELSEWHERE = {
    "D53": "every push and reference reads all skills",
    "D54": "the database file is readable by everybody",
    "D56": "pragmas hold on one connection of a pool",
    "D57": "the paths `:memory:` and '' give every connection a database of its own",
    "D58": "a path with a question mark opens another file",
    "D59": "the default database path was a folder in earlier releases",
    "D60": "the standalone server starts itself again",
    "D61": "there is no authorisation",
    "D62": "every change is made by `system`",
    "D65": "the agent runner mixes two versions of one skill",
    "D66": "the agent runner trusts a version hash as a path",
    "D67": "the agent runner leaves stale files in a version's folder",
    "D68": "the command line pushes `.` as a name",
}
"""Hazards that no verb of store or API shows."""

WITHOUT_DEFECT = {
    "D6": "it takes two pushes at once; tests/skills/test_skill_atomic_pushes.py makes them",
    "D26": "it takes two processes; tests/store/test_store_processes.py opens one file from many",
    "D41": "a scenario does not choose the storage folder, whose name the words would come from",
    "D44": "the limit is a client's own; the clients of this package have the server's",
    "D54": "a caller sees no file modes; tests/store holds them",
    "D55": "only the words of the failure differ; the defect for D40 holds them",
    "D56": "the reference has one connection; scenarios/README.md tells what a pool would do",
    "D57": "such paths are refused before any verb; tests/store/test_store_paths.py holds it",
    "D58": "a scenario names no path; tests/store/test_store_paths.py opens one with a `?`",
    "D59": "there is no default path here",
    "D60": "it is the start of another program",
    "D61": "the reference promises no authorisation either",
    "D62": "the reference promises the same actor",
    "D65": "it is another program; the API's answers are right",
    "D66": "it is another program; the API's answers are right",
    "D67": "it is another program; the API's answers are right",
    "D68": "it is another program; the API refuses the empty slug",
}
"""Why a hazard has no defect."""
