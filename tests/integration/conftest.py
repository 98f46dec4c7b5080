"""Two control planes: one with an operator's CRDs for most tests, one that each of its tests finds empty.

The process that starts the test session starts the first, which workers of pytest-xdist share; each of them has an
empty one of its own. They are gone at the end unless they ran before.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import runs
from actors import lead, make_ready, operator, run_pods, statefulset
from cluster import Cluster, eventually, versions

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, wait
from lab import model
from lab.aws.stand_in import Account, StandIn, stand_in

FILLED, EMPTY = "cp", "cp-empty"
CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp3", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "ebs.csi.aws.com",
    "volumeBindingMode": "WaitForFirstConsumer",
    "allowVolumeExpansion": True,
}
MONITORS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "servicemonitors.monitoring.coreos.com"},
    "spec": {
        "group": "monitoring.coreos.com",
        "names": {"kind": "ServiceMonitor", "plural": "servicemonitors"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
}
_running = ExitStack()


def pytest_sessionstart(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    _fill(_running.enter_context(control_plane(FILLED)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    _running.close()


@contextmanager
def control_plane(name: str) -> Iterator[Cluster]:
    """One that runs; taken away at the end unless it ran before."""
    ran = model.find(name).facts()
    _lab("up", "--level", model.CONTROL_PLANE, "--name", name)
    yield Cluster(name)
    if not ran:
        _lab("down", "--name", name)


def _lab(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "lab", *arguments], check=True)


def _fill(cluster: Cluster) -> None:
    """The CRDs of the operator and of Prometheus, a Deployment like the operator's, a default StorageClass."""
    crds = Path(cluster.operator["operator_chart"], "crds", "crds.yaml").read_text()
    cluster.define(*filter(None, yaml.load_all(crds, Loader=yaml.CSafeLoader)), MONITORS)
    cluster.apply("/apis/storage.k8s.io/v1/storageclasses/gp3", CLASS)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "redis-operator"}}
    cluster.apply("/api/v1/namespaces/redis-operator", namespace)
    cluster.apply("/apis/apps/v1/namespaces/redis-operator/deployments/redis-operator", operator(cluster))
    (pod,) = run_pods(cluster, "redis-operator", "name=redis-operator")
    path = "/apis/apps/v1/namespaces/redis-operator/deployments/redis-operator"
    eventually(lambda: cluster.get(path)["status"].get("availableReplicas"))
    lead(cluster, pod)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster with CRDs, operator and StorageClass, shared by all tests."""
    found = Cluster(FILLED)
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", found.kubeconfig)
    return found


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """The name of a namespace that is not there yet and that no other test uses."""
    name = f"t-{uuid.uuid4().hex[:10]}"
    yield name
    for plural in ("redis", "redisreplications"):
        collection = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{name}/{plural}"
        for item in (cluster.get(collection) or {"items": []})["items"]:
            cluster.merge(f"{collection}/{item['metadata']['name']}", {"metadata": {"finalizers": None}})
    cluster.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="session")
def own() -> Iterator[Cluster]:
    """A control plane of this worker's own."""
    with control_plane("-".join(filter(None, (EMPTY, os.environ.get("PYTEST_XDIST_WORKER"))))) as found:
        yield found


@pytest.fixture
def empty(own: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster in which there is nothing but what Kubernetes itself makes."""
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", own.kubeconfig)
    _wipe(own)
    return own


def _wipe(cluster: Cluster) -> None:
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    namespaces = ["/api/v1/namespaces/" + name for name in ("apps", "redis", "redis-operator")]
    for path in (
        *namespaces,
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/redis-operator",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/redis-operator",
        *(f"/apis/storage.k8s.io/v1/storageclasses/{name}" for name in ("gp3", "gp3-encrypted")),
        "/apis/apps/v1/namespaces/default/deployments/redis-operator",
    ):
        cluster.delete(path)
    apis = {kinds.OPERATOR_API}  # its definitions may have just gone, and discovery not have heard of it
    for crd in cluster.get(definitions)["items"]:
        cluster.delete(f"{definitions}/{crd['metadata']['name']}")
        apis |= versions(crd)
    eventually(lambda: not cluster.get(definitions)["items"] and not any(map(cluster.get, namespaces)))
    eventually(lambda: not any(map(cluster.served, apis)))


@pytest.fixture
def started(empty: Cluster) -> Iterator[Cluster]:
    """Starts the operator's pods for as long as the test runs, as kubelets would."""
    done = Event()

    def start() -> None:
        while not done.wait(0.2):
            # what comes or goes just now may be refused
            with suppress(AssertionError):
                pods = empty.get("/api/v1/namespaces/redis-operator/pods?labelSelector=name=redis-operator")["items"]
                if pods:
                    lead(empty, make_ready(empty, pods)[0])

    thread = Thread(target=start)
    thread.start()
    try:
        yield empty
    finally:
        done.set()
        thread.join()


@pytest.fixture
def instance(capsys: pytest.CaptureFixture[str], namespace: str) -> Callable[..., dict[str, Any]]:
    """Runs the module instance for ``cache`` in the test's namespace; it does not wait unless told to."""

    def run(**options: Any) -> dict[str, Any]:
        return runs.module(capsys, "instance", **{"name": "cache", "namespace": namespace, "wait": False, **options})

    return run


@pytest.fixture
def asked(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """The requests that a module sends: it works as a user whom nobody else is, while other tests ask too."""

    def of(module: Callable[..., Any], **options: Any) -> list[dict[str, Any]]:
        user, since = f"u-{uuid.uuid4().hex[:10]}", cluster.position()
        with monkeypatch.context() as patch:
            patch.setenv("K8S_AUTH_IMPERSONATE_USER", user)
            patch.setenv("K8S_AUTH_IMPERSONATE_GROUPS", "system:masters")
            module(**options)
        return [one for one in cluster.audit(since) if (one.get("impersonatedUser") or {}).get("username") == user]

    return of


@pytest.fixture
def operate(cluster: Cluster, namespace: str) -> Callable[..., None]:
    """Does what the operator does for ``cache``; options replace parts of its kubernetesConfig."""

    def make(**other: Any) -> None:
        resource = cluster.get(f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redis/cache")
        path = f"/apis/apps/v1/namespaces/{namespace}/statefulsets/cache"
        made = cluster.apply(path, statefulset(resource, **other), "redis-operator")

        def seen() -> bool:
            """Pods come before the controller says of which revision they are."""
            status = cluster.get(path)["status"]
            return status.get("observedGeneration", 0) >= made["metadata"]["generation"] and "updateRevision" in status

        eventually(seen)

    return make


@pytest.fixture
def time_is_up_when(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Given some words: once a module has said a line with them, the time of all its waits is up.

    Nobody knows how long controllers take for what has to be there by then; ``timeout`` is only a number in a message.
    It holds until the test ends, as modules run in this process.
    """

    def of(words: str) -> None:
        said, tell, left = Event(), wait.tell, wait.Deadline.left.fget
        assert left

        def listen(line: str) -> str:
            if words in line:
                said.set()
            return tell(line)

        monkeypatch.setattr(wait, "tell", listen)
        monkeypatch.setattr(wait.Deadline, "left", property(lambda deadline: 0.0 if said.is_set() else left(deadline)))

    return of


@pytest.fixture(scope="session")
def aws() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def account(aws: StandIn, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An AWS account of the test's own, with an EKS cluster ``prod``; the environment leads there."""
    made = aws.account(cluster={"name": "prod", "version": "1.34", "issuer": model.OIDC_ISSUER})
    for name, value in {**made.environment, "NO_PROXY": "*", "no_proxy": "*"}.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def deploy(tmp_path: Path) -> Callable[..., runs.Play]:
    """Runs a playbook of the collection in a directory of the test's own, with the laboratory's operator."""

    def run(name: str, *options: str, cluster: Cluster, path: str | None = None, **variables: Any) -> runs.Play:
        given = {**cluster.operator, **variables}
        # the laboratory's helm, as in the shell of `make lab-env`
        path = path or f"{cluster.lab.bin}{os.pathsep}{os.environ['PATH']}"
        return runs.playbook(name, given, *options, kubeconfig=cluster.kubeconfig, directory=tmp_path, path=path)

    return run
