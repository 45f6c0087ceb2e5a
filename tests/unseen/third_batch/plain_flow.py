"""A plain flow, in which no fault of FAMILY_c.py may show: prints those that it shows.

python tests/unseen/third_batch/plain_flow.py [FOLDER]     (pytest-stigmer installed; no pytest, no scenario)

Of the batch in another FOLDER it is asked of all faults, and those that it shows are the evident ones.
"""
from __future__ import annotations

import importlib
import sys

from witnesses import KEY, batch, archive, code, first, name_of, names, noise, pack, says, undo
from pytest_stigmer.defects.defect import Defect

TEXTS = ("# One\n\nAdd.\n", "# Two\n\nAdd more: größe 日本\n", "# Three\n")


def shown(t, answer, ids):
    """A Skill without what is random: its id by its turn."""
    ids.setdefault(answer.metadata.id, f"id{len(ids)}")
    return str(answer).replace(answer.metadata.id, ids[answer.metadata.id])


def skills(t):
    ids, out = {}, []
    def add(act, *args, **kw):
        try: found = act(*args, **kw)
        except Exception as error:
            found = f"{type(error).__name__} {error}"
            for known, name in ids.items(): found = found.replace(known, name)
        out.append(shown(t, found, ids) if hasattr(found, "metadata") else found)
        return found
    made = []
    for org in ("", "acme", "umbrella"):
        for n, text in enumerate(TEXTS, 1):
            data = pack(text, ("tool.py", f"{n}"), method=8)
            made.append(add(t.push, "My Calc", data=data, tag=f"v{n}", org=org)); t.clock.go(minutes=7)
    add(t.push, "Other", scope=1); add(t.push, "Third", org="acme", scope=2); add(t.push, "Single", org="umbrella", text="x" * 20_000)
    add(t.push, "Untagged"); t.clock.go(days=1); add(t.push, "Untagged", text="two")
    add(t.push, "My Calc", text="moved", tag="v1"); add(t.push, "My Calc", data=pack(TEXTS[1]), tag="v4")
    for on in (t.a, t.b):
        for org, scope in (("", 0), ("acme", 0), ("acme", 2), ("umbrella", 0), ("none", 0), ("", 1), ("", 2), ("acme", 1), ("", 3)):
            for version in ("", "latest", "v1", "v2", "v3", "v4", "no", *(it.status.version_hash for it in made[:3]), "0" * 64):
                add(t.ref, version, "my-calc", on=on, org=org, scope=scope)
        for slug in ("other", "third", "single", "untagged", "none", ""): add(t.ref, "", slug, on=on)
        for it in made:
            add(t.get, it.metadata.id, on=on); add(t.art, it, on=on)
        for key in ("no", "../a.db", f"skills/{'0' * 64}.zip"): add(t.art, key, on=on)
    for it in made[::3]: out.append([str(h).replace(it.metadata.id, "") for h in t.history(it.metadata.id)])
    # refusals, then on
    for kw in ({"name": ""}, {"name": "!!!"}, {"tag": "a b"}, {"tag": "a" * 64}, {"scope": 3}, {"scope": 2}, {"scope": 1, "org": "x"}, {"data": b"junk"}, {"data": archive(("a", "b"))}): add(t.push, **kw)
    # a second registry writes, deletes and writes again
    add(t.push, "My Calc", text="from b", on=t.b, tag="v5"); add(t.ref, "", "my-calc"); add(t.ref, "v4", "my-calc"); add(t.push, "Shared", on=t.b); add(t.push, "Shared", text="two"); add(t.ref, "", "shared", on=t.b)
    add(t.delete, made[0].metadata.id); add(t.delete, made[0].metadata.id); add(t.delete, "skl-none")
    for on in (t.a, t.b):
        for version in ("", "v1", made[0].status.version_hash): add(t.ref, version, "my-calc", on=on); add(t.ref, version, "my-calc", on=on, scope=1)
        add(t.get, made[0].metadata.id, on=on); add(t.art, made[0], on=on)
    out.append(len(t.history(made[0].metadata.id)))
    add(t.push, "My Calc", text="again"); add(t.ref, "", "my-calc"); add(t.ref, "v2", "my-calc")
    add(t.delete, made[3].metadata.id, on=t.b); add(t.ref, "", "my-calc", org="acme")
    t.a.reopen(); add(t.ref, "", "my-calc", org="umbrella"); add(t.push, "My Calc", text="after", org="umbrella")
    out += [sorted(names(t, "skill")), t.s.execute("SELECT id, archived_at, version_hash, tag FROM resource_audit"), t.s.execute("SELECT kind, updated_at, length(data) FROM resources ORDER BY updated_at, length(data)")]
    return out


def store(t):
    out, s = [], t.s
    for kind in ("agent", "workflow", 42, 43):
        for i in ("a", "b/1", "b/2", "ab"): s.save_resource(kind, f"{kind}-{i}", t.m(f"{kind} {i}"))
        for n in range(3):
            s.save_audit(kind, f"{kind}-a", t.m(f"audit {n}"), version_hash=f"{n}" * 64, tag=f"v{n % 2}"); t.clock.go(seconds=5)
        s.save_resource(kind, f"{kind}-a", t.m("again"))
        out += [names(t, kind), names(t, kind, s.list_audit_history(kind, f"{kind}-a"))]
        for tag in ("v0", "v1", "no"): out.append([name_of(s.get_audit_by_tag, kind, f"{kind}-a", tag, t.g.Skill), code(s.get_audit_by_tag, kind, f"{kind}-a", tag, t.g.Skill)])
        out += [s.get_audit_by_tag(kind, f"{kind}-a", "v0", t.g.Skill).metadata.name, s.get_audit_by_hash(kind, f"{kind}-a", "1" * 64, t.g.Skill).metadata.name]
        out += [s.get_resource(kind, f"{kind}-b/1", t.g.Skill).metadata.name, says(s.get_resource, kind, "no", t.g.Skill)]
        undo(t, lambda: s.save_resource(kind, "undone", t.m()), lambda: s.delete_resource(kind, f"{kind}-a"), lambda: s.save_audit(kind, f"{kind}-a", t.m()))
        with s.transaction():
            s.save_resource(kind, f"{kind}-c", t.m("c"))
            with s.transaction(): s.save_audit(kind, f"{kind}-c", t.m("c"))
        out += [s.delete_resources_by_id_prefix(kind, f"{kind}-b/"), s.delete_resource(kind, f"{kind}-ab"), names(t, kind), len(t.b.store.list_resources(kind)), len(s.list_audit_history(kind, f"{kind}-a"))]
        out += [s.delete_audit_by_resource_id(kind, f"{kind}-a"), s.delete_resources_by_kind(kind), names(t, kind), len(s.list_audit_history(kind, f"{kind}-c"))]
    s.close()
    return [*out, name_of(s.list_resources, "agent")]


def old(t):
    rows = [("skill", KEY("skl-1", 10**18 + n), t.old(f"t{n}", tag=f"v{n}", version_hash=f"{n}" * 64, id="skl-1", slug="calc"), f"2025-01-0{n} 00:00:00") for n in (1, 2, 3)]
    t.legacy(*rows, ("skill", "skl-1", t.old("t3", tag="v3", version_hash="3" * 64, id="skl-1", slug="calc")), ("agent", "x", t.old()), ("agent", KEY("x", 17, "agent"), t.old()))
    out = [t.s.execute("SELECT id, kind, resource_id, archived_at, version_hash, tag FROM resource_audit"), names(t, "skill"), names(t, "agent")]
    out += [t.text(version) for version in ("", "v1", "v2", "v3", "1" * 64, "no")]
    t.clock.go(days=1); t.push(text="new", tag="v4")
    out += [t.text(version) for version in ("", "v3", "v4")] + [len(t.history("skl-1"))]
    t.delete("skl-1")
    return [*out, t.text(), len(t.history("skl-1"))]


if __name__ == "__main__":
    flows = (skills, store, old)
    expected = [first.answer(first.REFERENCE, flow) for flow in flows]
    assert expected == [first.answer(first.REFERENCE, flow) for flow in flows]
    assert not any(isinstance(it, str) for it in expected), expected
    print([len(it) for it in expected])
    seen = 0
    folder, package = batch(sys.argv[1:])
    for path in sorted((folder / package).glob("[a-z]*.py" if sys.argv[1:] else "[a-z]*_c.py")):
        for it in vars(importlib.import_module(f"{package}.{path.stem}")).values():
            if isinstance(it, Defect):
                seen += 1
                for flow, right in zip(flows, expected):
                    found = first.answer(it.apply(first.REFERENCE), flow)
                    if found != right:
                        where = next(((a, b) for a, b in zip(right, found) if a != b), "") if isinstance(found, list) else found
                        print(it.family, it.id, "shows in", flow.__name__, str(where)[:400])
    print(seen, "looked at")
