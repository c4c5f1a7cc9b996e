"""A taste of the fault campaign: a few of each kind. `make faults` does a hundred, and says how often."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pytest

from faults import __main__ as campaign
from faults import analyses, deliveries, disk, evidence, hosts, kills, migrations
from faults.rows import Row, untried
from faults.sizes import TASTE, Sizes
from tests.postgresql import BINARIES


def met(rows: Iterable[Row]) -> list[Row]:
    """What was found, all of it as promised; a fault that this machine cannot make is skipped by its reason."""
    found = list(rows)
    for row in found:
        if row.is_met is None:
            pytest.skip(row.found)
        assert row.is_met, " | ".join(row.cells())
    assert found
    return found


def test_no_answer_that_was_thanked_for_is_lost_when_everything_is_killed() -> None:
    (row,) = met(kills.of_the_group(TASTE))

    assert (row.kills or 0) >= TASTE.kills
    assert (row.acknowledged or 0) >= TASTE.acknowledged


@pytest.mark.skipif(not BINARIES, reason="no PostgreSQL here")
def test_no_answer_that_was_thanked_for_is_lost_when_application_and_database_are_killed_in_turn() -> None:
    (row,) = met(kills.in_turn(TASTE))

    assert row.kills == TASTE.kills_in_turn


def test_a_full_disk_keeps_nobody_waiting_loses_nothing_and_needs_no_restart() -> None:
    met(disk.full(TASTE))


@pytest.mark.long
def test_a_disk_that_turns_read_only_thanks_nobody_falsely_and_loses_nothing() -> None:
    met(disk.turned_read_only(TASTE))


def test_every_event_arrives_though_receiver_and_sender_are_killed() -> None:
    met(deliveries.killed(TASTE))


def test_a_killed_migration_changes_no_answer() -> None:
    met(migrations.killed_on_the_way(TASTE))


def test_nobody_reads_half_an_analysis_that_was_killed() -> None:
    met(islice(analyses.killed_while_read(TASTE), 1))  # on SQLite; the campaign does it on both


@pytest.mark.long
def test_two_web_hosts_and_two_workers_are_killed_in_turn_and_nobody_notices() -> None:
    met(islice(hosts.two_of_each(TASTE), 1))  # with the queue on Redis; `make hosts` does it on both


def test_whoever_names_an_unknown_fault_is_told_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAULTS", "F1,F99")

    assert campaign.main() == 2
    assert "There is no F99. FAULTS may name F1, F2," in capsys.readouterr().err


def test_a_size_is_changed_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULT_KILLS", "10")
    monkeypatch.setenv("FAULT_SOAK", "120")

    assert (Sizes.from_environment().kills, Sizes.from_environment().soak) == (10, 120.0)


def test_the_page_of_evidence_says_what_was_missed_and_what_was_not_tried() -> None:
    missed = Row(id="F1", what="kills", kills=3, lost=1, target="0 lost", is_met=False)

    text = "\n".join(evidence.lines([missed, untried("F6", "full disk", "may not mount", "0")], TASTE, ["F1", "F6"]))

    assert "0 of 1 targets were met; 1 could not be tried. Faults: F1, F6." in text
    assert "| F1 | kills | 3 |  | 1 |  |  | 0 lost | **no** |" in text
    assert "| F6 | full disk |  |  |  |  | may not mount | 0 | not tried |" in text
    assert "kills=3" in text
    assert "F12, the widget in three engines" in text
