# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what the documentation takes from the contract; with --check it only says whether that is current.

python docs/generate.py          (tests/env.sh sets the import path)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ansible_collections.eks.redis.plugins.module_utils.contract.dialects import DIALECTS, Dialect
from ansible_collections.eks.redis.plugins.module_utils.contract.directives import MANAGED
from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FLAVOUR, ROOT, Derived, Field
from ansible_collections.eks.redis.plugins.module_utils.contract.modes import BY_MODE, MODES, modes
from ansible_collections.eks.redis.plugins.module_utils.contract.schema import flavour_schema, root_schema

DOCS = Path(__file__).resolve().parent


def generated() -> dict[Path, str]:
    """Every generated file with its text."""
    template = (DOCS / "flavour-reference.md.in").read_text(encoding="utf-8")
    parts = {
        "root": table(("field", "allowed", "default", "meaning"), (row[:-1] for row in rows(ROOT))),
        "fields": table(("field", "allowed", "default", "meaning", "modes"), rows(FLAVOUR)),
        "by-mode": table(("field", *MODES), by_mode()),
        "dialects": table(("also written", "means"), ((code(row.spelled), meaning(row)) for row in DIALECTS)),
        "managed": table(("directive", "instead"), ((code(name), text) for name, text in sorted(MANAGED.items()))),
    }
    for name, text in parts.items():
        template = template.replace(f"<!-- {name} -->", text)
    return {
        DOCS / "flavour-reference.md": template,
        DOCS / "flavour.schema.json": pretty(flavour_schema()),
        DOCS / "root.schema.json": pretty(root_schema()),
    }


def rows(fields: Iterable[Field]) -> Iterator[tuple[str, ...]]:
    """The table of the fields."""
    for field in fields:
        counted = "all" if modes(field.path) == MODES else ", ".join(modes(field.path))
        yield code(field.path), escaped(field.kind.allowed), default(field), escaped(field.doc), counted


def by_mode() -> Iterator[tuple[str, ...]]:
    """What a field does in each mode, for those that do not do the same in all."""
    for path, effects in BY_MODE.items():
        yield code(path), *(escaped(effects.get(mode, "–")) for mode in MODES)


def default(field: Field) -> str:
    """The default as it stands in a file, or how it follows from other fields."""
    if isinstance(field.default, Derived):
        return escaped(field.default.text)
    empty = {"": '""', (): "[]"}
    is_empty = isinstance(field.default, (str, tuple)) and field.default in empty
    return code(empty[field.default] if is_empty else json.dumps(field.default).strip('"'))


def meaning(row: Dialect) -> str:
    """The canonical side of a dialect."""
    return code(row.canonical) + (" + 1" if row.convert else "")


def escaped(text: str) -> str:
    """Text in a cell of a table."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("|", "\\|")


def code(text: str) -> str:
    """Text as code."""
    return f"`{text}`"


def table(header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, ("---",) * len(header), *lines))


def pretty(schema: object) -> str:
    """JSON as it is kept in the repository."""
    return json.dumps(schema, indent=1, ensure_ascii=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write, or with --check compare."""
    stale = {path: text for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text}
    if "--check" in arguments:
        for path in stale:
            print(f"{path.name} is not current: run docs/generate.py")
        return bool(stale)
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
