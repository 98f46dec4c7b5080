"""What a shell needs to use a laboratory from anywhere: variables and an inventory."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

from lab import model
from lab.model import AWS_NAME, CONTROL_PLANE, REGION, Lab


def variables(lab: Lab) -> dict[str, str]:
    """The variables and their values."""
    passed_by = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    local = _first(",", passed_by, "127.0.0.1", AWS_NAME)
    found = {
        "LAB_NAME": lab.name,
        "KUBECONFIG": str(lab.kubeconfig),
        "PATH": _first(":", os.environ["PATH"], str(lab.bin), str(Path(sys.executable).parent)),
        "ANSIBLE_COLLECTIONS_PATH": _collections(),
        "ANSIBLE_INVENTORY": str(lab.inventory),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        # a proxy knows neither; Python prefers one spelling, Go the other
        "NO_PROXY": local,
        "no_proxy": local,
    }
    if lab.level == CONTROL_PLANE:
        return found
    return found | {
        "AWS_ENDPOINT_URL": aws_endpoint(lab),
        "AWS_ACCESS_KEY_ID": "laboratory",
        "AWS_SECRET_ACCESS_KEY": "laboratory",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def enter() -> None:
    """Makes this process, and what it starts, use the running laboratory."""
    os.environ.update(variables(model.find(model.current())))


def aws_endpoint(lab: Lab) -> str:
    return f"http://{AWS_NAME}:{lab.ports['aws']}"


def _first(separator: str, value: str, *entries: str) -> str:
    """A list variable with the entries in front, each once however often it is printed."""
    rest = [entry for entry in value.split(separator) if entry and entry not in entries]
    return separator.join([*entries, *rest])


def _collections() -> str:
    """The collections path in which eks.redis is this checkout."""
    bootstrap = Path(__file__).resolve().parents[1] / "bootstrap.sh"
    lines = subprocess.run([bootstrap], text=True, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    return dict(line.split("=", 1) for line in lines)["TREE"]


def exports(values: dict[str, str]) -> str:
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def write_inventory(lab: Lab, chart: Path, version: str) -> None:
    """localhost, and the operator that the laboratory holds in place of the collection's default."""
    localhost = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "operator_chart": str(chart),
        "operator_version": version,
    }
    inventory = {"all": {"hosts": {"localhost": localhost}}}
    lab.inventory.write_text(yaml.safe_dump(inventory, sort_keys=False))
