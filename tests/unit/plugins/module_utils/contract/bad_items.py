"""Wrong values inside a field, and wrong values of the root, with the lines that say so."""

from __future__ import annotations

from typing import Any

_BOOLEAN = "is not a boolean; allowed: true or false"
_RANGE = "is not a whole number in range; allowed:"
_CHOICE = "is not one of the choices; allowed:"
_NAME = "is not a name; allowed: lower case letters, digits, - and ., at most 253 characters"
_LABEL = "is not a name; allowed: lower case letters, digits and -, at most 63 characters"
_VERSION = "is not a Redis version; allowed: 6, 7 or 8 with minor and patch, such as 7.0.15"

# (path to give, value, path to blame, message)
INSIDE: tuple[tuple[str, Any, str, str], ...] = (
    (
        "topologySpreadConstraints",
        ["zone"],
        "[0]",
        "'zone' is not a mapping; allowed: the keys maxSkew, topologyKey, whenUnsatisfiable",
    ),
    (
        "topologySpreadConstraints",
        [{"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
        "[0].maxSkew",
        f"0 {_RANGE} 1 or more",
    ),
    (
        "topologySpreadConstraints",
        [{"maxSkew": 1, "topologyKey": "a b", "whenUnsatisfiable": "DoNotSchedule"}],
        "[0].topologyKey",
        "'a b' is not a label key; allowed: [prefix/]name with letters, digits, -, _ and .",
    ),
    (
        "topologySpreadConstraints",
        [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "Never"}],
        "[0].whenUnsatisfiable",
        f"'Never' {_CHOICE} DoNotSchedule, ScheduleAnyway",
    ),
    (
        "topologySpreadConstraints",
        [{"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}],
        "[0].topologyKey",
        "is missing; allowed: [prefix/]name with letters, digits, -, _ and .",
    ),
    (
        "topologySpreadConstraints",
        [{"maxskew": 1, "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
        "[0].maxskew",
        "unknown key; did you mean maxSkew?",
    ),
    (
        "service.annotations",
        {"internal": True},
        ".internal",
        "true is not a text; allowed: a string without control characters, in quotes",
    ),
    (
        "service.annotations",
        {"a b": "c"},
        ".a b",
        "'a b' is not a label key; allowed: [prefix/]name with letters, digits, -, _ and .",
    ),
    ("networkPolicy.allowedNamespaces", ["apps", "Apps"], "[1]", f"'Apps' {_LABEL}"),
    ("networkPolicy.allowedNamespaces", [7], "[0]", f"7 {_LABEL}, in quotes"),
    (
        "nodeSelector",
        {"spot": True},
        ".spot",
        "true is not a label value; allowed: letters, digits, -, _ and ., at most 63 characters, in quotes",
    ),
    (
        "nodeSelector",
        {1: "a"},
        ".1",
        "1 is not a label key; allowed: [prefix/]name with letters, digits, -, _ and ., in quotes",
    ),
    ("tolerations", [{"operator": "Foo"}], "[0].operator", f"'Foo' {_CHOICE} Exists, Equal"),
    (
        "tolerations",
        [{"key": "a", "effect": "No"}],
        "[0].effect",
        f"'No' {_CHOICE} NoSchedule, PreferNoSchedule, NoExecute, \"\"",
    ),
    ("tolerations", [{"keys": "a"}], "[0].keys", "unknown key; did you mean key?"),
    (
        "tolerations",
        [{"key": "a", "tolerationSeconds": "60"}],
        "[0].tolerationSeconds",
        f"'60' {_RANGE} 0 or more, without quotes",
    ),
    ("imagePullSecrets", [{"name": "regcred"}], "[0]", f"a mapping {_NAME}"),
    (
        "additionalConfig",
        {"save": "900 1"},
        ".save",
        "cannot be set here: use persistence.rdb.enabled and persistence.rdb.saveInterval",
    ),
    ("additionalConfig", {"AppendOnly": "yes"}, ".AppendOnly", "cannot be set here: use persistence.aof.enabled"),
    (
        "additionalConfig",
        {"requirepass": "hunter2hunter2"},
        ".requirepass",
        "cannot be set here: use authentication.authToken or authentication.existingSecret of the root",
    ),
    ("additionalConfig", {"dir": "/data"}, ".dir", "cannot be set here: it is the pod's volume"),
    ("additionalConfig", {"a b": "c"}, ".a b", "is not the name of a redis.conf directive"),
    ("additionalConfig", {"": "c"}, '.""', "is not the name of a redis.conf directive"),
    ("additionalConfig", {"timeout\nport": 1}, ".timeout\\nport", "is not the name of a redis.conf directive"),
    (
        "additionalConfig",
        {"timeout": "0\nrequirepass hunter2"},
        ".timeout",
        "the value holds a line break or control character; allowed: one line as redis.conf has it",
    ),
    (
        "additionalConfig",
        {"timeout": None},
        ".timeout",
        "the value is not a string, number or boolean; allowed: one line as redis.conf has it",
    ),
    (
        "additionalConfig",
        {"timeout": [0]},
        ".timeout",
        "the value is not a string, number or boolean; allowed: one line as redis.conf has it",
    ),
    (
        "additionalConfig",
        {"proc-title-template": 'a "b'},
        ".proc-title-template",
        "the value has an unbalanced quote; Redis would not start",
    ),
    (
        "additionalConfig",
        {"proc-title-template": '"a"b'},
        ".proc-title-template",
        "the value has an unbalanced quote; Redis would not start",
    ),
    (
        "additionalConfig",
        {"timeout": 0, "Timeout": 1},
        ".Timeout",
        "is given twice: directives know no upper and lower case; keep one",
    ),
    ("additionalConfig", {"time-out": 0}, ".time-out", "unknown redis.conf directive; did you mean timeout?"),
    (
        "additionalConfig",
        {"apendonly": "no"},
        ".apendonly",
        "unknown redis.conf directive; did you mean appendonly? It cannot be set here: use persistence.aof.enabled",
    ),
    ("additionalConfig", {"wibble": 1}, ".wibble", "unknown redis.conf directive; Redis 7.0.15 would not start"),
    ("additionalConfig", {"locale-collate": ""}, ".locale-collate", "needs Redis 7.2; version is 7.0.15"),
)

ROOT: tuple[tuple[str, Any, str], ...] = (
    ("version", 7.2, f"7.2 {_VERSION}, in quotes"),
    (
        "version",
        "5.0.14",
        f"'5.0.14' {_VERSION}",
    ),
    (
        "version",
        "latest",
        f"'latest' {_VERSION}",
    ),
    (
        "version",
        "v7.0.15",
        f"'v7.0.15' {_VERSION}",
    ),
    (
        "redisVersion",
        "9",
        f"'9' {_VERSION}",
    ),
    ("clusterModeEnabled", "true", f"'true' {_BOOLEAN}, without quotes"),
    (
        "authentication",
        "secret",
        "<hidden> is not a mapping; allowed: a mapping with the keys authToken, enabled, existingSecret, "
        "externalSecret, generate, secretsStore",
    ),
    ("authentication.enabled", 1, f"1 {_BOOLEAN}"),
    (
        "authentication.existingSecret",
        "redis-auth",
        "<hidden> is not a mapping; allowed: a mapping with the keys key, name",
    ),
    ("authentication.existingSecret.name", "Redis_Auth", f'<hidden> {_NAME}, or "" for none'),
    (
        "authentication.existingSecret.key",
        "pass word",
        "<hidden> is not a key of a Secret; allowed: letters, digits, -, _ and .",
    ),
    (
        "authentication.existingSecret.key",
        "..",
        "<hidden> is not a key of a Secret; allowed: letters, digits, -, _ and .",
    ),
    (
        "discovery.endpoint",
        "redis://host",
        """'redis://host' is not a DNS name; allowed: a DNS name, optionally with :port, or "" for none""",
    ),
    (
        "discovery.reader",
        "a b",
        """'a b' is not a DNS name; allowed: a DNS name, optionally with :port, or "" for none""",
    ),
    (
        "discovery",
        None,
        "nothing (null) is not a mapping; allowed: a mapping with the keys endpoint, nodes, primary, reader",
    ),
)

# passwords that the operator cannot carry
TOKENS: tuple[Any, ...] = (
    " ",
    "two words",
    "tab\tbed",
    "new\nline",
    "carriage\rreturn",
    'dou"ble',
    "sin'gle",
    "st*r",
    "wh?t",
    "br[cket",
    "nul\0",
    "bell\a",
    "ümlaut",
    "x" * 513,
    12345678901234567,
    None,
    ["secret-in-a-list"],
    {"secret": "x"},
    True,
)
