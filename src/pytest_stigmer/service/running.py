"""A service of one's own, outside pytest too: for a block, or for the tests of a unittest class."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_stigmer.registry.own_folder import OwnFolder
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.registry.rewinding import Rewinding
from pytest_stigmer.service import check_installed
from pytest_stigmer.service.loopback import LoopbackServer, Registries, Service, without_proxy

if TYPE_CHECKING:
    import unittest
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

C = TypeVar("C", bound="type[unittest.TestCase]")


class RunningService(Service):
    """A service with a server of its own: on one address as long as it lives."""

    def __init__(
        self,
        server: LoopbackServer,
        rewinding: Rewinding,
        another: Callable[[], AbstractContextManager[Registry]],
    ) -> None:
        self.registries = Registries(rewinding.registry, self._opened)
        self._another = another
        self._rewinding = rewinding
        self._namespaces: list[tuple[Rewinding, ExitStack]] = []
        super().__init__(server, rewinding.registry.store, self.registries.default)

    def reset(self) -> None:
        """Delete every record, every artifact and every namespace; forget faults and calls."""
        with self._served.gate.alone():
            self._rewinding.empty()
        self._forget(set())

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """Undo after the block what it did to the service, to its namespaces too.

        Faults and calls end with it; calls made before it are forgotten at its start.
        """
        self._served.calls.clear()
        names = self.registries.names()
        with ExitStack() as stack:
            for rewinding in (self._rewinding, *(one for one, _ in self._namespaces)):
                stack.enter_context(rewinding.undoing())
            yield
        self._forget(names)

    def close(self) -> None:
        """Close the channel if it was used, and the registries of all namespaces."""
        super().close()
        self._forget(set())

    def _opened(self) -> Registry:
        stack = ExitStack()
        registry = stack.enter_context(self._another())
        self._namespaces.append((Rewinding(registry), stack))
        return registry

    def _forget(self, names: set[str]) -> None:
        """Drop all namespaces but those of `names`, which are the ones opened first."""
        self.registries.forget_all_but(names)
        for _, stack in self._namespaces[len(names) :]:
            stack.close()
        del self._namespaces[len(names) :]
        self.faults.clear()
        self._served.calls.clear()


@contextmanager
def service_over(
    rewinding: Rewinding, another: Callable[[], AbstractContextManager[Registry]]
) -> Iterator[RunningService]:
    """Serve a registry on a server of its own; `another` opens one for each namespace."""
    server = LoopbackServer(rewinding.registry.generation)
    try:
        with (
            closing(RunningService(server, rewinding, another)) as service,
            server.serving(service.registries),
            without_proxy(),
        ):
            yield service
    finally:
        server.stop()


class running_service:  # noqa: N801 - reads as the function that it is to a user
    """Run the fixture service for a block: `with running_service() as service:`.

    As the decorator of a unittest.TestCase class it gives its tests `self.stigmer_service`, one for
    the class; what a test does to it is undone after the test, what setUpClass does stays. All
    files lie in a temporary folder and go with it. Raises UsageError without the extra `service`.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> RunningService:
        check_installed("running_service()")
        with ExitStack() as stack:
            own = OwnFolder.create("stigmer-serve-")
            stack.callback(own.remove)
            names = count(1)

            def another() -> Registry:
                return Registry(own.path / f"{next(names)}.db", new=True)

            rewinding = Rewinding(stack.enter_context(another()))
            service = stack.enter_context(service_over(rewinding, another))
            self._stack = stack.pop_all()
        return service

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, test_class: C) -> C:
        """Give a unittest class a service of its own."""
        set_up: Any = test_class.__dict__.get("setUpClass", classmethod(_nothing))
        run = test_class.run

        def set_up_with_service(cls: type[unittest.TestCase]) -> None:
            cls.stigmer_service = cls.enterClassContext(running_service())  # type: ignore[attr-defined]
            set_up.__get__(None, cls)()

        def run_undone(self: unittest.TestCase, result: Any = None) -> Any:
            with self.stigmer_service.undoing():  # type: ignore[attr-defined]
                return run(self, result)

        test_class.setUpClass = classmethod(set_up_with_service)  # type: ignore[assignment]
        test_class.run = run_undone  # type: ignore[method-assign]
        return test_class


def _nothing(cls: type) -> None:
    del cls
