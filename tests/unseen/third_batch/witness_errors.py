from witnesses import *

import shutil


@w("DATA_LOSS")
def damaged_version_answers_the_current(t):
    t.push(tag="v1"); t.push(text="two"); t.s.execute("UPDATE resource_audit SET data = x'ffff' WHERE tag = 'v1'")
    return code(t.ref, "v1")

@w("INTERNAL")
def failures_are_unknown(t): t.fail_saves(); return code(t.push)

@w(True)
def errors_end_with_their_first_line(t): return "tag: value does not match" in says(t.push, name="", tag="a b")

@w("RESOURCE_EXHAUSTED")
def full_disks_are_unavailable(t):
    t.push(); pages = t.column("PRAGMA page_count")[0]; t.s.execute(f"PRAGMA max_page_count = {pages}")
    return code(t.push, text="x" * 100_000)

@w("INVALID_ARGUMENT")
def references_are_checked_after_the_lookup(t): return code(t.ref, scope=3)

@w("NOT_FOUND")
def failed_deletions_are_internal(t): return code(t.delete, "skl-none")

@w(["INVALID_ARGUMENT"] * 2)
def only_pushes_are_validated(t): t.push(); return [code(t.ref, "a b"), code(t.get, "")]

@w(False)
def ambiguity_names_the_organisations(t):
    for org in ("acme", "umbrella"): t.push(org=org)
    return "umbrella" in says(t.ref)

@w("DATA_LOSS")
def damaged_artifacts_are_internal(t): made = t.push(); spoil(t.file(made)); return code(t.art, made)

@w("INTERNAL")
def unwritable_folders_are_the_callers_fault(t):
    folder = t.file(t.push()).parent; shutil.rmtree(folder); folder.write_bytes(b"")
    return code(t.push, text="two")

@w("DATA_LOSS")
def damaged_records_are_answered_empty(t): made = t.push(); t.damage(made.metadata.id); return code(t.get, made.metadata.id)
