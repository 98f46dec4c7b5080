# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loader: a throw-away Redis beside a job, of the instance's own image, that reads RDB files.

Only a Redis of the right release reads every type that an RDB may hold. It is a native sidecar: it starts before the
job's own container, and ends with it. The job puts a file into the folder that both share, under the one name that the
loader knows, and says DEBUG RELOAD (jobs/loader.py). So one process takes one file after the other, or several
together; a file that it cannot read is an error reply, and what is wrong with it stands in the loader's log beside it.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import FOLDER, LOG, PORT, RDB
from ansible_collections.eks.redis.plugins.module_utils.topology import pods

CONTAINER = "loader"
_VOLUME = "work"

# Settings come by standard input, because the password is one of them. An append-only file would win over the RDB, and
# a snapshot at the end is for nobody. Releases before 7.0 always know DEBUG, later ones only when they are told to; the
# databases are as many as any source may have had. Nobody waits for a stream that is not compressed, and the one who
# loads from it may take his time. Nobody copies it before the job has loaded it: after a restart it is empty.
_SCRIPT = rf"""
cd {FOLDER}
rm -f {RDB}
login=nopass
test -z "$REDIS_PASSWORD" || login="\">$(printf %s "$REDIS_PASSWORD" | sed 's/[\\"]/\\&/g')\""
debug="enable-debug-command local"
case $(redis-server --version) in *v=[456].*) debug= ;; esac
exec redis-server - <<END
$LOADER_SPEAKS
dir {FOLDER}
dbfilename {RDB}
logfile {FOLDER}/{LOG}
save ""
appendonly no
databases 1024
rdbcompression no
repl-diskless-sync yes
repl-diskless-sync-delay 0
client-output-buffer-limit replica 0 0 0
$LOADER_LISTENS
$debug
user default on $login ~* &* +@all -psync -sync
END
"""
_FOLDER = "/tls"
_CERTIFICATE = {"name": "loader-tls", "mountPath": _FOLDER, "readOnly": True}
# With TLS also to those who copy from it, and to those whom it sends keys by MIGRATE, as the pods of an instance speak
_SPEAKS = {
    False: f"port {PORT}",
    True: f"""port 0
tls-port {PORT}
tls-ca-cert-file {_FOLDER}/ca.crt
tls-cert-file {_FOLDER}/tls.crt
tls-key-file {_FOLDER}/tls.key
tls-auth-clients no
tls-replication yes
tls-cluster yes""",
}
# In the pod only; or for the pods of an instance too, which log in as to each other
_LISTENS = {False: "bind 127.0.0.1", True: "protected-mode no"}


def sidecar(
    image: str,
    pull_policy: str,
    resources: dict[str, Any],
    *,
    reachable: bool = False,
    password: tuple[str, str] | None = None,
    tls: bool = False,
) -> dict[str, Any]:
    """The entry of ``initContainers``. image, resources: of the instance's Redis, because it holds as much.

    reachable: pods of the instance are to copy its data, by REPLICAOF. password: name and key of the instance's Secret,
    which they then send. tls: it speaks nothing else, with the certificate of ``certificate``.
    """
    environment: list[dict[str, Any]] = [
        # a shell that keeps what it reads from in a file, before Redis reads it
        {"name": "TMPDIR", "value": FOLDER},
        {"name": "LOADER_LISTENS", "value": _LISTENS[reachable]},
        {"name": "LOADER_SPEAKS", "value": _SPEAKS[tls]},
    ]
    if password:
        name, key = password
        environment.append({"name": "REDIS_PASSWORD", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}})
    return {
        "name": CONTAINER,
        "image": image,
        "imagePullPolicy": pull_policy,
        "restartPolicy": "Always",
        "command": ["sh", "-ec", _SCRIPT.strip()],
        "env": environment,
        "resources": resources,
        "securityContext": pods.container_security(),
        "volumeMounts": [mount(), *([_CERTIFICATE] if tls else ())],
    }


def mount() -> dict[str, Any]:
    """The entry of ``volumeMounts`` of the job's own container."""
    return {"name": _VOLUME, "mountPath": FOLDER}


def volume(size: str) -> dict[str, Any]:
    """The entry of ``volumes``: room for the RDB files, such as ``10Gi``; on the node's disk, gone with the pod."""
    return {"name": _VOLUME, "emptyDir": {"sizeLimit": size}}


def certificate(secret: str) -> dict[str, Any]:
    """The entry of ``volumes`` with a certificate of an instance, its key among it: for the loader alone."""
    return {"name": _CERTIFICATE["name"], "secret": {"secretName": secret}}
