"""A password appears nowhere: not in results, differences, verbose output, errors or arguments."""

from __future__ import annotations

import base64

import pytest

TOKEN = "Tr0ub4dor-and-3-more"
CODED = base64.b64encode(TOKEN.encode()).decode()
ROOT = {"authentication": {"enabled": True, "authToken": TOKEN}}


@pytest.mark.parametrize(
    "options",
    [
        {"flavour": {}},
        {"flavour": {"no": "such field"}},
        {"flavour": {"authToken": TOKEN}},
        {"flavour": {}, "no_such_option": 1},
        {"flavour": {}, "timeout": "soon"},
        {"flavour": {}, "kubeconfig": "/nowhere"},
        {"state": "absent"},
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_no_result_holds_the_password(instance, options, check) -> None:
    shown = str(instance(root=ROOT, check=check, diff=True, **options))
    assert TOKEN not in shown
    assert CODED not in shown


def test_a_changed_password_shows_as_a_changed_fingerprint(instance) -> None:
    instance(flavour={}, root=ROOT)
    other = {"authentication": {"enabled": True, "authToken": f"{TOKEN}-2"}}
    done = instance(flavour={}, root=other, diff=True)
    shown = next(one for one in done["diff"] if one["after_header"].startswith("Secret "))
    before, after = ([line for line in shown[key].splitlines() if "password:" in line] for key in ("before", "after"))
    assert before != after
    assert all("sha256:" in line for line in (*before, *after))


def test_the_version_in_a_root_is_readable(instance) -> None:
    done = instance(flavour={}, root={**ROOT, "version": "7.0.15"})
    assert done["flavour"]["image"].endswith("7.0.15")


def test_verbose_playbooks_do_not_tell(deploy, cluster, namespace, tmp_path) -> None:
    variables = {"redis_name": "cache", "redis_namespace": namespace, "redis_root": ROOT, "redis_wait": False}
    for name in ("plan", "deploy", "undeploy"):
        play = deploy(name, "--diff", "-vvv", cluster=cluster, **variables)
        assert play.code == 0, play.output
        assert TOKEN not in play.output
        assert CODED not in play.output
    files = {"redis_render_dir": str(tmp_path / "rendered")}
    play = deploy("render", "-vvv", cluster=cluster, **variables, **files)
    assert play.code == 0, play.output
    assert TOKEN not in play.output
    assert not any(TOKEN in path.read_text() or CODED in path.read_text() for path in (tmp_path / "rendered").iterdir())


def test_the_password_is_in_the_secret_and_nowhere_else_in_the_cluster(instance, cluster, namespace) -> None:
    instance(flavour={}, root=ROOT)
    secret = cluster.get(f"/api/v1/namespaces/{namespace}/secrets/cache-auth")
    assert secret["data"] == {"password": CODED}
    for path in (
        f"/api/v1/namespaces/{namespace}/configmaps/cache-config",
        f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redis/cache",
    ):
        assert TOKEN not in str(cluster.get(path))
        assert CODED not in str(cluster.get(path))


def test_verbose_playbooks_tell_nothing_of_what_they_make_up(deploy, cluster, namespace, tmp_path) -> None:
    """Passwords, keys of certificates and digests of users, made by the run itself."""
    word = "Another-0-word-for-users"
    cluster.apply(
        f"/api/v1/namespaces/{namespace}",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
    )
    path = f"/api/v1/namespaces/{namespace}/secrets"
    data = {"password": base64.b64encode(word.encode()).decode()}
    made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "users", "namespace": namespace}, "data": data}
    cluster.apply(f"{path}/users", made)
    user = {"name": "application", "rules": "~app:* +@read", "passwordSecret": {"name": "users"}}
    variables = {
        "redis_name": "cache",
        "redis_namespace": namespace,
        "redis_wait": False,
        "redis_flavour": {"acl": {"enabled": True, "users": [user]}, "metrics": {"enabled": True}},
        "redis_root": {
            "authentication": {"enabled": True, "generate": True},
            "transitEncryption": {"enabled": True},
        },
    }
    outputs = []
    for name in ("plan", "deploy", "deploy", "info"):
        given = variables if name != "info" else {key: variables[key] for key in ("redis_name", "redis_namespace")}
        play = deploy(name, "--diff", "-vvv", cluster=cluster, **given)
        assert play.code == 0, play.output
        outputs.append(play.output)
    told = "\n".join(outputs)
    secrets = {name: cluster.get(f"{path}/{name}")["data"] for name in SECRETS}
    for name, held in secrets.items():
        for key, coded in held.items():
            if key not in ("ca.crt", "tls.crt"):
                text = base64.b64decode(coded).decode()
                # a key or a file of several lines may be told line by line
                hidden = [coded, *(line for line in text.splitlines() if len(line) > 30 and "PRIVATE KEY" not in line)]
                assert not [one for one in hidden if one in told], f"{name} {key}"
    assert word not in told


SECRETS = ("cache-auth", "cache-ca", "cache-tls", "cache-logins", "cache-acl", "users")
