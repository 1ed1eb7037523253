from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ssc_rx import (
    DuplicateIdError,
    EmptyIdError,
    InvalidIdError,
    TooManySocketsError,
    UnknownSocketError,
)
from ssc_rx.core.registry import Registry, check_id


@pytest.mark.parametrize("id", [None, 1, b"x", ["x"], {}])
def test_an_id_that_is_no_string_is_refused(id: Any) -> None:
    with pytest.raises(InvalidIdError, match="must be a str"):
        check_id(id)


def test_an_empty_id_is_refused() -> None:
    with pytest.raises(EmptyIdError, match="can't be empty"):
        check_id("")


def test_a_taken_id_is_refused_and_stays_with_its_owner() -> None:
    registry: Registry[str] = Registry()
    registry.add("x", "first")
    with pytest.raises(DuplicateIdError, match="'x' is taken"):
        registry.add("x", "second")
    assert registry.get("x") == "first"


def test_removal_is_by_identity_never_by_id() -> None:
    registry: Registry[object] = Registry()
    first, second = object(), object()
    registry.add("x", first)
    assert registry.remove("x", first)
    registry.add("x", second)
    assert not registry.remove("x", first)
    assert registry.get("x") is second


@pytest.mark.parametrize(
    ("id", "error"),
    [
        ("y", UnknownSocketError),
        ("", EmptyIdError),
        (3, InvalidIdError),
        ([], InvalidIdError),
    ],
)
def test_looking_up_what_is_not_there_says_why(id: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Registry[str]().get(id)


def test_a_full_registry_admits_nobody() -> None:
    registry: Registry[int] = Registry(max_sockets=2)
    registry.add("a", 1)
    registry.add("b", 2)
    with pytest.raises(TooManySocketsError, match="max_sockets=2"):
        registry.admit("c")
    registry.remove("a", 1)
    registry.add("c", 3)


def test_entries_may_come_and_go_during_iteration() -> None:
    registry: Registry[str] = Registry()
    for id in "abc":
        registry.add(id, id)
    for entry in registry:
        registry.remove(entry, entry)
    assert len(registry) == 0


class RegistryMachine(RuleBasedStateMachine):
    """Whatever the order, it is a dict with one owner an ID, and a queue behind each."""

    ids = st.sampled_from("abcd")

    def __init__(self) -> None:
        super().__init__()
        self.registry: Registry[object] = Registry(max_sockets=3)
        self.model: dict[str, object] = {}
        self.waiting: list[tuple[str, object]] = []
        self.gone: list[tuple[str, object]] = []

    def newcomers(self, id: str) -> list[object]:
        return [entry for wanted, entry in self.waiting if wanted == id]

    @rule(id=ids)
    def come_to_replace(self, id: str) -> None:
        entry = object()
        try:
            self.registry.add(id, entry, replace=True)
        except TooManySocketsError:
            assert len(self.model) == 3
            assert id not in self.model
        else:
            if id in self.model:
                self.waiting.append((id, entry))
            else:
                self.model[id] = entry

    @rule(id=ids, n=st.integers(0, 2))
    def replace(self, id: str, n: int) -> None:
        newcomers = self.newcomers(id)
        if n >= len(newcomers):
            return
        rivals = [self.model[id], *newcomers[:n]]
        assert self.registry.rivals(id, newcomers[n]) == rivals
        for rival in rivals:
            assert self.registry.remove(id, rival)
            self.gone.append((id, rival))
        self.waiting = [w for w in self.waiting if w[1] not in newcomers[: n + 1]]
        del self.model[id]
        self.model[id] = newcomers[n]

    @rule(id=ids, n=st.integers(0, 2))
    def give_up(self, id: str, n: int) -> None:
        newcomers = self.newcomers(id)
        if n < len(newcomers):
            assert self.registry.remove(id, newcomers[n])
            self.waiting.remove((id, newcomers[n]))
            self.gone.append((id, newcomers[n]))

    @rule(id=ids)
    def add(self, id: str) -> None:
        entry = object()
        try:
            self.registry.add(id, entry)
        except DuplicateIdError:
            assert id in self.model
        except TooManySocketsError:
            assert len(self.model) == 3
        else:
            assert id not in self.model
            self.model[id] = entry

    @rule(id=ids)
    def remove(self, id: str) -> None:
        entry = self.model.pop(id, None)
        if entry is not None:
            assert self.registry.remove(id, entry)
            self.gone.append((id, entry))
            if newcomers := self.newcomers(id):
                self.model[id] = newcomers[0]
                self.waiting.remove((id, newcomers[0]))

    @rule()
    def remove_those_that_are_gone(self) -> None:
        for id, entry in self.gone:
            assert not self.registry.remove(id, entry)

    @invariant()
    def agrees_with_the_model(self) -> None:
        assert self.registry.entries == self.model
        everyone = [*self.model.values(), *(entry for _, entry in self.waiting)]
        assert set(self.registry.everyone()) == set(everyone)
        assert all(self.registry.rivals(id, self.model[id]) == [] for id in self.model)
        assert self.registry.ids() == list(self.model)
        assert all(id in self.registry for id in self.model)
        assert 1 not in self.registry


TestRegistry = RegistryMachine.TestCase
