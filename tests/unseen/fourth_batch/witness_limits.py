from witnesses import *


@w("RESOURCE_EXHAUSTED")
def only_the_artifact_is_measured(t): return first.size_of_request(t, first.MAX + 1)

@w("ok")
def ratio_of_the_limit_is_refused(t):
    for n in range(1000, 3000):
        data = pack("a" * n, method=zipfile.ZIP_DEFLATED)
        entry = zipfile.ZipFile(first.io.BytesIO(data)).infolist()[0]
        if entry.file_size // entry.compress_size == 100: return code(t.push, data=data)

@w("ok")
def lines_end_after_64_kibibytes(t): return code(t.push, text="x" * 70_000)

@w("ok")
def instructions_are_among_the_first_hundred_files(t): return code(t.push, data=archive(*[(f"f{i}", "x") for i in range(120)], ("SKILL.md", "x")))

@w("ok")
def instructions_have_five_hundred_lines(t): return code(t.push, text="line\n" * 501)

@w("ok")
def histories_over_four_mebibytes_lose_their_oldest(t):
    for i in range(5): t.push(text=noise(500_000, i).hex(), tag=f"v{i}")
    return code(t.ref, "v0")

@w("ok")
def long_histories_cannot_be_deleted(t): made = t.push(); fill(t, 100, "skill", made.metadata.id); return code(t.delete, made.metadata.id)

@w(1)
def histories_know_ids_by_64_characters(t):
    for end in "ab": t.s.save_audit("agent", "x" * 70 + end, t.m())
    return len(t.s.list_audit_history("agent", "x" * 70 + "a"))

@w(1)
def short_prefixes_are_refused(t): t.s.save_resource("agent", "ab", t.m()); return t.s.delete_resources_by_id_prefix("agent", "a")

@w("ok")
def ids_are_asked_for_with_36_characters(t):
    skill_id = "skl-" + "a" * 40
    t.s.save_resource("skill", skill_id, t.m("Calc", id=skill_id, slug="calc"))
    return code(t.get, skill_id)
