"""`make quality` renews the tables of what it measured and leaves everything else on the page alone."""

from bench.quality import replaced

PAGE = "# Title\n\n<!-- measured -->\n<!-- /measured -->\n\n## After\n"


def test_a_file_measured_again_replaces_its_own_tables_only() -> None:
    page = replaced(replaced(PAGE, "laptops", "old\n\n| a |"), "phones", "kept\n\n| b |")

    page = replaced(page, "laptops", "new")

    measured = "### laptops\n\nnew\n\n### phones\n\nkept\n\n| b |"
    assert page == f"# Title\n\n<!-- measured -->\n{measured}\n<!-- /measured -->\n\n## After\n"
