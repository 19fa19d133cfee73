"""Messages from and to another program, through a real hub and the bridge's own process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samp_hub import HUB_MAY_WARN, PATIENCE_S, OtherProgram, home_folder, running_hub, started_bridge

from stellarview.samp import SampBridge
from stellarview.samp.messages import (
    Client,
    Clients,
    ListClients,
    Order,
    ReceivedSpectrum,
    ReceivedTable,
    Refused,
    Report,
    SendSpectrum,
    SendTable,
    Sent,
)

pytestmark = HUB_MAY_WARN


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OtherProgram, SampBridge]]:
    with home_folder(tmp_path_factory.mktemp("home")), running_hub() as hub, started_bridge() as bridge:
        other = OtherProgram(hub)
        yield other, bridge
        other.client.disconnect()


@pytest.fixture
def other(both: tuple[OtherProgram, SampBridge]) -> OtherProgram:
    return both[0]


@pytest.fixture
def bridge(both: tuple[OtherProgram, SampBridge]) -> SampBridge:
    return both[1]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "恒星 1.vot"
    path.write_text("<VOTABLE/>")
    return path


def said(bridge: SampBridge, order: Order) -> Report | None:
    bridge.send(order)
    return bridge.receive(PATIENCE_S)


@pytest.mark.parametrize(
    ("mtype", "kind"),
    [
        ("table.load.votable", ReceivedTable),
        ("table.load.fits", ReceivedTable),
        ("table.load.csv", ReceivedTable),
        ("spectrum.load.ssa-generic", ReceivedSpectrum),
    ],
)
def test_that_what_another_program_sends_arrives(
    other: OtherProgram, bridge: SampBridge, file: Path, mtype: str, kind: Any
) -> None:
    other.tell(mtype, url=file.as_uri(), name="M 67\n\u202e")
    assert bridge.receive(PATIENCE_S) == kind(str(file), "M 67", file.as_uri(), "Other program")


def test_that_a_caller_is_told_what_became_of_its_message(other: OtherProgram, bridge: SampBridge, file: Path) -> None:
    good = {"samp.mtype": "table.load.votable", "samp.params": {"url": file.as_uri()}}
    bad = {"samp.mtype": "table.load.votable", "samp.params": {"url": "file:///nowhere"}}
    answers = [other.client.call_and_wait(other.stellarview, message, f"{PATIENCE_S:g}") for message in (good, bad)]
    assert isinstance(bridge.receive(PATIENCE_S), ReceivedTable)
    assert isinstance(bridge.receive(PATIENCE_S), Refused)
    assert [answer["samp.status"] for answer in answers] == ["samp.ok", "samp.error"]
    assert "There is no file" in answers[1]["samp.error"]["samp.errortxt"]


def test_that_malformed_messages_are_refused_in_words_and_the_next_one_arrives(
    other: OtherProgram, bridge: SampBridge, file: Path
) -> None:
    mtype = "table.load.votable"
    for params in (
        *({}, {"url": ""}, {"url": ["a"]}, {"url": "/a/path"}, {"url": "ftp://example.org/a.vot"}),
        *({"url": "http://[bad"}, {"url": "file://elsewhere/a.vot"}, {"url": "file:///a%00b"}, {"url": "x" * 9000}),
        *("no map at all", ["nor", "this"]),
    ):
        other.client.notify(other.stellarview, {"samp.mtype": mtype, "samp.params": params})
        refusal = bridge.receive(PATIENCE_S)
        assert isinstance(refusal, Refused), params
        assert refusal.what == "Cannot take what Other program sent."
        assert refusal.why and refusal.what_to_do
    other.client.notify(other.stellarview, {"samp.mtype": mtype})  # pyvo itself answers this one
    other.tell(mtype, url=file.as_uri(), name={"no": "text"})
    assert bridge.receive(PATIENCE_S) == ReceivedTable(str(file), file.name, file.as_uri(), "Other program")


@pytest.mark.parametrize("is_addressed", [False, True], ids=["to all", "to one"])
def test_that_a_table_reaches_another_program(
    other: OtherProgram, bridge: SampBridge, file: Path, is_addressed: bool
) -> None:
    to = other.client.get_public_id() if is_addressed else ""
    assert said(bridge, SendTable(str(file), "my stars", to)) == Sent("my stars", ("Other program",))
    mtype, params = other.received.get(timeout=PATIENCE_S)
    assert (mtype, params["url"], params["name"]) == ("table.load.votable", file.as_uri(), "my stars")


def test_that_a_spectrum_reaches_another_program_with_its_format(
    other: OtherProgram, bridge: SampBridge, example_lrs: Path
) -> None:
    assert said(bridge, SendSpectrum(str(example_lrs), "G2V")) == Sent("G2V", ("Other program",))
    mtype, params = other.received.get(timeout=PATIENCE_S)
    assert (mtype, params["meta"]["Access.Format"]) == ("spectrum.load.ssa-generic", "application/fits")
    assert params["url"] == params["meta"]["Access.Reference"] == example_lrs.as_uri()


def test_that_the_programs_that_listen_are_listed(other: OtherProgram, bridge: SampBridge) -> None:
    assert said(bridge, ListClients()) == Clients((Client(other.client.get_public_id(), "Other program", True, True),))


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize(
    ("name", "to", "why"),
    [
        ("stars.txt", "", "Other programs take tables as .vot, .xml, .fits, .csv."),
        ("absent.vot", "", "There is no file absent.vot."),
        ("stars.csv", "", "No program at the hub takes a table of this kind"),
        ("stars.vot", "nobody", "nobody does not take a table of this kind"),
    ],
)
def test_that_what_cannot_be_sent_is_said(bridge: SampBridge, tmp_path: Path, name: str, to: str, why: str) -> None:
    for ending in ("txt", "csv", "vot"):
        (tmp_path / f"stars.{ending}").write_text("1")
    refusal = said(bridge, SendTable(str(tmp_path / name), "my stars", to))
    assert isinstance(refusal, Refused)
    assert refusal.what == "Cannot send my stars."
    assert refusal.why.startswith(why)


def test_that_nobody_learns_the_variables_of_our_environment(other: OtherProgram, bridge: SampBridge) -> None:
    assert "client.env.get" not in other.client.get_subscriptions(other.stellarview)


def test_that_the_bridge_introduces_itself(other: OtherProgram, bridge: SampBridge) -> None:
    assert other.client.get_metadata(other.stellarview)["samp.name"] == "StellarView"
