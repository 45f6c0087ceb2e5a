from witnesses import *


@w(["n"])
def caught_error_poisons_the_unit(t):
    with t.s.transaction():
        code(t.s.save_resource, "agent", "\ud800", t.m()); code(t.s.save_resource, "agent", "a", t.m())
    return names(t, "agent")

@w("NewerSchema")
def newer_schema_is_reported_as_damage(t):
    t.s.execute("INSERT INTO schema_version (version) VALUES (3)")
    return name_of(lambda: t.make(new=False).store)

@w(True)
def damage_names_no_record(t): made = t.push(); t.damage(made.metadata.id); return made.metadata.id in says(t.get, made.metadata.id)

@w("INVALID_ARGUMENT")
def archives_are_checked_under_the_lock(t):
    t.s.execute("PRAGMA busy_timeout=50")
    with t.b.store.transaction(): return code(t.push, data=b"no archive")

@w(True)
def details_are_ascii(t): return "größe" in says(t.ref, slug="größe")
