from witnesses import *

import io
import shutil


@w("NOT_FOUND")
def keys_may_lack_their_folder(t): return code(t.art, f"{t.push().status.version_hash}.zip")

@w("DATA_LOSS")
def verification_asks_for_a_zip(t): made = t.push(); t.file(made).write_bytes(pack("two")); return code(t.art, made)

@w("INVALID_ARGUMENT")
def instructions_may_be_in_lower_case(t): return code(t.push, data=archive(("skill.md", "x")))

@w("INVALID_ARGUMENT")
def small_files_may_be_packed_tightly(t): return code(t.push, data=pack("x", ("zeros", bytes(900_000)), method=zipfile.ZIP_DEFLATED))

@w("INVALID_ARGUMENT")
def bytes_before_the_archive_are_overlooked(t):
    out = io.BytesIO(b"#!/bin/sh\nexit\n"); out.seek(0, 2)
    with zipfile.ZipFile(out, "a") as z: z.writestr(zipfile.ZipInfo("SKILL.md", (2026, 1, 1, 0, 0, 0)), "x")
    return code(t.push, data=out.getvalue())

@w(["RESOURCE_EXHAUSTED", "NOT_FOUND"])
def refusals_leave_their_artifact(t):
    t.seeded(annotations={"k": "x" * (10 * 2**20 - 1000)}); data = pack("y" * 2000)
    return [code(t.push, data=data), code(t.art, f"skills/{first.sha256(data).hexdigest()}.zip")]

@w("ok")
def file_names_are_held_to_plain_letters(t): return code(t.push, data=pack("x", ("my notes (1).md", "y")))

@w("INVALID_ARGUMENT")
def bzip2_is_unpacked_too(t): return code(t.push, data=pack("x" * 50, method=zipfile.ZIP_BZIP2))


@w("x")
def data_begins_by_the_directorys_lengths(t):
    out, info = io.BytesIO(), zipfile.ZipInfo("SKILL.md", (2026, 1, 1, 0, 0, 0))
    info.extra = b"UT\x09\0\3" + bytes(8)
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(info, "x")
        z.infolist()[0].extra = b"UT\x05\0\3" + bytes(4)
    return t.push(data=out.getvalue()).spec.skill_md
