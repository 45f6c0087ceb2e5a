"""One witness per fault of the second batch: the contract's answer on the reference, another under the fault.

python tests/unseen/second_batch/witnesses.py [-v] [ID...]     (pytest-stigmer installed; no pytest, no scenario)
"""
from __future__ import annotations

import datetime as dt
import importlib.util
import sqlite3
import sys
import threading
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
_spec = importlib.util.spec_from_file_location("first_witnesses", HERE.parent / "witnesses.py")
first = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(first)

Bench, archive, code, damaged_at, noise, pack, says, spoil = (
    getattr(first, name) for name in "Bench archive code damaged_at noise pack says spoil".split()
)
name_of = first.audit_code
KEY = first.legacy_key
WITNESSES = {}


def w(expected):
    def add(function):
        assert function.__name__ not in WITNESSES, function.__name__
        WITNESSES[function.__name__] = expected, function
        return function
    return add


def names(t, kind, rows=None):
    rows = t.s.list_resources(kind) if rows is None else rows
    return [t.g.Skill.FromString(d).metadata.name for d in rows]


def undo(t, *acts):
    """Do this in a unit that is then undone."""
    try:
        with t.s.transaction():
            for act in acts: act()
            raise KeyError
    except KeyError: pass


def fill(t, n, kind="agent", resource="x", tag="", **kw):
    with t.s.transaction():
        for i in range(n): t.s.save_audit(kind, resource, t.m(str(i)), tag=tag, **kw)


def stamp(skill, half="spec_audit"):
    return getattr(skill.status.audit, half)


def archived(t): return t.column("SELECT archived_at FROM resource_audit ORDER BY id DESC LIMIT 1")[0]


def newer(t, made):
    """Add a field that this generation does not know, as a newer server writes it, to all rows of a skill."""
    t.s.execute("UPDATE resources SET data = :d WHERE id = :i", {"d": made.SerializeToString() + b"\xc0\x3e\x01", "i": made.metadata.id})
    t.s.execute("UPDATE resource_audit SET data = :d WHERE resource_id = :i", {"d": made.SerializeToString() + b"\xc0\x3e\x01", "i": made.metadata.id})


# artifacts
@w("ok")
def written_hashes_are_remembered(t):
    made = t.push(); t.file(made).unlink(); t.push()
    return code(t.art, made)

@w("ok")
def artifacts_of_whole_blocks_lose_one(t):
    size = len(pack("x", ("f", b"")))
    data = pack("x", ("f", noise(2 * 65536 - size)))
    assert len(data) == 131072
    return code(t.art, t.push(data=data))

@w("ok")
def deletion_collects_old_contents(t):
    old = t.push(); t.delete(t.push(text="two").metadata.id)
    return code(t.art, old)

@w("ok")
def failed_push_collects_what_nobody_names(t):
    old = t.push(); t.delete(old.metadata.id); t.fail_saves(); code(t.push, "Other")
    return code(t.art, old)

@w(0o600)
def artifacts_pushed_again_are_open_to_all(t): t.push(); return t.file(t.push("Other")).stat().st_mode & 0o777

@w("INVALID_ARGUMENT")
def files_over_a_mebibyte_are_trusted(t): return code(t.push, data=damaged_at(pack("x", ("f", noise(2**20 + 1))), "f"))

@w("INVALID_ARGUMENT")
def aliases_are_compared_in_lower_case(t): return code(t.push, data=pack("x", ("\u017fKILL.md", "y")))

@w("INVALID_ARGUMENT")
def composed_names_are_no_duplicates(t): return code(t.push, data=pack("x", ("caf\u00e9", "y"), ("cafe\u0301", "z")))

@w("NOT_FOUND")
def keys_ignore_case(t):
    digest = t.push().status.version_hash
    return code(t.art, f"skills/{digest.upper()}.zip")


# cache
@w("DATA_LOSS")
def verified_keys_are_remembered(t):
    made = t.push(); t.art(made); spoil(t.file(made))
    return code(t.art, made)

@w("two")
def missing_tags_are_remembered(t):
    t.push(); t.text("v2"); t.push(text="two", tag="v2", on=t.b); t.push(text="three", on=t.b)
    return t.text("v2")

@w("ok")
def prefix_deletions_leave_the_index(t):
    t.push(); t.s.delete_resources_by_id_prefix("skill", "skl-")
    return code(t.push)

@w(["a", "b"])
def hash_lookups_are_remembered_by_slug(t):
    made = [t.push(org=o) for o in "ab"]
    for o in "ab": t.push(text="two", org=o)
    return [t.ref(made[0].status.version_hash, org=o).metadata.org for o in "ab"]

@w("ok")
def inner_rollbacks_leave_the_index(t):
    t.push("Other")
    with t.s.transaction():
        undo(t, t.push)
        return code(t.push)

@w(["second"])
def listing_is_kept_while_count_and_time_stay(t):
    t.s.save_resource("agent", "x", t.m("first")); t.s.list_resources("agent"); t.s.save_resource("agent", "x", t.m("second"))
    return names(t, "agent")

@w(["second"])
def history_is_kept_while_its_newest_stays(t):
    undo(t, lambda: t.s.save_audit("agent", "x", t.m("first")), lambda: t.s.list_audit_history("agent", "x"))
    t.s.save_audit("agent", "x", t.m("second"))
    return names(t, "", t.s.list_audit_history("agent", "x"))

@w("first")
def undone_saves_are_remembered(t):
    t.s.save_resource("agent", "x", t.m("first")); undo(t, lambda: t.s.save_resource("agent", "x", t.m("second")))
    return t.s.get_resource("agent", "x", t.g.Skill).metadata.name

@w(["NOT_FOUND", "two"])
def index_is_kept_while_count_and_time_stay(t):
    made = t.push(); t.text(); t.delete(made.metadata.id, on=t.b); t.push("Other", text="two", on=t.b)
    return [t.text(), t.text(slug="other")]


# concurrency
@w(2)
def history_is_read_from_a_kept_snapshot(t):
    made = t.push(); t.history(made.metadata.id); t.push(text="two", on=t.b)
    return len(t.history(made.metadata.id))

@w("ok")
def lock_wait_is_lost_with_the_first_error(t):
    t.s.execute("CREATE TRIGGER no BEFORE INSERT ON resources WHEN new.id = 'bad' BEGIN SELECT raise(ABORT, 'no'); END")
    code(t.s.save_resource, "agent", "bad", t.m())
    other = sqlite3.connect(t.a.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, other.execute, ["COMMIT"]); timer.start()
    try: return code(t.s.save_resource, "agent", "x", t.m())
    finally: timer.join(); other.close()

@w({"k": "x"})
def labels_are_read_before_the_lock(t):
    made, begin, once = t.push(), t.s.transaction, []
    t.b
    def late():
        if not once:
            once.append(1); made.metadata.labels["k"] = "x"
            t.b.store.save_resource("skill", made.metadata.id, made)
        return begin()
    t.s.transaction = late
    return dict(t.push(text="two").metadata.labels)

@w("ok")
def reader_cannot_push_after_a_foreign_write(t):
    t.push(); t.text(); t.push(text="two", on=t.b)
    return code(t.push, text="three")

@w("ok")
def stores_of_one_path_share_a_connection(t):
    t.push(); t.text(on=t.b); t.b.close()
    return code(t.ref)

@w(["x"])
def missing_record_undoes_the_unit(t):
    def unit():
        with t.s.transaction():
            t.s.save_resource("agent", "x", t.m("x")); code(t.s.get_resource, "agent", "y", t.g.Skill)
    code(unit)
    return names(t, "agent")

@w([])
def reading_history_commits_the_unit(t):
    undo(t, lambda: t.s.save_resource("agent", "x", t.m("x")), lambda: t.s.list_audit_history("agent", "x"))
    return names(t, "agent")

@w("ok")
def audit_ids_are_counted_in_memory(t): t.push(); t.push(text="two", on=t.b); return code(t.push, text="three")


# deletion
@w(False)
def pushing_deleted_content_revives_it(t):
    made = t.push(); t.delete(made.metadata.id)
    return t.push().metadata.id == made.metadata.id

@w((600, 0))
def pages_of_a_deletion_skip_what_moved_up(t):
    fill(t, 600)
    return t.s.delete_audit_by_resource_id("agent", "x"), len(t.s.list_audit_history("agent", "x"))

@w(130)
def deletion_counts_its_last_batch(t): fill(t, 130); return t.s.delete_audit_by_resource_id("agent", "x")

@w(True)
def deletion_forgets_the_slug_everywhere(t):
    a, b = (t.push(org=o) for o in "ab")
    t.delete(a.metadata.id)
    return t.push(org="b").metadata.id == b.metadata.id

@w("b")
def deleted_double_hides_the_other(t):
    for i in "ab": t.s.save_resource("skill", f"skl-{i}", t.m(i, id=f"skl-{i}", slug="calc"))
    t.text(); t.delete("skl-a")
    try: return t.ref().metadata.name
    except Exception as e: return str(e)

@w(2)
def prefix_ends_before_rare_characters(t):
    for i in ("a/x", "a/\U0001f600"): t.s.save_resource("agent", i, t.m())
    return t.s.delete_resources_by_id_prefix("agent", "a/")

@w(["x "])
def deletion_ignores_trailing_blanks(t):
    for i in ("x", "x "): t.s.save_resource("agent", i, t.m(i))
    t.s.delete_resource("agent", "x")
    return names(t, "agent")

@w(True)
def deletion_answers_what_it_knows(t):
    made = t.push(); newer(t, made)
    return t.a.endpoint.call("delete", t.g.SkillId(value=made.metadata.id).SerializeToString()).endswith(b"\xc0\x3e\x01")

@w([])
def without_history_nothing_is_deleted(t):
    made = t.push(); t.s.delete_audit_by_resource_id("skill", made.metadata.id); code(t.delete, made.metadata.id)
    return t.s.list_resources("skill")


# errors
@w("StoreClosed")
def closed_store_has_no_history(t): t.s.close(); return name_of(t.s.list_audit_history, "agent", "x")

def spoil_version(t, tag): t.s.execute("UPDATE resource_audit SET data = x'ffff' WHERE tag = :t", {"t": tag})

@w(["DATA_LOSS", "DATA_LOSS"])
def undecodable_version_is_missing(t):
    digest = t.push(tag="v1").status.version_hash; t.push(text="two"); spoil_version(t, "v1")
    return [code(t.ref, "v1"), code(t.ref, digest)]

@w("DATA_LOSS")
def damaged_version_is_passed_over(t):
    t.push(tag="s"); t.push(text="two", tag="s"); t.push(text="three")
    t.s.execute("UPDATE resource_audit SET data = x'ffff' WHERE id = 2")
    return code(t.ref, "s")

@w("NOT_FOUND")
def damage_is_remembered_after_repair(t):
    made = t.push(); t.damage(made.metadata.id); code(t.ref, slug="other"); t.s.save_resource("skill", made.metadata.id, made)
    return code(t.ref, slug="other")

def bad(t): return says(t.push, name="", tag="a b", data=b"", scope=9)

@w(["name", "scope", "artifact", "tag"])
def violations_are_sorted_by_text(t): return [line.partition(":")[0] for line in bad(t).split("\n - ")[1:]]

@w(5)
def violations_end_after_two(t): return len(bad(t).split("\n - "))

@w("DATA_LOSS")
def damaged_skill_is_not_found_in_deletion(t): made = t.push(); t.damage(made.metadata.id); return code(t.delete, made.metadata.id)

@w("INTERNAL")
def folder_for_an_artifact_is_not_found(t):
    made = t.push(); t.file(made).unlink(); t.file(made).mkdir()
    return code(t.art, made)

@w("one")
def misses_open_the_breaker(t):
    t.push()
    for _ in range(5): code(t.get, "skl-none")
    return t.text()

@w(True)
def hashes_in_errors_are_shortened(t): t.push(); return f"skill version not found: calc:{'a' * 64}" in says(t.ref, "a" * 64)


# identity
def slug(name): return lambda t: t.push(name).metadata.slug

for _name, _given, _slug in (
    ("names_are_casefolded", "Straße 1", "strae-1"), ("hyphens_are_paired_once", "a   b", "a-b"),
    ("ends_are_trimmed_too_early", "! calc", "calc"), ("digits_of_all_scripts_stay", "calc ٣x", "calc-x"),
):
    WITNESSES[_name] = _slug, slug(_given)

@w(False)
def blank_organisation_is_none(t): return t.push().metadata.id == t.push(org=" ").metadata.id

@w(2)
def scope_is_set_once(t): t.push(org="o", scope=2); made = t.ref(org="o"); made.metadata.owner_scope = 1; t.s.save_resource("skill", made.metadata.id, made); return t.push(org="o", scope=2).metadata.owner_scope

@w(2)
def organisations_are_composed(t): return len({t.push(org=o).metadata.id for o in ("caf\u00e9", "cafe\u0301")})

@w("NOT_FOUND")
def first_answer_hides_ambiguity(t): t.push(org="a"); t.text(); t.push(org="b"); return t.text()


# limits
@w(2)
def organisations_end_after_64_characters(t): return len({t.push(org="o" * 64 + i).metadata.id for i in "ab"})

@w("one")
def archived_tags_end_after_128_characters(t): t.push(tag="v" * 130); t.push(text="two"); return t.text("v" * 130)

@w(250)
def pages_of_a_history_lose_their_seam(t): fill(t, 250); return len(t.s.list_audit_history("agent", "x"))

@w(300)
def names_end_after_255_characters(t): return len(t.push("x" * 300).metadata.name)

@w("ok")
def stored_instructions_of_a_mebibyte_are_refused(t): return code(t.push, text="x" * 2**20)

@w(6)
def listing_ends_after_four_mebibytes(t):
    for i in range(6): t.s.save_resource("agent", str(i), t.m("x" * 2**20))
    return len(t.s.list_resources("agent"))

@w(501)
def prefix_deletion_ends_at_five_hundred(t):
    with t.s.transaction():
        for i in range(501): t.s.save_resource("agent", f"a{i}", t.m())
    return t.s.delete_resources_by_id_prefix("agent", "a")

@w(70)
def labels_end_after_64(t):
    t.seeded(labels={f"k{i}": "x" for i in range(70)})
    return len(t.push(text="two").metadata.labels)

@w("ok")
def organisation_holds_a_hundred_skills(t):
    with t.s.transaction():
        for i in range(100): t.s.save_resource("skill", f"s{i}", t.m(org="o", slug=f"s{i}", id=f"s{i}"))
    return code(t.push, org="o")


# migration
@w((257, 0))
def last_incomplete_batch_stays_live(t):
    t.legacy(*[("skill", KEY("s", 10**18 + i), t.old()) for i in range(257)])
    return len(t.s.list_audit_history("skill", "s")), len(t.s.list_resources("skill"))

@w("new")
def leading_zeros_make_instants_late(t):
    t.legacy(("skill", "skill_audit/s/00999", t.old("old")), ("skill", KEY("s", 1000), t.old("new")))
    return t.history("s")[0].spec.skill_md

@w("new")
def versions_move_by_the_dates_of_their_rows(t):
    t.legacy(("skill", KEY("s", 1000), t.old("old"), "2025-02-02 00:00:00"), ("skill", KEY("s", 2000), t.old("new"), "2025-01-01 00:00:00"))
    return t.history("s")[0].spec.skill_md

@w("new")
def moved_tag_stays_with_its_first_version(t):
    t.legacy(("skill", KEY("s", 1000), t.old("old", tag="v")), ("skill", KEY("s", 2000), t.old("new", tag="v")))
    return t.s.get_audit_by_tag("skill", "s", "v", t.g.Skill).spec.skill_md

@w(["v"])
def unready_versions_lose_their_names(t): t.legacy(("skill", KEY("s", 17), t.old(tag="v"))); return t.column("SELECT tag FROM resource_audit")

@w(["a_audit/b"])
def inner_word_cuts_the_id(t): t.legacy(("skill", KEY("a_audit/b", 17), t.old())); return t.column("SELECT resource_id FROM resource_audit")

@w(["skill_audit/s/17\n"])
def line_break_may_follow_the_instant(t): t.legacy(("skill", "skill_audit/s/17\n", t.old())); return t.column("SELECT id FROM resources")

@w(1)
def every_start_moves_again(t):
    t.s.save_resource("skill", KEY("s", 17), t.m()); t.a.reopen()
    return len(t.s.list_resources("skill"))

@w(["some day"])
def odd_date_stops_the_upgrade(t): t.legacy(("skill", KEY("s", 17), t.old(), "some day")); return t.column("SELECT archived_at FROM resource_audit")

@w(1)
def foreign_bytes_stop_the_upgrade(t):
    t.legacy(("skill", KEY("s", 17), t.old()))
    t.s.close(); t.open.clear()
    t.path.unlink()
    t.path.write_bytes(first.legacy_database([first.ResourceRow("skill", KEY("s", 17), t.old())], clock=t.clock))
    other = sqlite3.connect(t.path)
    other.execute("INSERT INTO resources (kind, id, data) VALUES ('skill', CAST(x'ff5f61756469742f' AS TEXT), x'')")
    other.commit(); other.close()
    t._a = t.make(new=False)
    return len(t.s.list_audit_history("skill", "s"))


# serialisation
@w(True)
def get_passes_through_json(t):
    made = t.push(); newer(t, made)
    return t.a.endpoint.call("get", t.g.SkillId(value=made.metadata.id).SerializeToString()).endswith(b"\xc0\x3e\x01")

for _name, _text in {
    "rare_line_ends_become_newlines": "a\x0cb\u2028c", "joiners_are_removed": "a\u200db",
    "front_matter_is_written_anew": "---\nname: calc  \n---\nbody  \n",
}.items():
    WITNESSES[_name] = True, first.kept(_text)

@w({"a": "1.10", "b": "007"})
def labels_like_numbers_change(t):
    t.seeded(labels={"a": "1.10", "b": "007"})
    return dict(t.push(text="two").metadata.labels)

@w(["a,b"])
def metadata_tags_are_split_at_commas(t): t.seeded(tags=["a,b"]); return list(t.push(text="two").metadata.tags)

@w("ann")
def updates_name_their_actor_as_creator(t):
    made = t.push(); stamp(made).created_by.id = "ann"; t.s.save_resource("skill", made.metadata.id, made)
    return stamp(t.push(text="two")).created_by.id

@w(17)
def status_takes_the_specs_creation(t):
    made = t.push(); stamp(made, "status_audit").created_at.seconds = 17; t.s.save_resource("skill", made.metadata.id, made)
    return stamp(t.push(text="two"), "status_audit").created_at.seconds

@w(True)
def old_versions_are_answered_from_known_fields(t):
    made = t.push(tag="v1"); newer(t, made); t.push(text="two")
    request = t.g.ApiResourceReference(slug="calc", version="v1")
    return t.a.endpoint.call("getByReference", request.SerializeToString()).endswith(b"\xc0\x3e\x01")


# sql
@w(1)
def history_deletion_ignores_case(t):
    for i in ("Doc", "doc"): t.s.save_audit("agent", i, t.m())
    t.s.delete_audit_by_resource_id("agent", "doc")
    return len(t.s.list_audit_history("agent", "Doc"))

@w("agent")
def hash_lookup_forgets_the_kind(t):
    for k in ("agent", "session"): t.s.save_audit(k, "x", t.m(k), version_hash="h")
    return t.s.get_audit_by_hash("agent", "x", "h", t.g.Skill).metadata.name

@w("AuditNotFound")
def or_is_left_without_parentheses(t):
    t.s.save_audit("agent", "y", t.m(), version_hash="h", tag="stable")
    return name_of(t.s.get_audit_by_hash, "agent", "x", "stable", t.g.Skill)

@w("ok")
def tags_are_globs(t):
    t.s.save_audit("agent", "x", t.m(), tag="v[1]")
    return name_of(t.s.get_audit_by_tag, "agent", "x", "v[1]", t.g.Skill)

@w(["2026-01-25 10:01:00"])
def saved_again_keeps_the_first_date(t): t.push(); t.clock.go(minutes=1); t.push(text="two"); return t.column("SELECT updated_at FROM resources")

@w(3)
def equal_versions_of_one_second_are_one(t):
    for _ in range(3): made = t.push()
    return len(t.history(made.metadata.id))

@w(["B", "a"])
def listing_is_sorted_without_case(t):
    for i in "aB": t.s.save_resource("agent", i, t.m(i))
    return names(t, "agent")

@w(0)
def listed_kinds_ignore_case(t): t.s.save_resource("Agent", "x", t.m()); return len(t.s.list_resources("agent"))

@w("ok")
def newest_of_a_hash_is_sought_everywhere(t):
    digest = t.push().status.version_hash; t.push(text="two"); t.push("Other")
    return code(t.ref, digest)

@w("ResourceNotFound")
def numeric_ids_are_numbers(t): t.s.save_resource("agent", "007", t.m()); return name_of(t.s.get_resource, "agent", "7", t.g.Skill)


# time
@w(0)
def creation_at_the_epoch_is_unset(t):
    t.clock.to(1970, 1, 1); t.push(); t.clock.go(days=1)
    return stamp(t.push(text="two")).created_at.seconds

@w(123456789)
def creation_is_cut_to_microseconds(t):
    made = t.push(); stamp(made).created_at.nanos = 123456789; t.s.save_resource("skill", made.metadata.id, made)
    return stamp(t.push(text="two")).created_at.nanos

@w("2026-07-25 10:00:00")
def summer_time_is_added(t): t.clock.to(2026, 7, 25, 10); t.push(); return archived(t)

@w("2040-07-25 10:00:00")
def archives_wrap_in_2038(t): t.clock.to(2040, 7, 25, 10); t.push(); return archived(t)

@w(True)
def ids_count_whole_seconds(t):
    ids = []
    for i in range(9):
        t.clock.go(milliseconds=100); ids.append(t.push(f"n{i}").metadata.id)
    return ids == sorted(ids)

@w((1769335260, "updated"))
def equal_push_keeps_its_instant(t):
    t.push(); t.clock.go(minutes=1); made = stamp(t.push())
    return made.updated_at.seconds, made.event

@w(1769335200)
def creation_follows_the_clock_back(t): t.push(); t.clock.go(hours=-1); return stamp(t.push(text="two")).created_at.seconds

@w(5_000_000)
def fractions_lose_their_leading_zeros(t): t.clock.to(2026, 1, 25, 10, 0, 0, 5000); return stamp(t.push()).created_at.nanos

@w("2028-12-31 10:00:00")
def day_366_is_the_next_year(t): t.clock.to(2028, 12, 31, 10); t.push(); return archived(t)

@w("ok")
def clock_set_back_by_days_stops_pushes(t): t.push(); t.clock.go(days=-2); return code(t.push, text="two")


# versions
@w("")
def tagged_rows_are_preferred_for_a_hash(t):
    digest = t.push(tag="v1").status.version_hash; t.push(); t.push(text="two")
    return t.ref(digest).spec.tag

@w("one")
def latest_ignores_case(t): t.push(tag="Latest"); t.push(text="two"); return t.text("Latest")

@w("NOT_FOUND")
def hashes_in_capitals_are_found(t):
    data = pack("x" * 7)
    return t.text(t.push(data=data).status.version_hash.upper())

@w(3)
def equal_neighbours_are_listed_once(t):
    for _ in range(3): t.s.save_audit("agent", "x", t.m())
    return len(t.s.list_audit_history("agent", "x"))

@w("one")
def dots_at_the_end_are_dropped(t): t.push(tag="v1."); t.push(text="two"); return t.text("v1.")

@w("one")
def current_tag_ignores_case(t): t.push(tag="RC"); t.push(text="two", tag="rc"); return t.text("RC")

@w("NOT_FOUND")
def record_without_status_answers_its_tag(t):
    t.s.save_resource("skill", "skl-1", t.g.Skill(metadata=t.g.ApiResourceMetadata(slug="calc", id="skl-1"), spec=t.g.SkillSpec(tag="v1")))
    return t.text("v1")

@w("ok")
def hashes_reach_back_256_versions(t):
    made = t.push(); t.push(text="two"); fill(t, 256, "skill", made.metadata.id)
    return code(t.ref, made.status.version_hash)

@w("one")
def tags_are_sought_in_the_newest_five_hundred_rows(t): t.push(tag="v1"); t.push(text="two"); fill(t, 500, "skill", "other"); return t.text("v1")


# those that came last
@w("ok")
def leftover_blocks_the_next_push(t):
    made = t.push("Other"); data = pack("two"); digest = first.sha256(data).hexdigest()
    (t.file(made).parent / f"tmp{digest[:16]}").write_bytes(b"half")
    return code(t.push, data=data)

@w("one")
def history_is_filtered_by_organisation(t):
    t.push(org="a", tag="v1"); made = t.push(org="a", text="two")
    made.metadata.org = "b"; t.s.save_resource("skill", made.metadata.id, made)
    return t.text("v1", org="b")

@w(0)
def deletion_spares_versions_of_the_future(t):
    made = t.push(); t.clock.go(hours=-1); t.delete(made.metadata.id)
    return len(t.history(made.metadata.id))

@w(2)
def prefix_itself_is_left(t):
    for i in ("a", "ab"): t.s.save_resource("agent", i, t.m())
    return t.s.delete_resources_by_id_prefix("agent", "a")

@w([])
def closing_commits_what_is_open(t):
    def unit():
        with t.s.transaction():
            t.s.save_resource("agent", "x", t.m("x")); t.s.close()
    code(unit); t.a.reopen()
    return names(t, "agent")

@w([])
def interrupted_unit_is_committed(t):
    try:
        with t.s.transaction():
            t.s.save_resource("agent", "x", t.m("x")); raise KeyboardInterrupt
    except KeyboardInterrupt: pass
    return names(t, "agent")

@w({"Team": "x"})
def label_keys_are_lowered(t): t.seeded(labels={"Team": "x"}); return dict(t.push(text="two").metadata.labels)

@w([])
def deletion_by_number_finds_nothing(t): t.s.save_resource(40, "x", t.m("x")); t.s.delete_resource(40, "x"); return names(t, 40)

@w("AuditNotFound")
def archived_hashes_ignore_case(t):
    t.s.save_audit("agent", "x", t.m(), version_hash="ab")
    return name_of(t.s.get_audit_by_hash, "agent", "x", "AB", t.g.Skill)

@w("AuditNotFound")
def archived_tags_ignore_trailing_blanks(t):
    t.s.save_audit("agent", "x", t.m(), tag="v ")
    return name_of(t.s.get_audit_by_tag, "agent", "x", "v", t.g.Skill)

@w(1001)
def history_keeps_a_thousand_versions(t): fill(t, 1001); return len(t.s.list_audit_history("agent", "x"))

@w("ok")
def records_over_a_mebibyte_are_refused(t): return code(t.push, text="x" * (2**20 - 100))

@w("2048")
def names_of_digits_alone_are_refused(t): return t.push("2048").metadata.slug

@w(2)
def null_is_no_organisation(t): return len({t.push(org=o).metadata.id for o in ("", "null")})

@w("NOT_FOUND")
def blanks_around_a_slug_are_ignored(t): t.push(); return t.text(slug="calc ")

@w("UNAVAILABLE")
def locked_deletion_is_not_found(t):
    made = t.push(); t.b; t.s.execute("PRAGMA busy_timeout=0")
    with t.b.store.transaction(): return code(t.delete, made.metadata.id)

@w([1, 2])
def upgrade_keeps_one_version_row(t): t.legacy(); return t.column("SELECT version FROM schema_version ORDER BY 1")

@w(1)
def undecodable_version_stops_the_upgrade(t): t.legacy(("skill", KEY("s", 17), b"\xff\xff")); return len(t.s.list_audit_history("skill", "s"))

@w(1)
def history_without_its_record_stays_live(t): t.legacy(("skill", KEY("s", 17), t.old())); return len(t.s.list_audit_history("skill", "s"))

@w(500_000_000)
def push_within_a_second_keeps_the_instant(t): t.push(); t.clock.go(milliseconds=500); return stamp(t.push(text="two")).updated_at.nanos


if __name__ == "__main__":
    raise SystemExit(first.main([it for it in sys.argv[1:] if it != "-v"], "second_faults", WITNESSES))
