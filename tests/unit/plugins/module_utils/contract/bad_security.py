"""Wrong values and contradictions in the fields of TLS, ACL users, passwords, keeper and exposure, with their lines."""

from __future__ import annotations

from typing import Any

from .ruled import CLUSTER, TOKEN, cluster

_BOOLEAN = "is not a boolean; allowed: true or false"
_NAME = "is not a name; allowed: lower case letters, digits, - and ., at most 253 characters"
_NONE = ', or "" for none'
_RANGE = "is not a whole number in range; allowed:"
_NETWORK = "a network such as 10.0.0.0/16 or fd00::/8, all bits beyond the prefix 0"
_CIDR = f"is not a network; allowed: {_NETWORK}"
_LIST = "is not a list; allowed: a list; each item:"
_KIND = "is not a kind; allowed: a word such as Issuer or ClusterIssuer"
_SAN = (
    "is not a DNS name or an IP address; allowed: a DNS name, with *. in front for all names below it, or an IPv4 "
    "address"
)
_DOMAIN = f"is not a domain; allowed: a DNS name such as nodes.cache.example.com{_NONE}"
_REFRESH = "is not a time; allowed: a number with s, m or h, such as 1h; 0 for once"
_REMOTE = f"is not the name of a secret; allowed: letters, digits and /_+=.@:-, at most 512 characters{_NONE}"
_PROPERTY = f"is not a key of a JSON object; allowed: letters, digits, - and _{_NONE}"
_USER = "is not a user name; allowed: letters, digits, -, _, . and :, at most 63 characters"
_RULES = (
    "<hidden> is not a list of ACL rules; allowed: rules as ACL SETUSER has them, such as ~app:* +@read +@write "
    "-@dangerous"
)
_LABEL_KEY = f"is not a label key; allowed: [prefix/]name with letters, digits, -, _ and .{_NONE}"
_CLASS = "service.loadBalancerClass"
_RANGES = "service.loadBalancerSourceRanges"
_CIDRS = "networkPolicy.allowedCidrs"

# of a flavour: (path, value as given, the message after the path)
VALUES: tuple[tuple[str, Any, str], ...] = (
    ("acl", ["app"], "a list is not a mapping; allowed: a mapping with the keys enabled, restrictDefault, users"),
    ("acl.enabled", "on", f"'on' {_BOOLEAN}, without quotes"),
    ("acl.restrictDefault", 1, f"1 {_BOOLEAN}"),
    ("acl.users", "app", f"<hidden> {_LIST} the keys name, rules, passwordSecret"),
    ("keeper", True, "true is not a mapping; allowed: a mapping with the keys enabled, resources"),
    ("keeper.enabled", None, f"nothing (null) {_BOOLEAN}"),
    ("keeper.resources.limits.memory", "64M", "'64M' is not a size; allowed: a number with Mi or Gi"),
    ("createServiceAccount", "redis", f"'redis' {_BOOLEAN}, without quotes"),
    ("service.reader", "yes", f"'yes' {_BOOLEAN}, without quotes"),
    (_CLASS, "service.k8s.aws/nlb/x", f"'service.k8s.aws/nlb/x' {_LABEL_KEY}"),
    (_CLASS, None, f"nothing (null) {_LABEL_KEY}"),
    (_RANGES, "10.0.0.0/8", f"'10.0.0.0/8' {_LIST} {_NETWORK}"),
    (_CIDRS, "10.0.0.0/8", f"'10.0.0.0/8' {_LIST} {_NETWORK}"),
)


def _rules(text: Any) -> list[dict[str, Any]]:
    return [{"name": "app", "rules": text, "passwordSecret": {"name": "app"}}]


# inside a field of a flavour: (path to give, value, path to blame, message)
INSIDE: tuple[tuple[str, Any, str, str], ...] = (
    *(
        (path, [network], "[0]", f"'{network}' {_CIDR}")
        for path, networks in {
            _RANGES: ("10.0.0.0", "10.0.0/8"),
            _CIDRS: (
                "10.0.0.256/32",
                "10.0.0.0/33",
                "010.0.0.0/8",
                "10.0.0.5/16",
                "fd00::1/8",
                "fd00::/129",
                "::g/8",
                "",
            ),
        }.items()
        for network in networks
        if network.isprintable()
    ),
    (_CIDRS, ["10.0.0.0/8", 10], "[1]", f"10 {_CIDR}"),
    ("acl.users", ["app"], "[0]", "<hidden> is not a mapping; allowed: the keys name, rules, passwordSecret"),
    (
        "acl.users",
        [{"name": "app", "rules": "+@read", "passwordSecret": "app"}],
        "[0].passwordSecret",
        "<hidden> is not a mapping; allowed: the keys name, key",
    ),
    (
        "acl.users",
        [{"name": "app", "rules": "+@read", "passwordSecret": {"key": "password"}}],
        "[0].passwordSecret.name",
        "is missing; allowed: lower case letters, digits, - and ., at most 253 characters",
    ),
    # a password in place of what names its Secret is not shown
    *(
        (
            "acl.users",
            [{"name": "app", "rules": "+@read", "passwordSecret": {"name": "app", field: "S3cret Passw0rd"}}],
            f"[0].passwordSecret.{field}",
            f"<hidden> {wrong}",
        )
        for field, wrong in (("name", _NAME), ("key", "is not a key of a Secret; allowed: letters, digits, -, _ and ."))
    ),
    ("acl.users", [None], "[0]", "nothing (null) is not a mapping; allowed: the keys name, rules, passwordSecret"),
    (
        "acl.users",
        [{"name": "app", "rules": "+@read", "password": TOKEN, "passwordSecret": {"name": "app"}}],
        "[0].password",
        "unknown key; did you mean passwordSecret?",
    ),
    (
        "acl.users",
        [{"name": "a b", "rules": "+@read", "passwordSecret": {"name": "app"}}],
        "[0].name",
        f"<hidden> {_USER}",
    ),
    (
        "acl.users",
        [{"name": "-app", "rules": "+@read", "passwordSecret": {"name": "app"}}],
        "[0].name",
        f"<hidden> {_USER}",
    ),
    *(
        ("acl.users", _rules(text), "[0].rules", f"{_RULES}{hint}")
        for text, hint in (("", ""), ("  ", ""), ("+@read\n", ""), ("~ü +@read", ""), (None, ""), (["+@read"], ""))
    ),
    *(
        ("acl.users", _rules(text), "[0].rules", message)
        for text, message in (
            ("~* +@reed", "'+@reed' is no category of Redis; did you mean +@read?"),
            ("~* -@wibble", "'-@wibble' is no category of Redis"),
            ("~* +@read|get", "'+@read|get' is no category of Redis"),
            ("~* +gett", "'+gett' is no command of Redis; did you mean +get?"),
            ("~* -wibble", "'-wibble' is no command of Redis"),
            ("~* +get.", "'+get.' is no command of Redis; did you mean +get?"),
            ("~* +.wibble", "'+.wibble' is no command of Redis"),
            ("~* +@a.b", "'+@a.b' is no category of Redis"),
            ("~* +config|gett", "'+config|gett' is no subcommand of Redis; did you mean +config|get?"),
            ("~* +@all -config|", "'-config|' is no subcommand of Redis; did you mean -config|set?"),
            ("~* +get|", "'+get|' is an argument without a text"),
            ("~* +get|a|b", "'+get|a|b' is two arguments; one can be allowed"),
            (
                "~* +@all -select|0",
                "'-select|0' is a refusal of an argument; commands without subcommands are refused as a whole",
            ),
            ("~ +@read", "'~' is a pattern without a text"),
            ("~* ~app:* +@read", "'~app:*' is a pattern after all keys; allowed after resetkeys"),
            ("allkeys %R~app:* +@read", "'%R~app:*' is a pattern after all keys; allowed after resetkeys"),
            ("&* &app:* +@read", "'&app:*' is a pattern after all channels; allowed after resetchannels"),
            ("allkeyz +@read", "<hidden> is no rule of an ACL; did you mean allkeys?"),
            ("%~app +get", "'%~app' is no rule of an ACL"),
            ('~"app:*" +get', """'~"app:*"' is a rule with a quote, which this collection takes in none"""),
            ("(~a +get", "'(~a' is no selector: those stand alone, in a pair of parentheses"),
            ("~a +get(~b)", "'+get(~b)' is no selector: those stand alone, in a pair of parentheses"),
            ("~a +get ()", "'()' is an empty selector"),
            ("~a (on ~b +get)", "'on' is about the user, and stands in no selector"),
            ("nopass +@read", "'nopass' is about the password, which passwordSecret gives"),
            # what may be a password is not shown
            (f">{TOKEN} +@read", "<hidden> is about the password, which passwordSecret gives"),
            (f">{TOKEN}' +@read", "<hidden> is about the password, which passwordSecret gives"),
            (f"(>{TOKEN} +get)", "<hidden> is about the password, which passwordSecret gives"),
            (f"#{'0' * 64} +@read", "<hidden> is about the password, which passwordSecret gives"),
            (f"{TOKEN} +@read", "<hidden> is no rule of an ACL"),
            (f"'{TOKEN}' +@read", "<hidden> is a rule with a quote, which this collection takes in none"),
        )
    ),
)

# of the root: (path, value as given, the message after the path)
ROOT: tuple[tuple[str, Any, str], ...] = (
    ("authentication.generate", "true", f"'true' {_BOOLEAN}, without quotes"),
    (
        "authentication.externalSecret",
        "cache",
        "<hidden> is not a mapping; allowed: a mapping with the keys property, refreshInterval, remoteKey, store, "
        "storeKind",
    ),
    ("authentication.externalSecret.remoteKey", "cache key", f"'cache key' {_REMOTE}"),
    ("authentication.externalSecret.remoteKey", None, f"nothing (null) {_REMOTE}"),
    ("authentication.externalSecret.property", "a.b", f"'a.b' {_PROPERTY}"),
    ("authentication.externalSecret.store", "AWS", f"'AWS' {_NAME}{_NONE}"),
    (
        "authentication.externalSecret.storeKind",
        "Store",
        "'Store' is not one of the choices; allowed: SecretStore, ClusterSecretStore",
    ),
    ("authentication.externalSecret.refreshInterval", "1d", f"'1d' {_REFRESH}"),
    ("authentication.externalSecret.refreshInterval", 0, f"0 {_REFRESH}, in quotes"),
    (
        "authentication.secretsStore",
        True,
        "true is not a mapping; allowed: a mapping with the keys objectName, podIdentity, property, region",
    ),
    ("authentication.secretsStore.objectName", 'a"b', f"""'a"b' {_REMOTE}"""),
    ("authentication.secretsStore.property", "a b", f"'a b' {_PROPERTY}"),
    (
        "authentication.secretsStore.region",
        "virginia",
        f"'virginia' is not an AWS region; allowed: a region such as us-east-1{_NONE}",
    ),
    ("authentication.secretsStore.podIdentity", "yes", f"'yes' {_BOOLEAN}, without quotes"),
    (
        "transitEncryption",
        True,
        "true is not a mapping; allowed: a mapping with the keys days, enabled, existingSecret, issuer, names, "
        "renewDays",
    ),
    ("transitEncryption.enabled", "yes", f"'yes' {_BOOLEAN}, without quotes"),
    ("transitEncryption.enable", True, "unknown key; did you mean transitEncryption.enabled?"),
    ("transitEncryption.existingSecret", "My_TLS", f"'My_TLS' {_NAME}{_NONE}"),
    (
        "transitEncryption.issuer",
        "ours",
        "'ours' is not a mapping; allowed: a mapping with the keys group, kind, name",
    ),
    ("transitEncryption.issuer.name", "Our CA", f"'Our CA' {_NAME}{_NONE}"),
    ("transitEncryption.issuer.kind", "issuer", f"'issuer' {_KIND}"),
    ("transitEncryption.issuer.group", "", f"'' {_NAME}"),
    (
        "transitEncryption.names",
        "redis.example.com",
        f"'redis.example.com' {_LIST} {_SAN.partition('allowed: ')[2]}",
    ),
    ("transitEncryption.days", 1, f"1 {_RANGE} 2 to 3650"),
    ("transitEncryption.days", "90d", f"'90d' {_RANGE} 2 to 3650, without quotes"),
    ("transitEncryption.renewDays", 0, f"0 {_RANGE} 1 to 3649"),
    ("discovery.nodes", "nodes", f"'nodes' {_DOMAIN}"),
    ("discovery.nodes", "nodes.example.com:6379", f"'nodes.example.com:6379' {_DOMAIN}"),
    ("discovery.nodes", "*.example.com", f"'*.example.com' {_DOMAIN}"),
)
# inside a field of the root: as INSIDE
INSIDE_ROOT: tuple[tuple[str, Any, str, str], ...] = tuple(
    ("transitEncryption.names", [name], "[0]", f"{name!r} {_SAN}")
    for name in ("*", "a.*.example.com", "redis://host", "host:6379", "fd00::1", "Host", "")
)

_PASSWORD = {"enabled": True, "authToken": TOKEN}
_AUTH = {"authentication": _PASSWORD}
_TLS = {"transitEncryption": {"enabled": True}}
_ACL = {"enabled": True}
_ENABLED = "transitEncryption.enabled"
_PROTOCOLS = "TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, with one blank between them"
_USES = "exporter, backups and the programs of this collection show no certificate"


def _users(*names: str, rules: str = "~app:* +@read", secret: str = "app") -> dict[str, Any]:
    held = {"name": secret}
    return {"acl": {**_ACL, "users": [{"name": name, "rules": rules, "passwordSecret": held} for name in names]}}


# right alone and wrong together: (flavour, root, the line)
ERRORS: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    (
        {"acl": _ACL},
        {},
        "acl.enabled: true needs authentication.enabled: true, whose password is that of the user default",
    ),
    ({"acl": _ACL}, {**_AUTH, "version": "6.0.20"}, "acl.enabled: true needs Redis 6.2 or newer; version is 6.0.20"),
    (
        _users("app", "default"),
        _AUTH,
        "acl.users[1].name: default cannot be listed: the operator logs in by it, so that its rules are not free; use "
        "acl.restrictDefault",
    ),
    (
        _users("eks-redis-backup"),
        _AUTH,
        "acl.users[0].name: 'eks-redis-backup' begins like a user of this collection; allowed: names that do not begin "
        "eks-redis-",
    ),
    (
        _users("app", "other", "app"),
        _AUTH,
        "acl.users[2].name: 'app' is the name of another user too; keep one of the two",
    ),
    *(
        (
            _users("app", secret=secret),
            _AUTH,
            f"acl.users[0].passwordSecret.name: '{secret}' is a Secret of the instance itself, for {what}; allowed: "
            "one with a password of the user",
        )
        for secret, what in (
            ("cache-acl", "its ACL file"),
            ("cache-auth", "the password of the user default"),
            ("cache-ca", "the key of its CA"),
            ("cache-logins", "the passwords of users of this collection"),
            ("cache-tls", "its certificate"),
        )
    ),
    *(
        (
            _users("app", rules=f"~app:* {rule}"),
            {**_AUTH, "version": version},
            f"acl.users[0].rules: '{rule}' needs Redis {since}; version is {version}",
        )
        for rule, version, since in (
            ("+waitaof", "7.0.15", "7.2"),
            ("+client|no-touch", "7.0.15", "7.2"),
            ("+hexpire", "7.2.6", "7.4"),
            ("%R~all:*", "6.2.16", "7.0"),
            ("-config|set", "6.2.16", "7.0"),
            ("+fcall", "6.2.16", "7.0"),
        )
    ),
    *(
        (
            _users("app", rules=f"~app:* {rule}"),
            {**_AUTH, "version": version},
            f"acl.users[0].rules: '{rule}' is a command of a module: the default image holds none, Redis would not "
            "start; allowed with an image of your own",
        )
        for rule, version in (("+json.get", "7.0.15"), ("-ft._list", "7.4.1"), ("+JSON.GET|a", "6.2.16"))
    ),
    (
        {"acl": _ACL, "additionalConfig": {"rename-command": 'ACL ""'}},
        _AUTH,
        "additionalConfig.rename-command: ACL must keep its name: the operator, Redis itself or this collection uses "
        "it",
    ),
    (
        {"createServiceAccount": True, "serviceAccount": "redis"},
        {},
        "createServiceAccount: true beside serviceAccount 'redis'; keep one of the two",
    ),
    (
        {"keeper": {"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "512Mi"}}, "enabled": True}},
        {},
        "keeper.resources.limits.memory: '512Mi' is below the request; allowed: at least 1Gi",
    ),
    (
        {},
        {"transitEncryption": {"enabled": True, "existingSecret": "mine", "issuer": {"name": "ours"}}},
        "transitEncryption.issuer.name: names an issuer beside transitEncryption.existingSecret; keep one of the two",
    ),
    *(
        (
            {},
            {"transitEncryption": {"enabled": True, "issuer": issuer}},
            f"transitEncryption.issuer.name: is missing; transitEncryption.issuer.{first} needs the name of an issuer",
        )
        for issuer, first in (
            ({"kind": "ClusterIssuer"}, "kind"),
            ({"kind": "ClusterIssuer", "group": "cert-manager.io"}, "group"),
        )
    ),
    *(
        (
            {},
            {"transitEncryption": {"enabled": True, **times}},
            f"transitEncryption.renewDays: {before} is the whole life of a certificate of {days} days; allowed: less "
            "than days",
        )
        for times, before, days in (
            ({"renewDays": 365}, 365, 365),
            ({"days": 30, "renewDays": 90}, 90, 30),
        )
    ),
    (
        {"additionalConfig": {"tls-port": 6379}},
        {"transitEncryption": {"enabled": False}},
        f"additionalConfig.tls-port: 6379 disagrees with {_ENABLED}: false; keep one of the two",
    ),
    *(
        (
            {"additionalConfig": {name: value}},
            _TLS,
            f"additionalConfig.{name}: '{value}' contradicts {_ENABLED}: true; allowed: {allowed}{more}",
        )
        for name, value, allowed, more in (
            ("tls-port", 6380, "6379", ""),
            ("tls-port", 0, "6379", ""),
            ("port", 6379, "0", ""),
            ("tls-replication", "no", "yes", ""),
            ("tls-cluster", "no", "yes", ""),
            (
                "tls-cert-file",
                "/certs/tls.crt",
                "/tls/tls.crt",
                ", and the files of another certificate by transitEncryption.existingSecret",
            ),
        )
    ),
    # asking for TLS by its directive is asking for all of it
    (
        {"additionalConfig": {"tls-port": 6380}},
        {},
        f"additionalConfig.tls-port: '6380' contradicts {_ENABLED}: true; allowed: 6379",
    ),
    (
        {**cluster(), "additionalConfig": {"tls-port": 6379, "port": 6379}},
        CLUSTER,
        f"additionalConfig.port: '6379' contradicts {_ENABLED}: true; allowed: 0",
    ),
    *(
        (
            {"additionalConfig": {name: "/certs"}},
            _TLS,
            f"additionalConfig.{name}: cannot be set here: {_ENABLED} decides how pods show and check certificates",
        )
        for name in ("tls-ca-cert-dir", "tls-client-cert-file", "tls-dh-params-file")
    ),
    (
        {"additionalConfig": {"tls-auth-clients": "yes"}},
        _TLS,
        f"additionalConfig.tls-auth-clients: yes locks them out: {_USES}; allowed: no, optional",
    ),
    *(
        (
            {"additionalConfig": {name: value}},
            _TLS,
            f"additionalConfig.{name}: '{value}' is not a value that Redis takes for it; allowed: {allowed}",
        )
        for name, value, allowed in (
            ("tls-auth-clients", "maybe", "no, yes, optional"),
            ("tls-prefer-server-ciphers", "on", "yes, no"),
            ("tls-session-caching", "sure", "yes, no"),
            ("tls-session-cache-size", "big", "a whole number, 0 or more"),
            ("tls-session-cache-timeout", "5m", "a whole number, 0 or more"),
            ("tls-protocols", "SSLv3", _PROTOCOLS),
            ("tls-protocols", "TLSv1.2,TLSv1.3", _PROTOCOLS),
            ("tls-protocols", "TLSv1.2  TLSv1.3", _PROTOCOLS),
        )
    ),
)
