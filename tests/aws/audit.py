"""What compliance_info looks at: a claim on an encrypted volume, the bucket of backups, and a ServiceAccount's role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from conftest import CLUSTER, ISSUER, Account, Run
from workloads import Workload, done

from ansible_collections.eks.redis.plugins.module_utils.engine.service_account import ROLE
from ansible_collections.eks.redis.plugins.modules import eks_addon, pod_identity
from lab.aws.stand_in import Signer

WHO = {"namespace": "apps", "service_account": "cache-backup"}
CLAIM = {"metadata": {"name": "cache-cache-0"}, "spec": {"volumeName": "pv"}, "status": {"phase": "Bound"}}


class Kubernetes:
    """The reads that are asked of an API server. role: in the ServiceAccount's annotation, None for none."""

    def __init__(self, signer: Signer, volume: str, role: str | None) -> None:
        self._signer = signer
        account = {"metadata": {"annotations": {ROLE: role} if role else {}}}
        csi = {"driver": "ebs.csi.aws.com", "volumeHandle": volume}
        self._objects: dict[str, Any] = {
            "Redis": {"metadata": {"name": "cache"}},
            "ServiceAccount": account,
            "PersistentVolume": {"spec": {"csi": csi}},
        }

    def get(self, kind: str, *_where: str) -> Any:
        return self._objects.get(kind)

    def list(self, kind: str, *_where: str, **_selected: str) -> Sequence[Any]:
        assert kind == "PersistentVolumeClaim"
        return [CLAIM]

    @staticmethod
    def map(each: Callable[[Any], Any], items: Iterable[Any]) -> Sequence[Any]:
        return [each(item) for item in items]

    def token(self, namespace: str, service_account: str, audience: str, _seconds: int) -> str:
        return self._signer.token(ISSUER, namespace, service_account, audience)


class Audited:
    """An instance whose backups have their role by ``irsa`` or ``pod_identity``."""

    def __init__(self, run: Run, account: Account, signer: Signer, method: str) -> None:
        who = (WHO["namespace"], WHO["service_account"])
        workload = Workload(run, account, who, "backup", "backup_roles", method=method)
        if method == "pod_identity":
            done(run(eks_addon, cluster_name=CLUSTER, name="eks-pod-identity-agent"))
            done(run(pod_identity, cluster_name=CLUSTER, **WHO, role_arn=workload.role))
        ec2, kms = account.client("ec2"), account.client("kms")
        key = kms.create_key()["KeyMetadata"]["Arn"]
        kms.enable_key_rotation(KeyId=key)
        zone = f"{account.region}a"
        volume = ec2.create_volume(AvailabilityZone=zone, Size=1, Encrypted=True, KmsKeyId=key)["VolumeId"]
        self.bucket = workload.bucket
        self.kubernetes = Kubernetes(signer, volume, workload.role if method == "irsa" else None)
        self.options = {
            "name": "cache",
            "namespace": WHO["namespace"],
            "cluster_name": CLUSTER,
            "kms_key": key,
            "bucket": workload.bucket,
            "service_account": {"name": WHO["service_account"], "prefix": "apps/cache"},
        }
