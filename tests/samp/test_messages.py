"""Messages survive the pipe, and nothing but messages comes out of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.samp.messages import Client, Clients, Order, Report, from_bytes, to_bytes

TEXT = st.text(alphabet=st.characters(categories=["L", "N", "P", "Cs", "Cc"]))
KINDS: list[Any] = [*Order.__args__, *Report.__args__]


def any_message(kind: Any) -> st.SearchStrategy[Any]:
    if kind is Clients:
        clients = st.builds(Client, id=TEXT, name=TEXT, takes_tables=st.booleans(), takes_spectra=st.booleans())
        return st.builds(Clients, st.lists(clients, max_size=3).map(tuple))
    texts = {"recipients": st.lists(TEXT, max_size=3).map(tuple)}
    return st.builds(kind, **{name: texts.get(name, TEXT) for name in kind.__dataclass_fields__})


@given(st.sampled_from(KINDS).flatmap(any_message))
def test_that_messages_survive_the_pipe(message: Any) -> None:
    assert from_bytes(to_bytes(message)) == message


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"1", b'["Stop"]', b'["os", {}]', b'["SendTable", {"path": 1}]'])
def test_that_nothing_else_comes_out_of_it(data: bytes) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        from_bytes(data)
