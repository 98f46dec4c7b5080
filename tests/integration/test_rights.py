"""No cluster, wrong credentials, too few rights: one line that says which, and what to do."""

from __future__ import annotations

import uuid

import pytest
import runs
from cluster import eventually
from rights import until_allowed

READER = [
    {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]},
]
WRITER = [
    *READER,
    {"apiGroups": ["", "redis.redis.opstreelabs.in"], "resources": ["configmaps", "redis"], "verbs": ["*"]},
]


@pytest.fixture
def as_user(cluster, namespace):
    """A kubeconfig (a mapping) of a service account that has these rules in the test's namespace."""

    def make(rules: list[dict]) -> dict:
        name = f"u-{uuid.uuid4().hex[:8]}"
        rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
        version = "rbac.authorization.k8s.io/v1"
        cluster.apply(
            f"/api/v1/namespaces/{namespace}",
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        )
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}"
        cluster.apply(path, {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}})
        role = {"apiVersion": version, "kind": "Role", "metadata": {"name": name}, "rules": rules}
        cluster.apply(f"{rbac}/roles/{name}", role)
        binding = {
            "apiVersion": version,
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        }
        cluster.apply(f"{rbac}/rolebindings/{name}", binding)
        until_allowed(cluster, f"system:serviceaccount:{namespace}:{name}", rules[0], namespace)
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        token = cluster.call("POST", f"{path}/token", body)["status"]["token"]
        config = cluster.config()
        config["users"] = [{"name": "admin", "user": {"token": token}}]
        return config

    return make


def test_no_cluster_answers(instance) -> None:
    config = {
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    assert instance(flavour={}, kubeconfig=config)["msg"] == (
        "cannot reach the Kubernetes API at https://127.0.0.1:9 (kubeconfig given as a mapping): connection refused; "
        "check that the cluster is up, or name another one with KUBECONFIG or the option kubeconfig"
    )


def test_no_cluster_is_configured(instance) -> None:
    assert instance(flavour={}, kubeconfig="/nowhere")["msg"] == (
        "no Kubernetes cluster to talk to: kubeconfig /nowhere: No configuration found; "
        "set KUBECONFIG, or the option kubeconfig, or host and api_key"
    )


def test_wrong_credentials(instance, cluster) -> None:
    config = cluster.config()
    config["users"] = [{"name": "admin", "user": {"token": "expired-token-1234"}}]
    failed = instance(flavour={}, kubeconfig=config)
    server = config["clusters"][0]["cluster"]["server"]
    assert failed["msg"] == (
        f"the Kubernetes API at {server} does not accept the credentials of kubeconfig given as a mapping (401 "
        "Unauthorized): the token is missing, wrong or expired; renew it, on EKS with: aws eks update-kubeconfig "
        "--name CLUSTER"
    )
    assert "expired-token-1234" not in str(failed)


def test_an_authority_that_did_not_sign_the_server(instance, cluster) -> None:
    config = cluster.config()
    server = config["clusters"][0]["cluster"]["server"]
    config["clusters"][0]["cluster"] = {"server": server}
    failed = instance(flavour={}, kubeconfig=config)
    assert failed["msg"].startswith(f"cannot reach the Kubernetes API at {server}")
    assert "its certificate is not signed by the expected authority (option ca_cert)" in failed["msg"]


def test_who_may_only_read_is_told_what_role_is_needed(instance, cluster, namespace, as_user) -> None:
    config = as_user(READER)
    since = cluster.position()
    for check in (True, False):
        failed = instance(flavour={}, kubeconfig=config, check=check)
        lines = failed["msg"].splitlines()
        assert len(lines) == 2
        for line, resource in zip(lines, ("configmaps", "redis.redis.redis.opstreelabs.in"), strict=True):
            assert f"may not patch {resource} in namespace {namespace}: it needs a Role with the verb patch" in line
    assert cluster.writes(since, namespace=namespace) == []


def test_who_has_one_namespace_can_deploy_into_it(instance, cluster, namespace, as_user) -> None:
    """Neither namespaces, nor StorageClasses, nor Deployments elsewhere may be read: warnings, no errors."""
    done = instance(flavour={}, kubeconfig=as_user(WRITER))
    assert done["changed"]
    assert cluster.get(f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redis/cache")
    warnings = [text.partition(":")[0] for text in runs.warnings(done)]
    assert "not checked beforehand (the operator)" in warnings
    assert "not checked beforehand (the StorageClass)" in warnings
    # they only help to warn
    assert "not checked beforehand (the nodes)" not in warnings


def test_a_failure_between_two_writes_says_what_is_done(instance, cluster, namespace, as_user) -> None:
    """A webhook or a right may refuse what a dry run allowed: here admission looks at the request's options."""
    instance(flavour={})
    refuse = "object.kind != 'Redis' || (has(request.dryRun) && request.dryRun)"
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": namespace},
        "spec": {
            "matchConstraints": {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                "resourceRules": [
                    {
                        "apiGroups": ["redis.redis.opstreelabs.in"],
                        "apiVersions": ["*"],
                        "operations": ["UPDATE"],
                        "resources": ["redis"],
                    }
                ],
            },
            "validations": [{"expression": refuse, "message": "not today"}],
        },
    }
    binding = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": namespace},
        "spec": {"policyName": namespace, "validationActions": ["Deny"]},
    }
    group = "/apis/admissionregistration.k8s.io/v1"
    cluster.apply(f"{group}/validatingadmissionpolicies/{namespace}", policy)
    cluster.apply(f"{group}/validatingadmissionpolicybindings/{namespace}", binding)
    flavour = {"additionalConfig": {"timeout": "5"}}
    try:

        def refused() -> dict | None:
            flavour["additionalConfig"]["timeout"] = str(int(flavour["additionalConfig"]["timeout"]) + 1)
            outcome = instance(flavour=flavour)
            return outcome if outcome.get("failed") else None

        failed = eventually(refused)
    finally:
        cluster.delete(f"{group}/validatingadmissionpolicybindings/{namespace}")
        cluster.delete(f"{group}/validatingadmissionpolicies/{namespace}")
    assert "not today" in failed["msg"]
    assert failed["msg"].endswith(
        f"; already applied: ConfigMap {namespace}/cache-config; not applied: Redis {namespace}/cache; "
        "the run can be repeated"
    )
    eventually(lambda: not instance(flavour=flavour).get("failed"))
    assert not instance(flavour=flavour)["changed"]
