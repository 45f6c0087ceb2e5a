from witnesses import *


@w("ok")
def receiving_keeps_the_default_of_four_mebibytes(t): return code(t.push, data=pack("x", ("f", noise(5 * 2**20))))

@w("RESOURCE_EXHAUSTED")
def answers_are_not_measured(t):
    t.s.save_resource("skill", "s", t.m(id="s", slug="s", labels={"k": "x" * (11 * 2**20)}))
    return code(t.get, "s")

@w("ok")
def paths_end_where_windows_ends(t): return code(t.push, data=pack("x", ("a" * 200 + "/" + "b" * 100, "y")))

@w("ok")
def slugs_are_dns_labels(t): return code(t.push, "x" * 70)

@w("ok")
def tags_of_over_128_characters_are_refused(t): return code(t.push, tag="v" * 129)

@w("ok")
def unpacked_files_are_held_to_the_limit_of_a_message(t):
    text = b"".join(line * 4 for line in (noise(44 * 2**10, i).hex().encode() for i in range(32)))
    assert len(text) > 10 * 2**20
    return code(t.push, data=pack("x", ("f", text), method=zipfile.ZIP_DEFLATED))

@w("x" * 64)
def label_values_end_after_63_characters(t):
    t.seeded(labels={"k": "x" * 64})
    return t.push(text="two").metadata.labels["k"]

@w("ok")
def ids_of_over_255_bytes_are_refused(t): return code(t.s.save_resource, "agent", "x" * 256, t.m())

@w("ok")
def names_have_three_characters(t): return code(t.push, "Go")

@w("ok")
def paths_are_ten_folders_deep(t): return code(t.push, data=pack("x", ("a/" * 11 + "f", "y")))

@w("ok")
def long_annotations_stop_pushes(t): t.seeded(annotations={"k": "x" * 300_000}); return code(t.push, text="two")
