# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers as a document for people: Markdown and HTML. Pure."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Facts = Mapping[str, Any]
_COLUMNS = ("result", "subject", "requirement", "found")
_ORDER = ("fail", "not checked", "pass")
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em .6em;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}.fail{font-weight:bold;color:#a00}.pass{color:#060}"
)


def markdown(facts: Facts) -> str:
    """facts: the result of module compliance_info."""
    rows = [_cells(check, _markdown_cell) for check in _sorted(facts["checks"])]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (_COLUMNS, ("---",) * len(_COLUMNS), *rows))
    return f"# {_title(facts)}\n\n{_when(facts)}\n\n{_verdict(facts)}\n\n{table}\n"


def page(facts: Facts) -> str:
    """The same as one HTML file without references to others."""
    rows = "".join(
        f'<tr class="{html.escape(check["result"])}">'
        + "".join(f"<td>{cell}</td>" for cell in _cells(check, html.escape))
        + "</tr>\n"
        for check in _sorted(facts["checks"])
    )
    title, head = html.escape(_title(facts)), "".join(f"<th>{column}</th>" for column in _COLUMNS)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n<p>{html.escape(_when(facts))}</p>\n"
        f"<p>{html.escape(_verdict(facts))}</p>\n<table><tr>{head}</tr>\n{rows}</table></body></html>\n"
    )


FORMATS: dict[str, Callable[[Facts], str]] = {"markdown": markdown, "html": page}


def _title(facts: Facts) -> str:
    return f"Data at rest of {facts['namespace']}/{facts['name']}"


def _when(facts: Facts) -> str:
    return (
        f"Checked {facts['checked_at']} in EKS cluster {facts['cluster_name']}, AWS account {facts['account']}, "
        f"region {facts['region']}, as {facts['caller']}."
    )


def _verdict(facts: Facts) -> str:
    counts = facts["counts"]
    word = "Compliant in what was checked" if facts["compliant"] else "Not compliant"
    return f"{word}: {counts['pass']} passed, {counts['fail']} failed, {counts['not_checked']} not checked."


def _sorted(checks: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """What is wrong comes first; otherwise in their order."""
    return sorted(checks, key=lambda check: _ORDER.index(check["result"]))


def _cells(check: Mapping[str, str], shown: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(shown(check[column]) for column in _COLUMNS)


def _markdown_cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
