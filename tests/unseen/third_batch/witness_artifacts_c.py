import io

from witnesses import *


@w("ok")
def zip64_entries_are_refused(t):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed, packed.open(zipfile.ZipInfo("SKILL.md"), "w", force_zip64=True) as file: file.write(b"one")
    return code(t.push, data=out.getvalue())

@w("INVALID_ARGUMENT")
def stored_files_are_not_held_to_their_checksum(t): return code(t.push, data=damaged_at(pack("one", ("f", "abc")), "f"))

@w("one")
def files_that_end_in_its_name_are_instructions(t): return t.push(data=archive(("OLD_SKILL.md", "old"), ("SKILL.md", "one"))).spec.skill_md

@w("ok")
def archives_without_dates_are_refused(t): return code(t.push, data=pack().replace(b"\0\0\x21\x5c", bytes(4)))

@w(["DATA_LOSS"] * 2)
def damaged_artifacts_are_removed_on_reading(t): made = t.push(); spoil(t.file(made)); return [code(t.art, made) for _ in "12"]
