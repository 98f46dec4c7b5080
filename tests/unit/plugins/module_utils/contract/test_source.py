"""Files: what is read, with which lines, and what is refused where."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.source import Source, SourceError, parse, read

JSON = """{
  // for the shop
  "persistence": {"size": "5Gi",  // small
    "aof": {"enabled": true}},
  "service": {"annotations": {"note": "http://not.a/comment"}},
  "tolerations": [
    {"key": "a"},
    {"operator": "Exists"}
  ]
}
"""
YAML = """\
# for the shop
persistence:
  size: 5Gi
  aof: {enabled: true}
service:
  annotations: &notes
    note: http://not.a/comment
tolerations:
  - key: a
  - operator: Exists
"""
DATA = {
    "persistence": {"size": "5Gi", "aof": {"enabled": True}},
    "service": {"annotations": {"note": "http://not.a/comment"}},
    "tolerations": [{"key": "a"}, {"operator": "Exists"}],
}
LINES = ("persistence", "persistence.size", "persistence.aof.enabled", "tolerations[1]", "tolerations[1].operator")


@pytest.mark.parametrize(
    ("text", "name", "lines"), [(JSON, "a.json", [3, 3, 4, 8, 8]), (YAML, "a.yml", [2, 3, 4, 10, 10])]
)
def test_data_with_lines(text: str, name: str, lines: list[int]) -> None:
    source = parse(text, name)
    assert source.data == DATA
    assert [source.lines[path] for path in LINES] == lines
    assert source.name == name


@pytest.mark.parametrize("text", ["", "  \n", "// nothing\n"])
def test_empty_json_is_an_empty_mapping(text: str) -> None:
    assert parse(text, "a.json").data == {}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null\n"])
def test_empty_yaml_is_an_empty_mapping(text: str) -> None:
    assert parse(text, "a.yml").data == {}


@pytest.mark.parametrize("text", ['\t{"a": [1,\n\t-2.5e1, "\\u00e9\\n", true, false, null, {}, []]}\r\n'])
def test_all_of_json(text: str) -> None:
    assert parse(text, "a").data == {"a": [1, -25.0, "é\n", True, False, None, {}, []]}


def test_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"image": "redis:7"}')
    assert read(str(path)).data == {"image": "redis:7"}


def test_yaml_merge_keys() -> None:
    source = parse("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n", "a.yaml")
    assert source.data["b"] == {"x": 1, "y": 3}
    assert source.lines["b.y"] == 4


def test_a_merged_mapping_may_be_used_again() -> None:
    source = parse("a: &a {x: 1}\nb: &b\n  <<: *a\n  x: 2\nc: *b\n", "a.yaml")
    assert source.data["b"] == source.data["c"] == {"x": 2}


END = "the end of the file"
TAGGED = "line 1, column 4: the value has a tag that is not known here; a text that begins with ! needs quotes"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1', f'line 1, column 8: expected "," or "}}", found {END}'),
        ('{"a": {"b": 1}\n', f'line 2, column 1: expected "," or "}}", found {END}'),
        (
            '{"a": 1}}',
            "line 1, column 9: something follows the end of the document: remove it, or look for a brace too many",
        ),
        (
            '{"a": 1} {"b": 2}',
            "line 1, column 10: something follows the end of the document: remove it, or look for a brace too many",
        ),
        ('{"a": 1,}', 'line 1, column 9: a comma before "}": remove it'),
        ('{"a": [1, 2,]}', 'line 1, column 13: a comma before "]": remove it'),
        ('{"a": 1\n "b": 2}', 'line 2, column 2: expected "," or "}", found \'"\''),
        ('{"a" 1}', 'line 1, column 6: expected ":" after the key'),
        ("{a: 1}", 'line 1, column 2: expected a key in double quotes, or "}"'),
        ("{'a': 1}", 'line 1, column 2: expected a key in double quotes, or "}"'),
        ("{\"a\": 'b'}", 'line 1, column 7: expected a value, found "\'"'),
        ('{"a": }', "line 1, column 7: expected a value, found '}'"),
        ('{"a":', f"line 1, column 6: expected a value, found {END}"),
        ('{"a": True}', "line 1, column 7: expected a value, found 'T'"),
        ('{"a": NaN}', "line 1, column 7: expected a value, found 'N'"),
        ('{"a": 01}', 'line 1, column 8: expected "," or "}", found \'1\''),
        ('{"a": +1}', "line 1, column 7: expected a value, found '+'"),
        ('{"a": "b}', "line 1, column 7: bad string: Unterminated string starting at"),
        ('{"a": "\\q"}', "line 1, column 8: bad string: Invalid \\escape"),
        ('{"a": "b\nc"}', "line 1, column 9: bad string: Invalid control character at"),
        ('{"a": 1, "b": {"a": 2},\n "a": 3}', "line 2, column 2: the key 'a' is given twice: keep one"),
        ('{"a": ' + "9" * 101 + "}", "line 1, column 7: a number of more than 100 characters"),
        ("[" * 60, "line 1, column 52: nested more than 50 levels deep"),
        ("/* no */ {}", "line 1, column 1: expected a value, found '/'"),
    ],
)
def test_malformed_json(text: str, line: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(text, "a.json")
    assert str(caught.value) == f"a.json: {line}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' is given twice: keep one"),
        ("a:\n  b: 1\n  b: 1\n", "line 3, column 3: the key 'b' is given twice: keep one"),
        ("a: [1, 2\n", "line 2, column 1: while parsing a flow sequence expected ',' or ']', but got '<stream end>'"),
        (
            "a:\n\t- b\n",
            "line 2, column 1: while scanning for the next token found character '\\t' that cannot start any token",
        ),
        # what has no quotes may be a password
        ("a: *mine\n", "line 1, column 4: found undefined alias"),
        ("a: &a [*a]\n", "line 1, column 4: nested more than 50 levels deep"),
        ("a: !vault |\n  x\n", TAGGED),
        ("a: !!python/name:os.system\n", TAGGED),
        ("a: 2026-02-30\n", "line 1, column 4: the value is not a timestamp; a text needs quotes"),
        ("a: !!bool maybe\n", "line 1, column 4: the value is not a bool; a text needs quotes"),
        ("a: !!timestamp soon\n", "line 1, column 4: the value is not a timestamp; a text needs quotes"),
        ("[a]: 1\n", "line 1, column 1: a key must be a word; a value that begins with { or [ needs quotes"),
        ("a: 1\n---\nb: 2\n", "line 2, column 1: expected a single document in the stream but found another document"),
        ("a: \x07\n", "line 1, column 1: a character YAML does not allow (special characters are not allowed)"),
        ("[" * 3000, "line 1, column 1: nested more than 50 levels deep"),
        (
            "a: {{ b }}\n",
            "line 1, column 5: a key must be a word; a value that begins with { or [ needs quotes",
        ),
        ("a: !ours!b c\n", "line 1, column 4: while parsing a node found undefined tag handle"),
        (
            "a: &mine 1\nb: &mine 2\n",
            "line 2, column 4: found duplicate anchor; first occurrence second occurrence",
        ),
        ('a: "\\b\\w"\n', "line 1, column 8: while scanning a double-quoted scalar found unknown escape character 'w'"),
        ("a: !ours {b: 1}\n", TAGGED),
        ("a: !ours [1]\n", TAGGED),
        ("a: !!set {b}\n", TAGGED),
        (
            "a: &a [1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(f"{b}: &{b} [{f'*{a}, ' * 8}]\n" for a, b in pairwise("abcdefgh")),
            "line 1, column 20: more than 10000 values",
        ),
    ],
)
def test_malformed_yaml(text: str, line: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(text, "a.yml")
    assert str(caught.value) == f"a.yml: {line}"


@pytest.mark.parametrize(
    ("text", "name", "data"),
    [
        ('{"a": 1}', "flavour", {"a": 1}),
        ("// note\n{}", "flavour", {}),
        ("a: 1", "flavour", {"a": 1}),
        ("{a: 1}", "flavour.yaml", {"a": 1}),
        ("[1]", "flavour", [1]),
    ],
)
def test_format_follows_the_name_then_the_content(text: str, name: str, data: Any) -> None:
    assert parse(text, name).data == data


def test_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "missing.json"
    with pytest.raises(SourceError) as caught:
        read(str(path))
    assert (
        str(caught.value) == f"{path}: cannot be read: No such file or directory; give the path of a JSON or YAML file"
    )


def test_a_path_that_no_file_can_have() -> None:
    with pytest.raises(SourceError) as caught:
        read("a\0b")
    assert str(caught.value) == "a\0b: cannot be read: embedded null byte; give the path of a JSON or YAML file"


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(str(tmp_path))
    assert str(caught.value) == f"{tmp_path}: cannot be read: Is a directory; give the path of a JSON or YAML file"


def test_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(SourceError) as caught:
        read(str(path))
    assert str(caught.value) == f"{path}: is not UTF-8 text (byte 7); save it as UTF-8"


def test_problems_name_file_and_line() -> None:
    flavour = parse('{\n "persistence": {\n  "size": "5GB"},\n "tolerations": [\n  {"keys": "a"}]}', "cache.json")
    root = parse("version: 7\n", "root.yml")
    assert [str(problem) for problem in resolve(flavour, root, name="cache", namespace="apps").errors] == [
        "version: 7 is not a Redis version; allowed: 6, 7 or 8 with minor and patch, such as 7.0.15, in quotes "
        "(root.yml:1)",
        "persistence.size: '5GB' is not a size; allowed: a number with Mi, Gi or Ti (cache.json:3)",
        "tolerations[0].keys: unknown key; did you mean key? (cache.json:5)",
    ]


def test_rules_name_file_and_line() -> None:
    flavour = parse('{"master": {"resources": {\n"requests": {"cpu": 2},\n"limits": {"cpu": 1}}}}', "cache.json")
    (problem,) = resolve(flavour, name="cache", namespace="apps").errors
    assert (problem.source, problem.line) == ("cache.json", 3)


def test_line_of_what_is_missing_is_the_line_around_it() -> None:
    source = Source({}, {"": 1, "a": 2, "a.b[0]": 4})
    assert [source.line(path) for path in ("a.b[0].c", "a.c.d", "z", "")] == [4, 2, 1, 1]
    assert Source({}).line("a") is None
