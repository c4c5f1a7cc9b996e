"""`make quality` renews the tables of what it measured and leaves everything else on the page alone."""

import pytest

from bench.quality import PAGE as PAGE_IN_DOCS
from bench.quality import replaced

PAGE = "# Title\n\n<!-- measured -->\n<!-- /measured -->\n\n## After\n"


def test_a_file_measured_again_replaces_its_own_tables_only() -> None:
    page = replaced(replaced(PAGE, "laptops", "old\n\n| a |"), "phones", "kept\n\n| b |")

    page = replaced(page, "laptops", "new")

    measured = "### laptops\n\nnew\n\n### phones\n\nkept\n\n| b |"
    assert page == f"# Title\n\n<!-- measured -->\n{measured}\n<!-- /measured -->\n\n## After\n"


def test_a_page_that_lost_a_mark_is_refused_before_it_loses_its_text() -> None:
    with pytest.raises(ValueError, match="measured"):
        replaced(PAGE.replace("<!-- /measured -->", ""), "laptops", "new")


def test_the_page_itself_has_its_marks() -> None:
    assert replaced(PAGE_IN_DOCS.read_text(encoding="utf-8"), "laptops", "new")
