from __future__ import annotations

from pathlib import Path

from drills.document import HEAD, Section

DOCS = Path(__file__).parents[3] / "docs" / "drills.md"
ONE = Section("One", "\nWhat.\n", ("a", "b"))
TWO = Section("Two", "Else.", ("a",))


def test_a_section_is_a_table_under_its_title():
    assert ONE.written([(1, 2)]) == "## One\n\nWhat.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_sections_and_rows_keep_their_places():
    both = TWO.merged(ONE.merged("", [("x", 1), ("x", 2), ("y", 3)]), [("z",)])
    assert both == f"{HEAD}\n{ONE.written([('x', 1), ('x', 2), ('y', 3)])}\n{TWO.written([('z',)])}"
    assert TWO.merged(both, []) == both
    newer = ONE.merged(both, [("x", 4), ("w", 5)])
    assert newer == f"{HEAD}\n{ONE.written([('x', 4), ('y', 3), ('w', 5)])}\n{TWO.written([('z',)])}"


def test_a_table_of_other_columns_begins_anew():
    before = ONE.merged("", [("x", 1)])
    assert Section("One", "What.", ("a", "c")).merged(before, [("y", 2)]).count("\n| ") == 3


def test_the_document_of_the_docs_is_one():
    text = DOCS.read_text(encoding="utf-8")
    title, _newline, rest = text.split("\n## ")[1].partition("\n\n")
    what, _newline, table = rest.partition("\n\n|")
    columns = table.partition("\n")[0].removesuffix(" |").strip().split(" | ")
    assert Section(title, what, columns).merged(text, []) == text
