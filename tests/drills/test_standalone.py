"""A standalone instance under faults: what is acknowledged must stay."""

from __future__ import annotations

import subprocess

import pytest
from conftest import kubectl
from document import Section

SECTION = Section(
    "Standalone",
    """
A client writes one key after the other through the Service and notes each that was acknowledged; then something bad
happens. One run each: the seconds are an order of magnitude, the lost writes are not.
""",
    ("what happens", "flavour", "acknowledged", "lost", "longest gap in seconds"),
)
WRITES = 1500
CLIENT = "client"
WRITER = f"""
i=0
while [ $i -lt {WRITES} ]; do
  if [ "$(timeout 2 redis-cli -h drill SET key:$i $i 2>/dev/null)" = OK ]; then
    echo "$i $(date +%s.%N)"; i=$((i+1))
  else
    sleep 0.1
  fi
done
"""
ALWAYS = {"persistence": {"size": "1Gi", "aof": {"enabled": True, "fsyncPolicy": "always"}}}


def start_client(namespace: str) -> None:
    kubectl(
        "run",
        CLIENT,
        "--image=quay.io/opstree/redis:v7.0.15",
        "--restart=Never",
        "--command",
        "--",
        "sleep",
        "infinity",
        namespace=namespace,
    )
    kubectl("wait", "--for=condition=Ready", f"pod/{CLIENT}", "--timeout=300s", namespace=namespace)


def in_client(namespace: str, script: str) -> list[str]:
    return kubectl("exec", CLIENT, "--", "sh", "-c", script, namespace=namespace).split()


FAULTS = {
    "the pod is deleted": ["delete", "pod", "drill-0", "--wait=false"],
    "the pod is deleted by force": ["delete", "pod", "drill-0", "--force", "--grace-period=0", "--wait=false"],
    "Redis ends without saving": ["exec", "drill-0", "-c", "drill", "--", "redis-cli", "SHUTDOWN", "NOSAVE"],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_acknowledged_write_is_lost_when(fault, instance, record) -> None:
    namespace = instance(ALWAYS)
    start_client(namespace)
    writer = subprocess.Popen(
        ["kubectl", f"--namespace={namespace}", "exec", CLIENT, "--", "sh", "-c", WRITER],
        stdout=subprocess.PIPE,
        text=True,
    )
    acknowledged: list[tuple[str, float]] = []
    for line in writer.stdout or ():
        key, at = line.split()
        acknowledged.append((key, float(at)))
        if len(acknowledged) == WRITES // 3:
            subprocess.run(["kubectl", f"--namespace={namespace}", *FAULTS[fault]], capture_output=True, check=False)
    assert writer.wait() == 0
    assert len(acknowledged) == WRITES

    kept = in_client(
        namespace, f"i=0; while [ $i -lt {WRITES} ]; do echo GET key:$i; i=$((i+1)); done | redis-cli -h drill"
    )
    lost = [key for key, _at in acknowledged if kept[int(key)] != key]
    times = [at for _key, at in acknowledged]
    gap = max(later - earlier for earlier, later in zip(times, times[1:], strict=False))
    record(SECTION, fault, "aof, fsync always", len(acknowledged), len(lost), f"{gap:.1f}")
    assert lost == []
    assert kubectl("get", "pod", "drill-0", "--output=jsonpath={.status.phase}", namespace=namespace) == "Running"


def test_a_full_volume_refuses_writes_and_recovers(instance, record) -> None:
    # with fsync always Redis ends at the first write that does not reach the disk, and starts when there is room again
    namespace = instance({"persistence": {"size": "128Mi", "aof": {"enabled": True, "fsyncPolicy": "everysec"}}})
    start_client(namespace)
    before = in_client(
        namespace, "i=0; while [ $i -lt 500 ]; do echo SET key:$i $i; i=$((i+1)); done | redis-cli -h drill"
    )
    assert before == ["OK"] * 500
    fill = "dd if=/dev/zero of=/data/fill bs=4k; dd if=/dev/zero of=/data/fill2 bs=512; true"
    kubectl("exec", "drill-0", "-c", "drill", "--", "sh", "-c", fill + " 2>/dev/null", namespace=namespace)

    value = "v=$(head -c 2000 /dev/zero | tr '\\0' x)"
    flood = f"{value}; i=0; while [ $i -lt 500 ]; do redis-cli -h drill SET more:$i $v; i=$((i+1)); done"
    answers = kubectl("exec", CLIENT, "--", "sh", "-c", flood, namespace=namespace).splitlines()
    refused = [answer for answer in answers if answer.startswith("MISCONF")]
    assert refused, answers[-3:]

    kubectl("exec", "drill-0", "-c", "drill", "--", "sh", "-c", "rm /data/fill /data/fill2", namespace=namespace)
    again = 'for i in $(seq 60); do a=$(redis-cli -h drill SET after 1); [ "$a" = OK ] && break; sleep 1; done; echo $a'
    assert in_client(namespace, again) == ["OK"]
    # a restart must find a log that it can read, with every write that was acknowledged
    acknowledged = [i for i, answer in enumerate(a for a in answers if a) if answer == "OK"]
    kubectl("delete", "pod", "drill-0", namespace=namespace)
    kubectl("wait", "--for=condition=Ready", "pod/drill-0", "--timeout=300s", namespace=namespace)
    found = in_client(
        namespace, "redis-cli -h drill EXISTS $(i=0; while [ $i -lt 500 ]; do echo key:$i; i=$((i+1)); done)"
    )
    more = in_client(namespace, "redis-cli -h drill EXISTS " + " ".join(f"more:{i}" for i in acknowledged))
    lost = 500 - int(found[0]) + len(acknowledged) - int(more[0])
    record(
        SECTION,
        "the volume is full, then has room again",
        "aof, fsync every second",
        500 + len(acknowledged),
        lost,
        "until there is room",
    )
    assert lost == 0
