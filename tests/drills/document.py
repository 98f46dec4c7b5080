"""docs/drills.md: a section for each kind of drill, replaced as a whole when its drills were run. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEAD = "# Drills\n\nWritten by `make drills` on the laboratory; not edited by hand.\n"


@dataclass(frozen=True)
class Section:
    title: str
    text: str
    columns: Sequence[str]

    def written(self, rows: Iterable[Sequence[object]]) -> str:
        lines = [self.columns, ["---"] * len(self.columns), *rows]
        table = "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)
        return f"## {self.title}\n\n{self.text.strip()}\n\n{table}"


def replaced(document: str, section: str) -> str:
    """The document with this section in place of the one with the same title, or at its end; without any it begins."""
    kept = ["## " + part.strip() + "\n" for part in document.split("\n## ")[1:]]
    title = section.partition("\n")[0]
    titles = [part.partition("\n")[0] for part in kept]
    if title in titles:
        kept[titles.index(title)] = section
    else:
        kept.append(section)
    return "\n".join([HEAD, *kept])
