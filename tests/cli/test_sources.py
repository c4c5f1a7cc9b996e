"""What an operator says of sources, and gets told."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app.services import source_files, sources, surveys


def test_a_folder_is_made_filled_run_listed_and_removed(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    surveys.create("drops", "Drops")

    made = run(
        args=["source", "add", "folder", "desk", "--survey", "drops", "--column", "stars=score", "--scale", "5=10"]
    )
    Path(source_files.folder("drops") / "a.csv").write_text("stars,comment\n5,fine\n4,good\n")
    done = run(args=["source", "run", "desk", "--survey", "drops"])
    nothing = run(args=["source", "run", "desk", "--survey", "drops"])
    listed = run(args=["source", "list", "--survey", "drops"])

    assert made.stdout == "source desk\tinbox/drops/\n"
    assert done.stdout == "1 new, 0 changed, 0 already there, 1 left out.\n"
    assert nothing.stdout == "Nothing new.\n"
    assert "desk\tfolder\ton\tinbox/drops/" in listed.stdout
    assert "1 created, 0 changed, 0 repeated, 1 rejected" in listed.stdout
    sources.switch(surveys.get("drops"), sources.named(surveys.get("drops"), "desk").id, on=False)
    assert "This source is off." in run(args=["source", "run", "desk", "--survey", "drops"]).stderr
    assert run(args=["source", "remove", "desk", "--survey", "drops"]).exit_code == 0
    assert run(args=["source", "list", "--survey", "drops"]).stdout == ""


def test_a_secret_is_printed_once_and_what_is_wrong_is_a_sentence(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    surveys.create("drops", "Drops")
    webhook = ["source", "add", "webhook", "desk", "--survey", "drops"]

    assert "Say which field is the score" in run(args=webhook).stderr
    assert "secret whsec_" in run(args=[*webhook, "--column", "stars=score"]).stdout
    assert "A webhook is called, not asked." in run(args=["source", "run", "desk", "--survey", "drops"]).stderr
    assert (
        "leads into a private"
        in run(args=["source", "add", "url", "u", "--survey", "drops", "--url", "https://10.0.0.1/"]).stderr
    )
