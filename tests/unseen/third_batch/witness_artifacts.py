from witnesses import *

import io
import shutil


@w(2)
def hash_is_of_the_instructions(t):
    return len({t.push(data=pack("x", ("run.py", script))).status.version_hash for script in "ab"})

@w(True)
def artifacts_lie_in_folders_of_two_digits(t): return t.file(t.push()).is_file()

@w(True)
def archives_are_packed_anew(t): data = pack("x", ("b", "y"), ("a", "z")); return t.art(t.push(data=data)) == data

@w(b"mine")
def pushes_write_through_links(t):
    there = t.file(t.push("Other")).parent; data = pack("two"); precious = t.folder / "precious"
    precious.write_bytes(b"mine"); (there / f"{first.sha256(data).hexdigest()}.zip").symlink_to(precious)
    t.push(data=data)
    return precious.read_bytes()

@w("INVALID_ARGUMENT")
def instructions_may_be_latin_1(t): return code(t.push, data=pack("Übung".encode("latin-1")))

@w("\n")
def blank_instructions_are_empty(t): return t.push(text="\n").spec.skill_md

@w("ok")
def hidden_files_are_refused(t): return code(t.push, data=pack("x", (".gitignore", "*.pyc")))

@w("ok")
def archives_with_a_comment_are_refused(t):
    data = pack()
    return code(t.push, data=data[:-2] + b"\4\0made")

class Stream(io.RawIOBase):
    def __init__(self): self.data = b""
    def writable(self): return True
    def write(self, data): self.data += bytes(data); return len(data)

@w("x")
def streamed_instructions_are_empty(t):
    out = Stream()
    with zipfile.ZipFile(out, "w") as z: z.writestr("SKILL.md", "x")
    return t.push(data=out.data).spec.skill_md

@w("NOT_FOUND")
def refused_archives_are_kept(t):
    data = pack("")
    code(t.push, data=data)
    return code(t.art, f"skills/{first.sha256(data).hexdigest()}.zip")

@w(pack("two"))
def update_keeps_the_first_key(t): t.push(); return t.art(t.push(text="two"))

@w("ok")
def artifacts_need_a_live_record(t): old = t.push(); t.push(text="two"); return code(t.art, old)

@w(True)
def start_removes_what_is_no_artifact(t):
    note = t.file(t.push()).with_name("README.txt"); note.write_text("mine"); t.a.reopen(); t.a.skills
    return note.exists()

@w("INTERNAL")
def unwritten_artifacts_are_overlooked(t):
    folder = t.file(t.push()).parent; shutil.rmtree(folder); folder.write_bytes(b"")
    return code(t.push, text="two")
