from witnesses import *


@w(1)
def inner_failure_leaves_a_transaction_open(t):
    with t.s.transaction(): undo(t, lambda: t.s.save_resource("agent", "no", t.m()))
    t.s.save_resource("agent", "a", t.m())
    return len(t.b.store.list_resources("agent"))

@w(1)
def listing_does_not_see_its_own_unit(t):
    with t.s.transaction():
        t.s.save_resource("agent", "a", t.m())
        return len(t.s.list_resources("agent"))

@w(["one", "two"])
def simultaneous_pushes_share_an_answer(t):
    store, started, go, found = t.a.skills.artifacts.store, threading.Event(), threading.Event(), []
    def slow(data): started.set(); go.wait(0.3); return store(data)
    t.a.skills.artifacts.store = slow
    both = [threading.Thread(target=lambda text=text: found.append(t.push(text=text).spec.skill_md)) for text in ("one", "two")]
    both[0].start(); started.wait(); both[1].start()
    for it in both: it.join()
    return sorted(found)

@w([])
def pushes_in_a_unit_end_it(t): undo(t, lambda: t.s.save_resource("agent", "a", t.m()), t.push); return names(t, "agent")

@w("one")
def push_answers_what_is_there_after_it(t):
    get, others = t.s.get_resource, [lambda: t.push(text="two", on=t.b)]
    t.b
    def late(*args):
        if not t.s.connection.in_transaction and others: others.pop()()
        return get(*args)
    t.s.get_resource = late
    return t.push().spec.skill_md
