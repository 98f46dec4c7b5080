# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patterns of names and other strings in the contract, as kinds."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import arns
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import INVALID, Kind, Scalar, text
from ansible_collections.eks.redis.plugins.module_utils.datapath.cron import Schedule
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_WORD = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"


def _cron_field(value: str) -> str:
    """One field of a cron line: *, value, range, step, and lists of these."""
    item = rf"(?:\*|(?:{value})(?:-(?:{value}))?)(?:/[1-9]\d?)?"
    return rf"{item}(?:,{item})*"


def _words(names: str) -> str:
    """Any of the words, in capitals or not."""
    return "|".join("".join(f"[{letter}{letter.upper()}]" for letter in name) for name in names.split())


_CRON = " ".join(
    _cron_field(value)
    for value in (
        r"[0-5]?\d",
        r"[01]?\d|2[0-3]",
        r"0?[1-9]|[12]\d|3[01]",
        rf"0?[1-9]|1[0-2]|{_words('jan feb mar apr may jun jul aug sep oct nov dec')}",
        rf"[0-6]|{_words('sun mon tue wed thu fri sat')}",
    )
)


def _parsed(kind: Scalar, parse: Callable[[str], str], error: type[Exception]) -> Kind:
    """What the pattern takes and the parser too, which says what no pattern can; in the parser's spelling."""

    def accept(value: Any) -> Any:
        result = kind.accept(value)
        try:
            return result if result is INVALID else parse(result)
        except error:
            return INVALID

    return Scalar(kind.noun, kind.allowed, kind.schema, accept)


def optional(kind: Kind) -> Kind:
    """The same kind, or the empty string for "none"."""
    pattern, longest = f"|{kind.schema['pattern'][4:-2]}", kind.schema["maxLength"]
    return text(kind.noun, f'{kind.allowed}, or "" for none', pattern, longest, kind.secret)


LABEL = text("a name", "lower case letters, digits and -, at most 63 characters", _LABEL, 63)
NAME = text("a name", "lower case letters, digits, - and ., at most 253 characters", _SUBDOMAIN)
INSTANCE = text(
    "a name for an instance",
    # a Service carries the name, so it starts with a letter; component.py knows how long it may be in each mode
    "lower case letters, digits and -, starting with a letter, at most 52 characters (the operator's limit)",
    r"[a-z](?:[-a-z0-9]*[a-z0-9])?",
    52,
)
LABEL_KEY = text("a label key", "[prefix/]name with letters, digits, -, _ and .", rf"(?:{_SUBDOMAIN}/)?{_WORD}", 317)
LABEL_VALUE = text("a label value", "letters, digits, -, _ and ., at most 63 characters", rf"(?:{_WORD})?", 63)
ANNOTATION_VALUE = text(
    "a text",
    "a string without control characters",
    r"[\t\n -~\u00a0-\ud7ff\ue000-\U0010ffff]*",
    262144,
)

HOST = text(
    "a DNS name",
    "a DNS name, optionally with :port",
    # not an IP address, which needs no record
    rf"(?!\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::|$)){_SUBDOMAIN}(?::\d{{1,5}})?",
    259,
)
DOMAIN = text("a domain", "a DNS name such as nodes.cache.example.com", rf"{_LABEL}(?:\.{_LABEL})+", 180)
IMAGE = text(
    "an image",
    "[registry[:port]/]path[:tag][@sha256:digest]",
    r"(?:[A-Za-z0-9][-A-Za-z0-9.]*(?::\d{1,5})?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
    r"(?::[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(?:@sha256:[a-f0-9]{64})?",
    512,
)
VERSION = text("a Redis version", "6, 7 or 8 with minor and patch, such as 7.0.15", r"[6-8](?:\.\d{1,2}){0,2}", 8)
# ranges do not run backwards
CRON = _parsed(
    text(
        "a schedule",
        "five cron fields such as 0 2 * * *, or @hourly, @daily, @weekly, @monthly, @yearly",
        rf"@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)|{_CRON}",
    ),
    lambda value: Schedule(value).text,
    DatapathError,
)
BUCKET = text(
    "an S3 bucket name",
    "3 to 63 lower case letters, digits, - and .",
    r"(?!xn--|\d{1,3}(?:\.\d{1,3}){3}$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]",
    63,
)
# S3 itself takes nearly everything; a name of "." or ".." is another folder to many a tool
PREFIX = text(
    "a prefix of keys",
    "names of letters, digits, -, _, . and =, joined by /, at most 200 characters",
    r"(?!(?:.*/)?\.{1,2}(?:/|$))[-A-Za-z0-9_.=]+(?:/[-A-Za-z0-9_.=]+)*",
    200,
)
KMS_KEY = text("a KMS key", "the ARN of a key, arn:aws:kms:REGION:ACCOUNT:key/ID", arns.KEY.pattern, 2048)
ROLE_ARN = text("an IAM role", "the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME", arns.ROLE.pattern, 2048)
REGION = text("an AWS region", "a region such as us-east-1", r"[a-z]{2}(?:-[a-z]{3,9}){1,2}-\d{1,2}", 32)
INTERVAL = text("an interval", "a number with ms, s, m or h, such as 30s", r"[1-9]\d{0,5}(?:ms|s|m|h)", 8)
SAVE = text(
    "a list of save points",
    "pairs of seconds and changes, such as 900 1 300 10",
    r"[1-9]\d{0,8} [1-9]\d{0,8}(?: [1-9]\d{0,8} [1-9]\d{0,8})*",
)
SECRET_KEY = text("a key of a Secret", "letters, digits, -, _ and .", r"(?!\.{1,2}$)[-._a-zA-Z0-9]+")
# The operator's agent writes the password unquoted into redis.conf and its probes pass it unquoted to a shell
# (operator sheet §0.12): white space, quotes and the shell's wildcards would change it. CR/LF would add directives.
TOKEN = text(
    "a password the operator can carry",
    "1 to 512 printable ASCII characters without spaces, quotes and * ? [",
    r"""(?!.*["'*?\[])[!-~]+""",
    512,
    secret=True,
)
REFRESH = text("a time", "a number with s, m or h, such as 1h; 0 for once", r"0|[1-9]\d{0,5}(?:s|m|h)", 8)
REMOTE_SECRET = text(
    "the name of a secret", "letters, digits and /_+=.@:-, at most 512 characters", r"[-A-Za-z0-9/_+=.@:]+", 512
)
PROPERTY = text("a key of a JSON object", "letters, digits, - and _", r"[-A-Za-z0-9_]+", 128)
KIND = text("a kind", "a word such as Issuer or ClusterIssuer", r"[A-Z][A-Za-z0-9]*", 63)
SAN = text(
    "a DNS name or an IP address",
    "a DNS name, with *. in front for all names below it, or an IPv4 address",
    rf"(?:\*\.)?{_SUBDOMAIN}",
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
# no bit is set beyond the prefix, which would be another network than the one that somebody reads
CIDR = _parsed(
    text(
        "a network",
        "a network such as 10.0.0.0/16 or fd00::/8, all bits beyond the prefix 0",
        rf"{_OCTET}(?:\.{_OCTET}){{3}}/(?:3[0-2]|[12]?\d)|[0-9a-f:.]*:[0-9a-f:.]*/(?:12[0-8]|1[01]\d|[1-9]?\d)",
        49,
    ),
    lambda value: str(ipaddress.ip_network(value)),
    ValueError,
)
