"""docs/drills.md: a section for each kind of drill, with the rows of each; who runs one replaces its own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

HEAD = "# Drills\n\nWritten by `make drills` on the laboratory; not edited by hand.\n"


@dataclass(frozen=True)
class Section:
    """columns: of the table; the first says what was drilled, and one drill may have several rows."""

    title: str
    text: str
    columns: Sequence[str]

    def written(self, rows: Iterable[Sequence[object]]) -> str:
        lines = [self.columns, ["---"] * len(self.columns), *rows]
        table = "".join(f"{_line(line)}\n" for line in lines)
        return f"## {self.title}\n\n{self.text.strip()}\n\n{table}"

    def merged(self, document: str, rows: Iterable[Sequence[object]]) -> str:
        """The document with these rows in place of those of the same drills, the others kept as long as columns are."""
        sections = ["## " + part.strip() + "\n" for part in document.split("\n## ")[1:]]
        titles = [part.partition("\n")[0] for part in sections]
        mine = titles.index(f"## {self.title}") if f"## {self.title}" in titles else len(sections)
        kept = list(self._rows(sections[mine])) if mine < len(sections) else []
        sections[mine : mine + 1] = [self.written(_replaced(kept, [[str(cell) for cell in row] for row in rows]))]
        return "\n".join([HEAD, *sections])

    def _rows(self, section: str) -> Iterator[list[str]]:
        _text, header, table = section.partition(_line(self.columns) + "\n")
        for line in table.splitlines()[1:] if header else ():
            yield line.removeprefix("| ").removesuffix(" |").split(" | ")


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _replaced(kept: Sequence[list[str]], rows: Sequence[list[str]]) -> list[list[str]]:
    drills = dict.fromkeys(row[0] for row in (*kept, *rows))
    new = {row[0] for row in rows}
    return [row for drill in drills for row in (rows if drill in new else kept) if row[0] == drill]
