"""Module client_service, with Kubernetes' own controllers: where new connections go at every moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import runs
import yaml
from cluster import Cluster, eventually

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

NAME, ADDRESSES = "shop.abc123.ng.0001.use1.cache.amazonaws.com:6380", ["192.0.2.11:6380", "192.0.2.12:6380"]
CUSTOM = "/apis/redis.redis.opstreelabs.in/v1beta2"
Object = dict[str, Any]


class Service:
    """As kube-proxy and DNS see it."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self.cluster, self.namespace = cluster, namespace
        self.path = f"/api/v1/namespaces/{namespace}/services/redis"
        self.slices = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        cluster.apply(f"/api/v1/namespaces/{namespace}", space)

    @property
    def spec(self) -> Object:
        return dict(self._found["spec"])

    @property
    def leads_to(self) -> set[str]:
        """``address:port`` of all endpoints that are ready, by whichever slice, or the DNS name."""
        while True:
            before = self._found
            (port,) = before["spec"]["ports"]
            endpoints = self._endpoints(port["name"])
            # a Service that became a name in between has lost the slices of what it was
            if self._found["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]:
                break
        name = before["spec"].get("externalName")
        return {name} if name else endpoints

    @property
    def _found(self) -> Object:
        return dict(self.cluster.get(self.path))

    def _endpoints(self, port_name: str) -> set[str]:
        found = self.cluster.get(f"{self.slices}?labelSelector=kubernetes.io/service-name=redis")["items"]
        return {
            f"{address}:{port['port']}"
            for one in found
            for port in one["ports"] or ()
            if port["name"] == port_name
            for endpoint in one["endpoints"] or ()
            if endpoint["conditions"].get("ready")
            for address in endpoint["addresses"]
        }


@pytest.fixture
def service(cluster: Cluster, namespace: str) -> Service:
    return Service(cluster, namespace)


@pytest.fixture
def beside(empty: Cluster) -> Iterator[Service]:
    """One in a cluster with a node, without which no controller believes in a pod, and with the instance."""
    crds = Path(empty.operator["operator_chart"], "crds", "crds.yaml").read_text()
    empty.define(*filter(None, yaml.load_all(crds, Loader=yaml.CSafeLoader)))
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}}
    empty.apply("/api/v1/nodes/node-a", node)
    found = Service(empty, "apps")
    # no pod is taken before it is there
    eventually(lambda: empty.get("/api/v1/namespaces/apps/serviceaccounts/default"))
    resource = f"{CUSTOM}/namespaces/apps/redis/cache"
    empty.apply(resource, [one for one in rendered() if one["kind"] == "Redis"][0], "eks.redis")
    yield found
    empty.merge(resource, {"metadata": {"finalizers": None}})
    empty.delete("/api/v1/nodes/node-a")


def rendered() -> list[Object]:
    made = resolve({}, {}, name="cache", namespace="apps").instance
    assert made
    return manifests(made)


def run_pod(service: Service, address: str) -> None:
    """A pod of the instance that is ready at an address."""
    path = "/api/v1/namespaces/apps/pods/cache-0"
    labels = {"app": "cache", "redis_setup_type": "standalone", "role": "standalone"}
    # no kubelet ends it
    spec = {
        "containers": [{"name": "cache", "image": "redis"}],
        "nodeName": "node-a",
        "terminationGracePeriodSeconds": 0,
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "cache-0", "labels": labels}, "spec": spec}
    service.cluster.apply(path, pod)
    ready = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}
    conditions = [{"type": "Ready", "status": "True"}]
    service.cluster.merge(f"{path}/status", {"status": {**ready, "conditions": conditions}}, "kubelet")


@pytest.fixture
def lead(capsys: pytest.CaptureFixture[str]) -> Callable[..., Object]:
    def run(of: Service, **options: Any) -> Object:
        given = {"name": "cache", "namespace": of.namespace, "service": "redis", **options}
        return runs.module(capsys, "client_service", **given)

    return run


@pytest.mark.parametrize(
    ("addresses", "objects", "leads_to"),
    [
        ([NAME], {"Service/redis": "created"}, {NAME.partition(":")[0]}),
        (ADDRESSES, {"EndpointSlice/redis-exit": "created", "Service/redis": "created"}, {*ADDRESSES}),
        (
            ["[2001:db8::7]:6380"],
            {"EndpointSlice/redis-exit": "created", "Service/redis": "created"},
            {"2001:db8::7:6380"},
        ),
    ],
)
def test_it_leads_to_the_cache(lead, service: Service, addresses, objects, leads_to) -> None:
    predicted = lead(service, addresses=addresses, check=True, diff=True)
    assert service.cluster.get(service.path) is None
    done = lead(service, addresses=addresses, diff=True)
    assert runs.changes(done) == runs.changes(predicted) == objects
    assert done["diff"] == predicted["diff"]
    assert service.leads_to == leads_to
    assert service.spec["ports"][0]["port"] == 6380
    again = lead(service, addresses=addresses)
    assert (again["changed"], again["leads_to"]) == (False, "cache")


def test_from_a_name_to_addresses_and_back(lead, service: Service) -> None:
    for addresses, leads_to in [
        ([NAME], NAME.partition(":")[0]),
        (ADDRESSES, ADDRESSES[0]),
        ([NAME], NAME.partition(":")[0]),
    ]:
        done = lead(service, addresses=addresses)
        assert done["changed"], done
        assert leads_to in service.leads_to
    assert service.cluster.get(f"{service.slices}/redis-exit") is None
    assert any("up to 30 seconds" in line for line in done["summary"])


@pytest.mark.parametrize("addresses", [[NAME], ADDRESSES])
def test_it_leads_to_the_instance_and_follows_its_pods(lead, beside: Service, addresses: list[str]) -> None:
    run_pod(beside, "192.0.2.20")
    lead(beside, addresses=addresses)
    predicted = lead(beside, state="instance", check=True)
    assert "192.0.2.20:6379" not in beside.leads_to
    done = lead(beside, state="instance")
    assert runs.changes(done) == runs.changes(predicted)
    # at once, by the controller's own slice alone, and at the port of old
    assert beside.leads_to == {"192.0.2.20:6379"}
    assert beside.cluster.get(f"{beside.slices}/redis-exit") is None
    assert beside.spec["ports"][0]["port"] == 6380
    run_pod(beside, "192.0.2.21")
    eventually(lambda: beside.leads_to == {"192.0.2.21:6379"})
    again = lead(beside, state="instance")
    assert (again["changed"], again["where"]) == (False, "the pods of the instance")


@pytest.mark.parametrize("addresses", [[NAME], ADDRESSES])
def test_it_is_led_back_only_when_that_is_meant(lead, beside: Service, addresses: list[str]) -> None:
    run_pod(beside, "192.0.2.20")
    assert lead(beside, state="instance")["changed"]
    refused = lead(beside, addresses=addresses)
    assert refused["msg"].startswith("Service apps/redis leads to the instance already: what has been")
    assert beside.leads_to == {"192.0.2.20:6379"}
    assert lead(beside, addresses=addresses, force=True)["changed"]
    expected = {NAME.partition(":")[0]} if addresses == [NAME] else {*ADDRESSES}
    assert beside.leads_to == expected
    # what the controllers had made for the selector does not come back
    run_pod(beside, "192.0.2.22")
    assert not lead(beside, addresses=addresses)["changed"]
    assert beside.leads_to == expected


@pytest.mark.parametrize("addresses", [[NAME], ADDRESSES])
def test_there_is_no_moment_in_which_it_leads_nowhere(lead, beside: Service, addresses: list[str]) -> None:
    run_pod(beside, "192.0.2.20")
    lead(beside, addresses=addresses)
    seen: list[set[str]] = []
    done = Event()

    def look() -> None:
        while not done.is_set():
            seen.append(beside.leads_to)

    watcher = Thread(target=look)
    watcher.start()
    try:
        lead(beside, state="instance")
        eventually(lambda: {"192.0.2.20:6379"} in seen)
        lead(beside, addresses=addresses, force=True)
    finally:
        done.set()
        watcher.join()
    assert all(seen)


def test_without_a_pod_that_takes_writes_it_stays(lead, instance, service: Service) -> None:
    assert lead(service, state="instance")["msg"].startswith(
        f"there is no instance {service.namespace}/cache in the cluster at"
    )
    instance()
    lead(service, addresses=[NAME])
    for check in (True, False):
        assert lead(service, state="instance", check=check)["msg"].startswith(
            "no pod that takes writes is ready (app=cache,"
        )
    assert service.leads_to == {NAME.partition(":")[0]}


def test_one_of_others_stays(lead, service: Service) -> None:
    foreign = {"metadata": {"name": "redis"}, "spec": {"ports": [{"port": 6379}], "selector": {"app": "x"}}}
    service.cluster.apply(service.path, {"apiVersion": "v1", "kind": "Service", **foreign})
    for options in ({"addresses": [NAME]}, {"state": "instance"}, {"state": "absent"}):
        assert lead(service, **options)["msg"].startswith(
            f"Service {service.namespace}/redis was not made by eks.redis.client_s"
        )
    assert service.spec["selector"] == {"app": "x"}


def test_one_of_the_instance_is_not_meant(lead, instance, service: Service) -> None:
    instance(flavour={"service": {"type": "LoadBalancer"}})
    assert lead(service, service="cache-client", addresses=[NAME])["msg"].startswith(
        "service: 'cache-client' is a name of the ins"
    )


@pytest.mark.parametrize(
    ("addresses", "message"),
    [
        (None, "addresses: one HOST:PORT at least is needed"),
        (["shop"], "addresses: 'shop' is not HOST:PORT, such as shop.abc123.ng.0001.use1.cache.amazonaws.com:6379"),
        ([NAME, ADDRESSES[0]], "a Service leads to one DNS name, or to IP addresses: name the endpoint alone"),
    ],
)
def test_addresses_it_cannot_lead_to(lead, service: Service, addresses, message: str) -> None:
    assert lead(service, addresses=addresses)["msg"] == message
    assert service.cluster.get(service.path) is None


@pytest.mark.parametrize("addresses", [[NAME], ADDRESSES])
def test_it_goes_with_all_that_was_made_for_it(lead, service: Service, addresses: list[str]) -> None:
    lead(service, addresses=addresses)
    assert lead(service, state="absent", check=True)["changed"]
    assert service.leads_to
    assert lead(service, state="absent")["changed"]
    assert service.cluster.get(service.path) is None
    assert service.cluster.get(f"{service.slices}/redis-exit") is None
    assert not lead(service, state="absent")["changed"]


def test_a_deploy_of_the_instance_leaves_it_alone(lead, instance, service: Service) -> None:
    lead(service, addresses=[NAME])
    instance()
    instance(flavour={"metrics": {"enabled": True}})
    assert instance(state="absent", wait=False)["changed"]
    assert service.leads_to == {NAME.partition(":")[0]}
