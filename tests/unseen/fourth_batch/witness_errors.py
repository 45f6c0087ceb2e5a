from witnesses import *

@w(True)
def invalid_names_are_not_told(t): return "!!!" in says(t.push, "!!!")

@w([])
def missing_histories_are_errors(t): return t.s.list_audit_history("agent", "x")

@w("UNAVAILABLE")
def shutting_down_is_cancelled(t): made = t.push(); t.s.close(); return code(t.get, made.metadata.id)

@w(["UNAVAILABLE", "one"])
def failed_wait_counts_as_a_unit(t):
    t.push(); t.s.execute("PRAGMA busy_timeout=50")
    with t.b.store.transaction(): found = code(t.push, text="two")
    return [found, t.text()]

@w("INVALID_ARGUMENT")
def limits_of_archives_are_resources(t): return code(t.push, text="x" * (2**20 + 1))

@w("INVALID_ARGUMENT")
def not_found_is_read_from_the_text(t): return code(t.push, data=archive(("README.md", "x")))

@w("NOT_FOUND")
def damage_elsewhere_hides_what_is_missing(t): t.damage(t.push().metadata.id); return code(t.get, "skl-none")

@w(True)
def contradictions_name_no_field(t): return "org:" in says(t.push, scope=2)

@w(True)
def internal_errors_are_not_explained(t): t.fail_saves(); return "failed to save skill" in says(t.push)

@w("INVALID_ARGUMENT")
def odd_texts_are_replaced(t): return code(t.s.save_resource, "agent", "caf\udce9", t.m())
