"""The traps of the operator (operator sheet §0, §7, §9.2; opstree-versions §1, §2): avoided, or refused by name."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve

from .made import CLUSTER, PASSWORD, REDIS, SHAPES, merged, shaped_objects
from .traps import EVERYTHING, conf, every_shape, keys, pods, refused, resources, spec

LABELS = {"app", "role", "redis_setup_type", "cluster", "redis-role"}
# what the operator makes itself, by what it adds to the name of an instance (operator sheet §2.1)
OPERATORS = {
    "Service": (
        "",
        "-headless",
        "-additional",
        "-metrics",
        "-master",
        "-replica",
        "-sentinel",
        "-sentinel-headless",
        "-sentinel-additional",
        "-sentinel-metrics",
        *(f"-{role}{end}" for role in ("leader", "follower") for end in ("", "-headless", "-additional", "-metrics")),
    ),
    "PodDisruptionBudget": ("-replication", "-sentinel", "-leader", "-follower"),
}


@every_shape
def test_appendfilename_never_changes(shape: str) -> None:
    assert 'appendfilename "appendonly.aof"' in conf(shape)
    assert refused({"additionalConfig": {"appendfilename": "data.aof"}}) == {"additionalConfig.appendfilename"}


@every_shape
def test_volumes_outlive_the_custom_resource(shape: str) -> None:
    assert spec(shape)["storage"]["keepAfterDelete"] is True


@every_shape
def test_labels_of_the_operator_are_not_ours(shape: str) -> None:
    for each in shaped_objects(shape, EVERYTHING, PASSWORD).values():
        assert not LABELS & set(each["metadata"].get("labels", {}))


@pytest.mark.parametrize("label", sorted(LABELS))
def test_labels_of_the_operator_cannot_be_set(label: str) -> None:
    assert [problem.path for problem in resolve({}, name="a", namespace="b", labels={label: "x"}).errors] == [
        f"labels.{label}"
    ]


@every_shape
def test_our_objects_have_no_name_of_the_operators(shape: str) -> None:
    taken = {(kind, f"cache{end}") for kind, ends in OPERATORS.items() for end in ends}
    ours = {(each["kind"], each["metadata"]["name"]) for each in shaped_objects(shape, EVERYTHING, PASSWORD).values()}
    assert not ours & taken


@every_shape
def test_budgets_are_ours_and_the_operators_stay_off(shape: str) -> None:
    assert "pdb" not in keys(resources(shape))


@every_shape
def test_persistence_on_does_not_mean_append_only(shape: str) -> None:
    assert "appendonly no" in conf(shape)
    assert "appendonly yes" in conf(shape, {"persistence": {"aof": {"enabled": True}}})


@every_shape
def test_persistence_off_means_no_save_points_and_a_place_to_write(shape: str) -> None:
    lines = conf(shape, {"persistence": {"enabled": False}})
    assert {'save ""', "appendonly no", "dir /etc/redis"} <= set(lines)
    assert [line for line in lines if line.startswith("save")] == ['save ""']


@every_shape
def test_persistence_off_has_no_storage_that_an_operator_takes_for_a_claim(shape: str) -> None:
    storage = spec(shape, {"persistence": {"enabled": False}}).get("storage", {})
    assert "volumeClaimTemplate" not in storage
    assert ("nodeConfVolume" in storage) == (shape == "cluster")


@every_shape
def test_save_points_replace_those_of_the_operator(shape: str) -> None:
    saves = [line for line in conf(shape) if line.startswith("save")]
    assert saves == ['save ""', "save 900 1", "save 300 10", "save 60 10000"]


def test_redis_too_old_for_what_the_operator_configures_is_refused() -> None:
    assert refused(SHAPES["cluster"][0], {**CLUSTER, "version": "6.2.16"}) == {"version"}
    assert refused(SHAPES["sentinel"][0], {"version": "6.0.20"}) == {"version"}
    assert refused(SHAPES["sentinel"][0], {"version": "6.2.16"}) == set()


@every_shape
def test_a_cluster_port_other_than_6379_is_never_sent(shape: str) -> None:
    objects = shaped_objects(shape, {"additionalConfig": {"port": 7000}})
    text = objects["ConfigMap cache-config"]["data"]["redis-additional.conf"]
    assert not [line for line in text.splitlines() if line.split()[0] in ("port", "tls-port")]
    assert not [one for one in objects.values() if "port" in one.get("spec", {})]


@every_shape
def test_the_configmap_has_the_only_key_that_is_read(shape: str) -> None:
    assert list(shaped_objects(shape)["ConfigMap cache-config"]["data"]) == ["redis-additional.conf"]


@every_shape
def test_a_change_of_configuration_or_password_changes_an_annotation(shape: str) -> None:
    one = resources(shape, {}, PASSWORD)[REDIS[shape]]["metadata"]["annotations"]
    assert set(one) == {"checksum/config", "checksum/auth"}


@every_shape
def test_dynamic_config_which_old_operators_ignore_is_not_used(shape: str) -> None:
    assert "dynamicConfig" not in keys(resources(shape, EVERYTHING))


@every_shape
def test_annotations_that_must_not_restart_pods_are_ignored(shape: str) -> None:
    for each in resources(shape).values():
        assert each["spec"]["kubernetesConfig"]["ignoreAnnotations"] == [
            "eks.redis/touch",
            "redis.opstreelabs.in/recreate-statefulset",
            "redis.opstreelabs.in/recreate-statefulset-strategy",
        ]


@every_shape
def test_fields_that_only_newer_operators_know_are_not_sent(shape: str) -> None:
    assert "podManagementPolicy" not in keys(resources(shape, EVERYTHING))


@every_shape
def test_the_operators_own_services_keep_their_type(shape: str) -> None:
    for each in resources(shape, EVERYTHING).values():
        assert each["spec"]["kubernetesConfig"]["service"] == {
            "serviceType": "ClusterIP",
            "additional": {"enabled": False},
        }


@pytest.mark.parametrize("shape", ["replicated", "sentinel"])
def test_a_load_balancer_leads_to_the_master_alone(shape: str) -> None:
    service = shaped_objects(shape, EVERYTHING)["Service cache-client"]
    assert service["spec"]["selector"]["redis-role"] == "master"


@every_shape
def test_services_select_by_labels_that_never_change(shape: str) -> None:
    ours = {f"app.kubernetes.io/{key}" for key in ("instance", "component")}
    stable = {"app", "redis_setup_type", "role", "redis-role", "cluster", *ours}
    for each in shaped_objects(shape, EVERYTHING).values():
        if each["kind"] == "Service":
            assert set(each["spec"]["selector"]) <= stable


@every_shape
def test_exporters_are_found_by_a_service_of_ours(shape: str) -> None:
    found = shaped_objects(shape, EVERYTHING)
    wanted = found["ServiceMonitor apps.cache"]["spec"]["selector"]["matchLabels"]
    matching = {
        each["metadata"]["name"]
        for each in found.values()
        if each["kind"] == "Service" and wanted.items() <= each["metadata"]["labels"].items()
    }
    sentinels = ["cache-sentinel-exporter"] if shape == "sentinel" else []
    assert matching == {"cache-exporter", "cache-exporter-backup", *sentinels}
    ports = {port["name"] for name in matching for port in found[f"Service {name}"]["spec"]["ports"]}
    assert {each["port"] for each in found["ServiceMonitor apps.cache"]["spec"]["endpoints"]} == ports


@every_shape
def test_the_exporter_keeps_its_port_and_has_an_image(shape: str) -> None:
    for each in resources(shape, EVERYTHING).values():
        assert "port" not in each["spec"]["redisExporter"]
        assert each["spec"]["redisExporter"]["image"]


@every_shape
def test_probes_have_patience_and_no_handler_of_their_own(shape: str) -> None:
    for each in pods(shape, {"master": {"resources": {"limits": {"memory": "16Gi"}}}}):
        assert each["livenessProbe"]["failureThreshold"] == 20 + 2 * 16
        assert not {"exec", "httpGet", "tcpSocket", "grpc"} & (
            keys(each["livenessProbe"]) | keys(each["readinessProbe"])
        )
        assert each["terminationGracePeriodSeconds"] == 60 + 15 * 16


@every_shape
def test_all_containers_share_a_user_and_are_admitted_as_restricted(shape: str) -> None:
    for each in resources(shape, EVERYTHING).values():
        pod = each["spec"]["podSecurityContext"]
        assert (pod["runAsUser"], pod["fsGroup"], pod["runAsNonRoot"]) == (1000, 1000, True)
        roles = [each["spec"][role] for role in ("redisLeader", "redisFollower") if role in each["spec"]]
        containers = [*(roles or [each["spec"]]), each["spec"]["initContainer"], each["spec"]["redisExporter"]]
        for container in containers:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }


@every_shape
def test_what_operator_releases_default_differently_is_written(shape: str) -> None:
    assert "tcp-keepalive 300" in conf(shape)
    assert ("cluster-node-timeout 5000" in conf(shape)) == (shape == "cluster")


@every_shape
def test_update_strategy_is_always_rolling(shape: str) -> None:
    for each in resources(shape).values():
        assert each["spec"]["kubernetesConfig"]["updateStrategy"] == {"type": "RollingUpdate"}
    flavour = merged(SHAPES[shape][0], {"updateStrategy": {"type": "OnDelete"}})
    assert refused(flavour, SHAPES[shape][1]) == {"updateStrategy.type"}


def test_a_single_redis_has_no_spread_constraints() -> None:
    wanted = [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}]
    assert "topologySpreadConstraints" not in spec("standalone", {"topologySpreadConstraints": wanted})


@pytest.mark.parametrize(
    "token", ["two words", 'quo"te', "it's", "st*r", "wh?t", "br[cket", "line\nfeed", "line\rfeed"]
)
def test_a_password_that_redis_or_a_probe_would_misread_is_refused(token: str) -> None:
    root = {"authentication": {"enabled": True, "authToken": token}}
    assert refused({}, root) == {"authentication.authToken"}


@pytest.mark.parametrize(("mode", "longest"), [("standalone", 52), ("sentinel", 43), ("cluster", 43)])
def test_a_name_that_a_label_cannot_hold_is_refused(mode: str, longest: int) -> None:
    flavour, root = {"deployment": {"mode": mode}}, {"clusterModeEnabled": mode == "cluster"}
    assert refused(flavour, root, name="x" * longest) == set()
    assert refused(flavour, root, name="x" * (longest + 1)) == {"name"}


@pytest.mark.parametrize("name", ["aclfile", "user", "requirepass", "masterauth"])
def test_what_the_operator_must_know_of_cannot_be_set_behind_its_back(name: str) -> None:
    assert refused({"additionalConfig": {name: "1"}}) == {f"additionalConfig.{name}"}


@every_shape
def test_service_account_is_named_and_never_made(shape: str) -> None:
    found = shaped_objects(shape, {"serviceAccount": "redis"})
    assert not [name for name in found if name.startswith("ServiceAccount")]
