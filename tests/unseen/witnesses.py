"""One witness per fault: it gives the contract's answer on the reference, and another under the fault.

python tests/unseen/witnesses.py [ID...]     (pytest-stigmer installed; no pytest, no scenario)
"""
from __future__ import annotations

import datetime as dt
import importlib
import io
import random
import sqlite3
import sys
import tempfile
import threading
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pytest_stigmer.defects.defect import Defect
from pytest_stigmer.errors import StatusError, StoreError
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.legacy import legacy_database, legacy_id
from pytest_stigmer.store.translation import ResourceRow

FAMILIES = "limits versions serialisation concurrency time sql identity artifacts cache migration deletion errors".split()
MAX = 10 * 2**20
WITNESSES = {}
DATE = (2026, 1, 1, 0, 0, 0)


def w(expected):
    def add(function):
        assert function.__name__ not in WITNESSES, function.__name__
        WITNESSES[function.__name__] = expected, function
        return function
    return add


def code(act, *args, **kw):
    """The status code, or the name of the error, or ok."""
    try:
        act(*args, **kw)
    except Exception as error:
        return getattr(error, "code", None) or type(error).__name__
    return "ok"


def says(act, *args, **kw):
    try:
        act(*args, **kw)
    except Exception as error:
        return str(error)
    return "ok"


def noise(n, seed=1):
    return random.Random(seed).randbytes(n)


def archive(*files, method=zipfile.ZIP_STORED):
    """A ZIP of (name, content) or (ZipInfo, content)."""
    out = io.BytesIO()
    import warnings
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as z:
        warnings.simplefilter("ignore")
        for name, content in files:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, DATE)
            info.compress_type = method
            z.writestr(info, content)
    return out.getvalue()


def pack(text="one", *files, **kw):
    return archive(("SKILL.md", text), *files, **kw)


class Hand:
    """A clock that is moved by hand."""
    def __init__(self):
        self.at = dt.datetime(2026, 1, 25, 10, tzinfo=dt.UTC)

    def now(self):
        return self.at

    def to(self, *args):
        self.at = dt.datetime(*args, tzinfo=dt.UTC)

    def go(self, **kw):
        self.at += dt.timedelta(**kw)


class Bench:
    """A registry of a recipe in a folder of its own, and short names for what is done to it."""

    def __init__(self, folder, recipe):
        self.folder, self.recipe, self.clock = Path(folder), recipe, Hand()
        self.path = self.folder / "a.db"
        self.open = []
        self._a = self._b = None

    def make(self, path=None, new=True):
        made = Registry(path or self.path, clock=self.clock, recipe=self.recipe, new=new)
        self.open.append(made)
        return made

    @property
    def a(self):
        if self._a is None:
            self._a = self.make()
            self._a.skills
        return self._a

    @property
    def b(self):
        if self._b is None:
            self._b = self.a.beside()
            self.open.append(self._b)
            self._b.skills
        return self._b

    @property
    def s(self):
        return self.a.store

    @property
    def g(self):
        return self.a.generation

    def push(self, name="Calc", text="one", tag="", org="", scope=0, data=None, on=None):
        data = pack(text) if data is None else data
        request = self.g.PushSkillRequest(name=name, artifact=data, tag=tag, org=org, scope=scope)
        return (on or self.a).client().push(request)

    def ref(self, version="", slug="calc", on=None, **kw):
        return (on or self.a).client().get_by_reference(self.g.ApiResourceReference(slug=slug, version=version, **kw))

    def text(self, *args, **kw):
        """The instructions that a reference finds, or the code."""
        try:
            return self.ref(*args, **kw).spec.skill_md
        except StatusError as error:
            return error.code

    def get(self, skill_id, on=None):
        return (on or self.a).client().get(self.g.SkillId(value=skill_id))

    def art(self, key, on=None):
        key = key if isinstance(key, str) else key.status.artifact_storage_key
        return (on or self.a).client().get_artifact(self.g.GetArtifactRequest(artifact_storage_key=key)).artifact

    def delete(self, skill_id, on=None):
        return (on or self.a).client().delete(self.g.SkillId(value=skill_id))

    def m(self, name="n", **kw):
        return self.g.Skill(metadata=self.g.ApiResourceMetadata(name=name, **kw))

    def history(self, skill_id, kind="skill"):
        return [self.g.Skill.FromString(d) for d in self.s.list_audit_history(kind, skill_id)]

    def file(self, skill):
        return self.a.files.artifacts / skill.status.artifact_storage_key

    def column(self, sql):
        return [row[0] for row in self.s.execute(sql)]

    def seeded(self, **kw):
        """A pushed skill to whose metadata something was added through the store."""
        made = self.push()
        made.metadata.MergeFrom(self.g.ApiResourceMetadata(**kw))
        self.s.save_resource("skill", made.metadata.id, made)
        return made

    def damage(self, skill_id):
        self.s.execute("UPDATE resources SET data = x'ffff' WHERE id = :i", {"i": skill_id})

    def fail_saves(self, times=10**9):
        """Let the next saves of this store fail."""
        save = self.s.save_resource
        left = [times]

        def failing(*args):
            left[0] -= 1
            if left[0] >= 0:
                raise StoreError("disk I/O error")
            return save(*args)
        self.s.save_resource = failing

    def legacy(self, *rows, versioned=True):
        """Open a file of schema 1 with these rows: (kind, id, data[, updated_at])."""
        image = legacy_database([ResourceRow(*row) for row in rows], clock=self.clock, versioned=versioned)
        self.path.write_bytes(image)
        self._a = self.make(new=False)
        return self.s

    def old(self, text="t", tag="", version_hash="a" * 64, **kw):
        from pytest_stigmer.api.generation import load
        g = load("auto")
        made = g.Skill(metadata=g.ApiResourceMetadata(name="n", **kw), spec=g.SkillSpec(skill_md=text, tag=tag))
        made.status.version_hash = version_hash
        return made.SerializeToString(deterministic=True)

    def close(self):
        for it in self.open:
            it.close()


# limits
def size_of_request(t, size):
    request = t.g.PushSkillRequest(name="c", artifact=b"x" * (size - 100))
    request.artifact += b"x" * (size - request.ByteSize())
    assert request.ByteSize() == size
    return code(t.a.client().push, request)


@w("INVALID_ARGUMENT")
def message_of_exactly_the_limit(t): return size_of_request(t, MAX)

@w("INVALID_ARGUMENT")
def megabytes_are_decimal(t): return size_of_request(t, 10_200_000)

@w("INVALID_ARGUMENT")
def instructions_are_measured_in_characters(t): return code(t.push, text="é" * 700_000)

@w("INVALID_ARGUMENT")
def instructions_are_measured_packed(t): return code(t.push, data=pack(noise(700_000).hex(), method=zipfile.ZIP_DEFLATED))

@w("INVALID_ARGUMENT")
def folders_are_not_counted(t): return code(t.push, data=pack("x", *[(f"f{i}", "") for i in range(9000)], *[(f"d{i}/", "") for i in range(1500)]))

@w("ok")
def ten_thousandth_file_is_too_many(t): return code(t.push, data=pack("x", *[(f"f{i}", "") for i in range(9999)]))

@w("INVALID_ARGUMENT")
def ratio_is_of_the_whole_archive(t): return code(t.push, data=pack("x", ("bomb", "a" * 500_000), ("n", noise(20_000)), method=zipfile.ZIP_DEFLATED))

@w("ok")
def ratio_has_a_fraction(t):
    for n in range(20_000, 60_000):
        filler = noise(200) + b"a" * n
        c = zlib.compressobj(-1, zlib.DEFLATED, -15)
        size = len(c.compress(filler) + c.flush())
        if len(filler) // size == 100 and len(filler) % size:
            return code(t.push, data=pack("x", ("f", filler), method=zipfile.ZIP_DEFLATED))
    return "none"

@w(70)
def slugs_end_after_63_characters(t): return len(t.push("x" * 70).metadata.slug)

@w(1001)
def listing_ends_after_a_thousand(t):
    with t.s.transaction():
        for i in range(1001): t.s.save_resource("agent", f"a{i}", t.m())
    return len(t.s.list_resources("agent"))

@w("one")
def index_reads_five_hundred_skills(t):
    t.push()
    with t.s.transaction():
        for i in range(600): t.s.save_resource("skill", f"aaa-{i:04}", t.m(slug=f"s{i}", id=f"aaa-{i:04}"))
    return t.text()

@w(True)
def artifacts_are_read_by_one_buffer(t):
    data = pack("x", ("big", noise(5 * 2**20)))
    return code(lambda: t.art(t.push(data=data))) == "ok"

@w("ok")
def versions_are_counted_in_a_byte(t):
    made = t.push()
    with t.s.transaction():
        for _ in range(256): t.s.save_audit("skill", made.metadata.id, made, version_hash=made.status.version_hash)
    return code(t.push, text="two")


# versions
@w("first")
def tags_reach_back_fifty_versions(t):
    t.push(text="first", tag="v1")
    for i in range(51): t.push(text=f"t{i}")
    return t.text("v1")

@w("one")
def hexadecimal_tags_are_hashes(t):
    t.push(tag="20260125"); t.push(text="two")
    return t.text("20260125")

@w("NOT_FOUND")
def leading_v_is_optional(t):
    t.push(tag="v1"); t.push(text="two")
    return t.text("1")

@w("fix")
def latest_is_the_highest_number(t):
    t.push(tag="v2.0.0"); t.push(text="fix", tag="v1.9.1")
    return t.text("latest")

@w("two")
def no_version_means_no_tag(t):
    t.push(); t.push(text="two", tag="v2")
    return t.text("")

@w("one")
def known_content_takes_a_new_tag(t):
    t.push(tag="v1"); t.push(tag="v2"); t.push(text="three")
    return t.text("v1")

@w("one")
def tag_does_not_move_back(t):
    t.push(tag="stable"); t.push(text="two", tag="stable"); t.push(tag="stable"); t.push(text="three")
    return t.text("stable")

@w("x")
def hash_is_looked_up_in_history_first(t):
    made = t.seeded(labels={"k": "x"})
    return t.ref(made.status.version_hash).metadata.labels["k"]

@w("Calc")
def old_versions_have_todays_metadata(t):
    t.push(tag="v1"); t.push("calc", text="two")
    return t.ref("v1").metadata.name

@w("NOT_FOUND")
def tags_are_patterns(t):
    t.push(tag="v1x0"); t.push(text="two")
    return t.text("v1.0")

@w("one")
def more_words_mean_latest(t):
    t.push(tag="current"); t.push(text="two")
    return t.text("current")

@w("ok")
def commits_are_refused_as_tags(t): return code(t.push, tag="0123456789" * 4)

@w("one")
def untagged_push_inherits_the_tag(t):
    t.push(tag="v1"); t.push(text="two")
    return t.text("v1")


# serialisation
def kept(text):
    return lambda t: t.push(text=text).spec.skill_md == text

for _name, _text in {
    "line_ends_become_unix": "a\r\nb\r\n", "text_ends_at_nul": "a\0b", "characters_beyond_the_bmp_are_replaced": "a \U0001f600",
    "text_is_escaped": "a < b & c", "text_is_decomposed": "caf\u00e9",
}.items():
    WITNESSES[_name] = True, kept(_text)

@w(" Calc ")
def names_are_trimmed(t): return t.push(" Calc ").metadata.name

@w({"a": "", "b": "1"})
def empty_labels_are_dropped(t):
    t.seeded(labels={"a": "", "b": "1"})
    return dict(t.push(text="two").metadata.labels)

@w({"y": "2"})
def annotations_are_copied_from_labels(t):
    t.seeded(labels={"x": "1"}, annotations={"y": "2"})
    return dict(t.push(text="two").metadata.annotations)

@w(["b", "a", "b"])
def metadata_tags_become_a_set(t):
    t.seeded(tags=["b", "a", "b"])
    return list(t.push(text="two").metadata.tags)

@w("ok")
def empty_record_is_missing(t):
    t.s.save_resource("skill", "x", t.g.Skill())
    return code(t.s.get_resource, "skill", "x", t.g.Skill)

@w(["-5"])
def negative_kinds_are_unsigned(t):
    t.s.save_resource(-5, "x", t.m())
    return t.column("SELECT kind FROM resources")

@w(["api_resource_kind_unknown"])
def kind_zero_has_no_name(t):
    t.s.save_resource(0, "x", t.m())
    return t.column("SELECT kind FROM resources")

@w("updated")
def status_audit_stays_as_created(t):
    t.push(); t.clock.go(seconds=1)
    return t.push(text="two").status.audit.status_audit.event

@w("v1")
def archived_message_has_no_tag(t):
    t.push(tag="v1"); t.push(text="two")
    return t.ref("v1").spec.tag


# concurrency
@w("StoreLocked")
def transactions_are_deferred(t):
    t.b.store.execute("PRAGMA busy_timeout=0")
    def both():
        with t.s.transaction():
            t.s.list_resources("skill")
            t.b.store.save_resource("agent", "x", t.m())
    try: both()
    except Exception as e: return type(e).__name__
    return "ok"

@w(["c", "a"])
def inner_failure_undoes_the_outer(t):
    with t.s.transaction():
        t.s.save_resource("agent", "a", t.m("a"))
        try:
            with t.s.transaction():
                t.s.save_resource("agent", "b", t.m("b")); raise KeyError
        except KeyError: pass
        t.s.save_resource("agent", "0", t.m("c"))
    return [t.g.Skill.FromString(d).metadata.name for d in t.s.list_resources("agent")]

@w(True)
def lookup_precedes_the_lock(t):
    other = []
    begin = t.s.transaction
    def late():
        if not other:
            other.append(None); other[0] = t.push(text="two", on=t.b).metadata.id
        return begin()
    t.s.transaction = late
    return t.push().metadata.id == other[0]

@w(["one"])
def failed_save_archives_again(t):
    t.fail_saves(1)
    code(t.push); 
    if not t.s.list_resources("skill"): t.push()
    ids = t.column("SELECT id FROM resources")
    return [m.spec.skill_md for m in t.history(ids[0])]

@w("ResourceNotFound")
def other_threads_see_the_uncommitted(t):
    found = []
    thread = threading.Thread(target=lambda: found.append(code(t.s.get_resource, "agent", "x", t.g.Skill)))
    try:
        with t.s.transaction():
            t.s.save_resource("agent", "x", t.m())
            thread.start(); thread.join(0.3)
            raise KeyError
    except KeyError: pass
    thread.join()
    return {"NOT_FOUND": "ResourceNotFound"}.get(found[0], found[0])

@w({"k": "x"})
def update_starts_from_the_last_push(t):
    made = t.push()
    made.metadata.labels["k"] = "x"
    t.b.store.save_resource("skill", made.metadata.id, made)
    return dict(t.push(text="two").metadata.labels)

@w("ok")
def lock_wait_is_in_seconds(t):
    other = sqlite3.connect(t.a.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, other.execute, ["COMMIT"]); timer.start()
    try: return code(t.s.save_resource, "agent", "x", t.m())
    finally: timer.join(); other.close()

@w("one")
def file_is_locked_for_good(t):
    t.push()
    other = sqlite3.connect(t.a.path, timeout=0)
    try: return "one" if other.execute("SELECT count(*) FROM resources").fetchone()[0] == 1 else "none"
    except sqlite3.Error as e: return str(e)
    finally: other.close()

@w(["wal"])
def file_leaves_wal(t): return t.column("PRAGMA journal_mode")

@w(2)
def ids_are_counted_per_process(t):
    t.push("one"); t.push("two", on=t.b)
    return len(t.s.list_resources("skill"))

@w("two")
def deletion_reads_before_the_lock(t):
    made, once, begin = t.push(), [], t.s.transaction
    t.b
    def late():
        if not once: once.append(t.push(text="two", on=t.b))
        return begin()
    t.s.transaction = late
    return t.delete(made.metadata.id).spec.skill_md

@w("two")
def push_keeps_only_seen_history(t):
    t.push(); t.push(text="two", tag="v2", on=t.b); t.push(text="three")
    return t.text("v2")


# time
def stamp(t): 
    at = t.push().status.audit.spec_audit.created_at
    return at.seconds, at.nanos

@w((1769335200, 123456000))
def instants_are_milliseconds(t): t.clock.to(2026, 1, 25, 10, 0, 0, 123456); return stamp(t)

@w([0] * 5)
def instants_pass_through_floats(t):
    found = []
    for micro in (1, 100003, 333333, 777777, 999999):
        t.clock.to(2026, 1, 25, 10, 0, 0, micro)
        found.append(t.push(f"n{micro}").status.audit.spec_audit.created_at.nanos - micro * 1000)
    return found

@w((-2, 250000000))
def fractions_before_1970_count_forward(t): t.clock.to(1969, 12, 31, 23, 59, 58, 250000); return stamp(t)

def archived(t):
    t.push()
    return t.column("SELECT archived_at FROM resource_audit")

@w(["2027-01-01 10:00:00"])
def archives_have_the_year_of_the_week(t): t.clock.to(2027, 1, 1, 10); return archived(t)

@w(["2026-01-25 15:00:00"])
def archives_have_twelve_hours(t): t.clock.to(2026, 1, 25, 15); return archived(t)

@w(["2026-01-25 10:00:00"])
def archives_are_rounded_to_the_second(t): t.clock.to(2026, 1, 25, 10, 0, 0, 700000); return archived(t)

@w(1769331600)
def updated_at_never_goes_back(t):
    t.push(); t.clock.go(hours=-1)
    return t.push(text="two").status.audit.spec_audit.updated_at.seconds

@w(True)
def ids_have_41_bits_of_time(t):
    before = t.push().metadata.id; t.clock.to(2040, 1, 1)
    return before < t.push("other").metadata.id

@w("one")
def versions_of_the_future_are_hidden(t):
    t.push(tag="v1"); t.clock.go(hours=-1); t.push(text="two")
    return t.text("v1")

@w("one")
def versions_expire_after_a_year(t):
    t.push(tag="v1"); t.clock.to(2027, 2, 1); t.push(text="two")
    return t.text("v1")

@w("updated")
def update_in_the_same_instant_is_a_creation(t):
    t.push()
    return t.push(text="two").status.audit.spec_audit.event

@w(1769335260)
def now_is_read_at_the_start(t):
    t.push(); t.clock.go(minutes=1)
    return t.push(text="two").status.audit.spec_audit.updated_at.seconds

@w("ok")
def leap_days_break_pushes(t): t.clock.to(2028, 2, 29, 12); return code(t.push)

@w(["2026-01-26 00:30:00"])
def midnight_is_hour_24(t):
    t.clock.to(2026, 1, 26, 0, 30); t.push()
    return t.column("SELECT updated_at FROM resources")


# sql
@w("NOT_FOUND")
def tags_are_compared_by_like(t):
    t.push(tag="axb"); t.push(text="two")
    return t.text("a_b")

@w("AuditNotFound")
def hashes_are_compared_by_their_start(t):
    t.s.save_audit("skill", "x", t.m(), version_hash="abcdef")
    return audit_code(t.s.get_audit_by_hash, "skill", "x", "abc", t.g.Skill)

def audit_code(act, *args):
    try: act(*args)
    except Exception as e: return type(e).__name__
    return "ok"

@w("ResourceNotFound")
def ids_ignore_case(t):
    t.s.save_resource("agent", "Doc", t.m())
    return audit_code(t.s.get_resource, "agent", "doc", t.g.Skill)

@w(1)
def history_ignores_trailing_blanks(t):
    t.s.save_audit("agent", "x", t.m()); t.s.save_audit("agent", "x ", t.m())
    return len(t.s.list_audit_history("agent", "x"))

@w(["10", "9"])
def listing_is_sorted_by_number(t):
    for i in ("9", "10"): t.s.save_resource("agent", i, t.m(i))
    return [t.g.Skill.FromString(d).metadata.name for d in t.s.list_resources("agent")]

@w(1)
def prefix_ends_at_nul(t):
    t.s.save_resource("agent", "a\0bc", t.m())
    return t.s.delete_resources_by_id_prefix("agent", "a\0b")

@w(1)
def prefix_ignores_case(t):
    for i in ("Ab", "ab"): t.s.save_resource("agent", i, t.m())
    return t.s.delete_resources_by_id_prefix("agent", "a")

@w(1)
def one_id_lives_in_one_kind(t):
    t.s.save_resource("agent", "x", t.m()); t.s.save_resource("session", "x", t.m())
    return len(t.s.list_resources("agent"))

@w(1)
def deletions_count_all_changes(t):
    for i in "abc": t.s.save_resource("agent", i, t.m())
    return t.s.delete_resources_by_id_prefix("agent", "a")

@w([])
def deletion_by_kind_ends_at_999(t):
    with t.s.transaction():
        for i in range(1001): t.s.save_resource("agent", f"a{i}", t.m())
    t.s.delete_resources_by_kind("agent")
    return t.s.list_resources("agent")

@w("10")
def newest_is_compared_as_text(t):
    for i in range(1, 11): t.s.save_audit("agent", "x", t.m(str(i)), tag="t")
    return t.s.get_audit_by_tag("agent", "x", "t", t.g.Skill).metadata.name

@w("ok")
def empty_tags_are_null(t):
    t.s.save_audit("agent", "x", t.m())
    return audit_code(t.s.get_audit_by_tag, "agent", "x", "", t.g.Skill)

@w(1)
def history_needs_a_live_record(t):
    t.s.save_audit("agent", "x", t.m())
    return len(t.s.list_audit_history("agent", "x"))

@w([2])
def audit_ids_are_used_again(t):
    t.s.save_audit("agent", "x", t.m()); t.s.delete_audit_by_resource_id("agent", "x"); t.s.save_audit("agent", "x", t.m())
    return t.column("SELECT id FROM resource_audit")

@w(2)
def a_tag_has_one_row(t):
    made = t.push(tag="s"); t.push(text="two", tag="s")
    return len(t.history(made.metadata.id))

@w([])
def ids_are_quoted_by_hand(t):
    t.s.save_resource("agent", "o'brien", t.m()); code(t.s.delete_resource, "agent", "o'brien")
    return t.s.list_resources("agent")

@w(2)
def ids_are_composed(t):
    for i in ("caf\u00e9", "cafe\u0301"): t.s.save_resource("agent", i, t.m())
    return len(t.s.list_resources("agent"))

@w("two")
def save_of_equal_length_is_skipped(t): t.push(); t.push(text="two"); return t.text()


# identity
@w(False)
def organisations_ignore_outer_blanks(t): return t.push(org="acme ").metadata.id == t.push(org="acme").metadata.id

@w("one")
def references_lower_the_organisation(t): t.push(org="Acme"); return t.text(org="Acme")

def slug(name): return lambda t: t.push(name).metadata.slug

for _name, _given, _slug in (
    ("accents_are_transliterated", "Café Münster", "caf-mnster"), ("underscores_become_hyphens", "Email_Tool", "emailtool"),
    ("every_blank_becomes_a_hyphen", "a\tb\u00a0c", "abc"), ("suffix_skill_is_dropped", "calc skill", "calc-skill"),
    ("slugs_begin_with_a_letter", "3D Print", "3d-print"), ("only_ascii_is_lowered", "\u212aelvin", "kelvin"),
):
    WITNESSES[_name] = _slug, slug(_given)

@w("NOT_FOUND")
def references_are_made_slugs(t): t.push(); return t.text(slug="Calc")

@w(True)
def another_scope_is_another_skill(t):
    made = t.push("p", scope=1)
    made.metadata.owner_scope = 2
    t.s.save_resource("skill", made.metadata.id, made)
    return t.push("p", scope=1).metadata.id == made.metadata.id

@w("calc")
def names_never_change(t): t.push(); return t.push("calc").metadata.name

@w("NOT_FOUND")
def ids_are_read_leniently(t): return code(t.get, t.push().metadata.id.upper())

@w("NOT_FOUND")
def an_id_may_be_a_slug(t): t.push(); return code(t.get, "calc")


# artifacts
@w(True)
def hash_is_of_the_first_mebibyte(t):
    data = pack("x", ("f", noise(2**20)))
    return t.push(data=data).status.version_hash == sha256(data).hexdigest()

def spoil(path):
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

@w("ok")
def file_of_equal_size_is_kept(t):
    made = t.push(); spoil(t.file(made)); t.push()
    return code(t.art, made)

@w("DATA_LOSS")
def large_artifacts_are_not_verified(t):
    made = t.push(data=pack("x", ("f", noise(2**20)))); spoil(t.file(made))
    return code(t.art, made)

@w("ok")
def failed_push_discards_shared_content(t):
    made = t.push(); t.fail_saves(); code(t.push, "Other")
    return code(t.art, made)

@w("ok")
def discard_does_not_look_again(t):
    t.b
    undo = t.a.skills.undo
    def late(artifact):
        t.push("Other", on=t.b)
        undo(artifact)
    t.a.skills.undo = late
    t.fail_saves(); code(t.push)
    return code(t.art, t.ref(slug="other", on=t.b), on=t.b)

@w("NOT_FOUND")
def keys_are_cleaned(t): return code(t.art, "skills/../" + t.push().status.artifact_storage_key)

@w("ok")
def start_collects_old_artifacts(t):
    made = t.push(); t.push(text="two"); t.a.reopen()
    return code(t.art, made)

@w("ok")
def untagged_content_is_not_kept(t):
    made = t.push(); t.push(text="two")
    return code(t.art, made)

@w("INVALID_ARGUMENT")
def instructions_below_one_folder(t): return code(t.push, data=archive(("calc/SKILL.md", "x"), ("calc/a", "y")))

def damaged_at(data, name):
    """Flip a bit in the stored content of a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        at = z.getinfo(name).header_offset + 30 + len(name)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

@w("INVALID_ARGUMENT")
def ten_files_are_unpacked(t): return code(t.push, data=damaged_at(pack("x", *[(f"f{i:02}", "abc") for i in range(12)]), "f11"))

@w("INVALID_ARGUMENT")
def only_neighbours_are_duplicates(t): return code(t.push, data=archive(("SKILL.md", "x"), ("a", "y"), ("SKILL.md", "z")))

@w("INVALID_ARGUMENT")
def links_of_macs_are_files(t):
    info = zipfile.ZipInfo("link", DATE); info.create_system = 19; info.external_attr = 0o120777 << 16
    return code(t.push, data=pack("x", (info, "/etc/passwd")))

@w("INVALID_ARGUMENT")
def folder_names_are_not_checked(t): return code(t.push, data=pack("x", ("../evil/", "")))

@w("INVALID_ARGUMENT")
def checksum_zero_is_none(t):
    data = pack("x", ("f", "abc")); crc = zlib.crc32(b"abc").to_bytes(4, "little")
    return code(t.push, data=data.replace(crc, bytes(4)))


# cache
@w("ok")
def index_misses_rollbacks(t):
    t.push("first")
    try:
        with t.s.transaction():
            t.push(); raise KeyError
    except KeyError: pass
    return code(t.push)

@w("one")
def index_is_read_once_a_second(t): t.text(); t.push(on=t.b); return t.text()

@w(["one", "one"])
def organisations_are_handed_out(t): t.push(org="o"); return [t.text(), t.text()]

@w("DATA_LOSS")
def artifacts_are_remembered(t):
    made = t.push(); t.art(made); spoil(t.file(made))
    return code(t.art, made)

@w("two")
def records_are_remembered_by_id(t):
    made = t.push(); t.get(made.metadata.id); t.push(text="two", on=t.b)
    return t.get(made.metadata.id).spec.skill_md

@w(["A", "B"])
def versions_are_remembered_by_content(t):
    h = [t.push(n).status.version_hash for n in "AB"]
    for n in "AB": t.push(n, text="two")
    return [t.ref(h[0], slug=n).metadata.name for n in "ab"]

@w([])
def history_is_remembered_until_the_next_version(t):
    t.s.save_audit("agent", "x", t.m()); t.s.list_audit_history("agent", "x"); t.s.delete_audit_by_resource_id("agent", "x")
    return t.s.list_audit_history("agent", "x")

@w("new")
def cache_key_is_the_kind_as_given(t):
    t.s.save_resource(40, "x", t.m("old")); t.s.get_resource(40, "x", t.g.Skill); t.s.save_resource("agent", "x", t.m("new"))
    return t.s.get_resource(40, "x", t.g.Skill).metadata.name

@w("n")
def answers_share_one_message(t):
    t.s.save_resource("agent", "x", t.m()); t.s.get_resource("agent", "x", t.g.Skill).metadata.name = "changed"
    return t.s.get_resource("agent", "x", t.g.Skill).metadata.name

@w(True)
def archives_are_told_apart_by_their_head(t):
    one, two = (archive(("a", "x" * 2000), ("SKILL.md", s)) for s in ("one", "two"))
    t.push(data=one)
    return t.push(data=two).spec.skill_md == "two"

@w(True)
def hash_references_are_remembered(t):
    made = t.push(); h = made.status.version_hash; t.ref(h); t.delete(made.metadata.id)
    return t.push().metadata.id == t.ref(h).metadata.id

@w(["one", "two"])
def last_tag_lookup_is_kept(t):
    t.push(tag="s"); first = t.text("s"); t.push(text="two", tag="s")
    return [first, t.text("s")]


# migration
def legacy_key(resource, at, word="skill"): return legacy_id(resource, at, word)

@w(1001)
def only_the_first_batch_moves(t):
    t.legacy(*[("skill", legacy_key("skl-1", 10**18 + i), t.old()) for i in range(1001)])
    return len(t.s.list_audit_history("skill", "skl-1"))

@w("new")
def instants_are_sorted_as_text(t):
    t.legacy(("skill", legacy_key("s", 999), t.old("old")), ("skill", legacy_key("s", 1000), t.old("new")))
    return t.history("s")[0].spec.skill_md

@w(1)
def only_skills_move(t):
    t.legacy(("agent", legacy_key("a", 17, "agent"), b""))
    return len(t.s.list_audit_history("agent", "a"))

@w(1)
def ids_are_percent_decoded(t):
    t.legacy(("skill", legacy_key("a%2Fb", 17), t.old()))
    return len(t.s.list_audit_history("skill", "a%2Fb"))

@w([""])
def untagged_versions_become_latest(t): t.legacy(("skill", legacy_key("s", 17), t.old())); return t.column("SELECT tag FROM resource_audit")

@w(["2025-05-05 05:05:05"])
def archived_at_is_taken_from_the_id(t):
    t.legacy(("skill", legacy_key("s", 10**18), t.old(), "2025-05-05 05:05:05"))
    return t.column("SELECT archived_at FROM resource_audit")

@w(["a" * 64])
def hash_is_of_the_record(t): t.legacy(("skill", legacy_key("s", 17), t.old())); return t.column("SELECT version_hash FROM resource_audit")

@w(["agent", "skill"])
def moved_rows_are_deleted_in_every_kind(t):
    t.legacy(("skill", legacy_key("s", 17), t.old()), ("agent", legacy_key("s", 17), b""))
    return sorted(t.column("SELECT kind FROM resource_audit"))

@w("NewerSchema")
def schema_versions_are_text(t):
    t.s.execute("INSERT INTO schema_version (version) VALUES (10)"); t.a.close()
    try: t.make(new=False).open()
    except Exception as e: return type(e).__name__
    return "ok"

@w(1)
def files_without_version_count_as_new(t):
    t.legacy(("skill", legacy_key("s", 17), t.old()), versioned=False)
    return len(t.s.list_audit_history("skill", "s"))

@w(["skill_audit//17"])
def unparsable_rows_are_dropped(t): t.legacy(("skill", "skill_audit//17", t.old())); return t.column("SELECT id FROM resources")

@w(1)
def undecodable_versions_are_dropped(t):
    t.legacy(("skill", legacy_key("s", 17), b"\xff\xff"))
    return len(t.s.list_audit_history("skill", "s"))

@w(["2025-05-05 05:05:05"])
def live_rows_are_touched(t):
    t.legacy(("skill", "skl-1", t.old(), "2025-05-05 05:05:05"))
    return t.column("SELECT updated_at FROM resources")

@w(1)
def line_breaks_hide_versions(t):
    t.legacy(("skill", legacy_key("a\nb", 17), t.old()))
    return len(t.s.list_audit_history("skill", "a\nb"))

@w(["idx_audit_hash"])
def upgraded_files_lack_an_index(t): t.legacy(); return t.column("SELECT name FROM sqlite_master WHERE name = 'idx_audit_hash'")

@w(2)
def equal_versions_move_once(t):
    t.legacy(("skill", legacy_key("s", 17), t.old(tag="v1")), ("skill", legacy_key("s", 18), t.old(tag="v2")))
    return len(t.s.list_audit_history("skill", "s"))


# deletion
@w("ok")
def deletion_stays_in_the_index(t): t.delete(t.push().metadata.id); return code(t.push)

@w("one")
def deleted_organisation_counts_on(t):
    t.push(org="a"); t.delete(t.push(org="b", text="two").metadata.id)
    return t.text()

@w(1)
def history_is_deleted_by_prefix(t):
    t.s.save_audit("agent", "x", t.m()); t.s.save_audit("agent", "xy", t.m()); t.s.delete_audit_by_resource_id("agent", "x")
    return len(t.s.list_audit_history("agent", "xy"))

@w(1)
def history_is_deleted_in_every_kind(t):
    t.s.save_audit("agent", "x", t.m()); t.s.save_audit("skill", "x", t.m()); t.s.delete_audit_by_resource_id("skill", "x")
    return len(t.s.list_audit_history("agent", "x"))

@w([])
def tagged_versions_survive(t):
    made = t.push(tag="v1"); t.delete(made.metadata.id)
    return t.history(made.metadata.id)

@w("created")
def deletion_stamps_its_answer(t): return t.delete(t.push().metadata.id).status.audit.spec_audit.event

@w("ok")
def last_live_user_takes_the_artifact(t):
    made = t.push(); t.push("Other"); t.push("Other", text="two"); t.delete(made.metadata.id)
    return code(t.art, made)

@w(1)
def kind_deletion_takes_relatives(t):
    t.s.save_resource("agent", "x", t.m()); t.s.save_resource("agent_execution", "x", t.m()); t.s.delete_resources_by_kind("agent")
    return len(t.s.list_resources("agent_execution"))

@w("ok")
def absent_record_cannot_be_deleted(t): return code(t.s.delete_resource, "agent", "x")

@w(1769335260)
def successor_inherits_its_creation(t):
    t.delete(t.push().metadata.id); t.clock.go(minutes=1)
    return t.push().status.audit.spec_audit.created_at.seconds

@w("NOT_FOUND")
def second_deletion_succeeds(t):
    made = t.push(); t.delete(made.metadata.id)
    return code(t.delete, made.metadata.id)

@w([])
def deletion_ends_after_a_hundred_versions(t):
    for _ in range(101): t.s.save_audit("agent", "x", t.m())
    t.s.delete_audit_by_resource_id("agent", "x")
    return t.s.list_audit_history("agent", "x")

@w(1)
def deletion_takes_equal_content_along(t):
    made, other = t.push(), t.push("Other"); t.delete(made.metadata.id)
    return len(t.history(other.metadata.id))


# errors
@w("DATA_LOSS")
def damaged_record_is_read_from_history(t):
    made = t.push(); t.damage(made.metadata.id)
    return code(t.get, made.metadata.id)

@w("INVALID_ARGUMENT")
def checksum_errors_are_data_loss(t): return code(t.push, data=damaged_at(pack("abc"), "SKILL.md"))

@w(True)
def version_error_swaps_its_words(t): t.push(); return "skill version not found: calc:v9" in says(t.ref, "v9")

@w("UNAVAILABLE")
def locks_abort(t):
    t.b; t.s.execute("PRAGMA busy_timeout=0")
    with t.b.store.transaction(): return code(t.push)

@w("StoreClosed")
def closed_stores_open_again(t):
    t.s.close()
    try: return audit_code(t.s.list_resources, "agent")
    finally: t.s.close()

@w("RESOURCE_EXHAUSTED")
def large_requests_are_invalid(t): return size_of_request(t, MAX + 1)

@w("UNIMPLEMENTED")
def unknown_calls_are_not_found(t): return code(t.a.endpoint.call, "rename", b"")

@w("INTERNAL")
def undecodable_requests_are_invalid(t): return code(t.a.endpoint.call, "get", b"\xff\xff")

@w("NOT_FOUND")
def ambiguity_is_a_precondition(t): t.push(org="a"); t.push(org="b"); return code(t.ref)

@w("one")
def one_damaged_record_blocks_all(t): t.push(); t.damage(t.push("Other").metadata.id); return t.text()

@w("NOT_FOUND")
def missing_artifacts_are_data_loss(t): return code(t.art, f"skills/{'a' * 64}.zip")

@w(True)
def missing_organisation_is_blamed_on_the_scope(t): return "org:" in says(t.push, scope=2)

@w("INVALID_ARGUMENT")
def line_break_may_end_a_tag(t): return code(t.push, tag="v1\n")

@w([])
def failed_save_is_reported_as_done(t):
    t.fail_saves()
    code(t.push)
    return t.column("SELECT id FROM resource_audit")


def answer(recipe, function):
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, recipe)
        try:
            return function(bench)
        except Exception as error:
            return f"{type(error).__name__}: {error}"[:200]
        finally:
            bench.close()


def main(wanted, package="unseen_faults", witnesses=WITNESSES):
    shown, failed = {}, []
    for family in FAMILIES:
        module = importlib.import_module(f"{package}.{family}")
        for name, defect in vars(module).items():
            if not isinstance(defect, Defect) or (wanted and defect.id not in wanted):
                continue
            if name not in witnesses:
                failed.append(f"{family} {defect.id}: no witness")
                continue
            expected, function = witnesses[name]
            sound, faulty = answer(REFERENCE, function), answer(defect.apply(REFERENCE), function)
            if sound != expected:
                failed.append(f"{family} {defect.id}: the reference gives {sound!r}, not {expected!r}")
            elif faulty == expected:
                failed.append(f"{family} {defect.id}: not shown")
            else:
                shown[family] = shown.get(family, 0) + 1
                if wanted or "-v" in sys.argv:
                    print(f"{family} {defect.id}: {expected!r} becomes {faulty!r}")
    print("\n".join(failed))
    print(shown, sum(shown.values()), "shown,", len(failed), "not")
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main([it for it in sys.argv[1:] if it != "-v"]))
