from __future__ import annotations

from pathlib import Path

from drills import document

DOCS = Path(__file__).parents[3] / "docs" / "drills.md"
ONE = document.Section("One", "\nWhat.\n", ("a", "b")).written([(1, 2)])
TWO = document.Section("Two", "Else.", ("a",)).written([("x",)])


def test_a_section_is_a_table_under_its_title():
    assert ONE == "## One\n\nWhat.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_sections_keep_their_places():
    both = document.replaced(document.replaced("", ONE), TWO)
    assert both == f"{document.HEAD}\n{ONE}\n{TWO}"
    assert document.replaced(both, TWO) == document.replaced(both, ONE) == both
    newer = ONE.replace("1 | 2", "3 | 4")
    assert document.replaced(both, newer) == f"{document.HEAD}\n{newer}\n{TWO}"


def test_the_document_of_the_docs_is_one():
    text = DOCS.read_text(encoding="utf-8")
    parts = text.split("\n## ")[1:]
    assert parts
    assert document.replaced(text, "## " + parts[0].strip() + "\n") == text
