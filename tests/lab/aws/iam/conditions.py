"""Condition blocks of policies. What is not supported raises; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Values = str | tuple[str, ...]  # several: of a key with many values
Context = Mapping[str, Values]  # by key, in lower case

# Keys that the laboratory's requests carry whenever AWS's would; a name that ends in "/" or ":" is a family.
KEYS = (
    "aws:currenttime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:requestedregion",
    "aws:requesttag/",
    "aws:resourcetag/",
    "aws:securetransport",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tagkeys",
    "aws:viaawsservice",
    "cloudwatch:namespace",
    "ec2:createaction",
    "ec2:resourcetag/",
    "iam:passedtoservice",
    "iam:policyarn",
    "kms:calleraccount",
    "kms:encryptioncontext:",
    "kms:grantisforawsresource",
    "kms:viaservice",
    "s3:delimiter",
    "s3:prefix",
    "s3:resourceaccount",
    "s3:x-amz-acl",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-storage-class",
    "sts:externalid",
    "sts:rolesessionname",
)
# of an OIDC provider: <issuer without https://>:sub and :aud
OIDC_KEY = re.compile(r".+[./].*:(sub|aud)")


class Unsupported(Exception):
    """An element of a policy that this decider does not judge."""


def wildcard(pattern: str, value: str) -> bool:
    if "${" in pattern:
        raise Unsupported(f"policy variable in {pattern!r}")
    expression = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _equal(wanted: str, value: str) -> bool:
    if "${" in wanted:
        raise Unsupported(f"policy variable in {wanted!r}")
    return wanted == value


def _fold(wanted: str, value: str) -> bool:
    return _equal(wanted.lower(), value.lower())


def _arn(pattern: str, value: str) -> bool:
    """Each of the six parts by itself: a wildcard does not cross a colon."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) == 6 and all(wildcard(part, of) for part, of in zip(wanted, given, strict=True))


# operator → (comparison, whether it is negated)
OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_fold, False),
    "StringNotEqualsIgnoreCase": (_fold, True),
    "StringLike": (wildcard, False),
    "StringNotLike": (wildcard, True),
    "ArnEquals": (_arn, False),
    "ArnLike": (_arn, False),
    "ArnNotEquals": (_arn, True),
    "ArnNotLike": (_arn, True),
    "Bool": (_fold, False),
}


def hold(block: Mapping[str, Any], context: Context) -> bool:
    """Whether every condition of a block holds."""
    return all(
        _holds(operator, key, _texts(wanted), context)
        for operator, keys in block.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    name = key.lower()
    if not _known(name):
        raise Unsupported(f"condition key {key}")
    value = context.get(name)
    if operator == "Null":
        return (value is None) == (wanted == ["true"])
    quantifier, colon, rest = operator.rpartition(":")
    base = rest.removesuffix("IfExists")
    if base not in OPERATORS or (colon and quantifier not in ("ForAnyValue", "ForAllValues")):
        raise Unsupported(f"condition operator {operator}")
    compare, negated = OPERATORS[base]
    if value is None:
        return rest != base or quantifier == "ForAllValues" or (negated and not quantifier)

    def matches(given: str) -> bool:
        return any(compare(each, given) for each in wanted) != negated

    if quantifier:
        given = (value,) if isinstance(value, str) else value
        return (any if quantifier == "ForAnyValue" else all)(matches(each) for each in given)
    if not isinstance(value, str):
        raise Unsupported(f"{operator} on {key}, which has many values")
    return matches(value)


def _known(name: str) -> bool:
    return any(name.startswith(key) if key[-1] in "/:" else name == key for key in KEYS) or bool(
        OIDC_KEY.fullmatch(name)
    )


def _texts(wanted: Any) -> list[str]:
    """Booleans stand unquoted in some policies."""
    values = wanted if isinstance(wanted, list) else [wanted]
    return [str(value).lower() if isinstance(value, bool) else value for value in values]
