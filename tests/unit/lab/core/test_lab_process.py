from __future__ import annotations

import os
import subprocess
import time

import pytest

from lab import process
from lab.model import HOST, Lab, LabError


@pytest.fixture
def lab(tmp_path):
    lab = Lab("test", "control-plane", tmp_path)
    lab.pids.mkdir(parents=True)
    lab.logs.mkdir()
    return lab


def record(lab, name, pid, start):
    (lab.pids / name).write_text(f"{pid} {start}")


def test_running_process_is_found_by_its_record(lab):
    record(lab, "etcd", os.getpid(), process.identity(os.getpid()))
    assert process.pid(lab, "etcd") == os.getpid()


def test_another_process_with_a_reused_pid_is_not_ours(lab):
    record(lab, "etcd", os.getpid(), int(process.identity(os.getpid())) - 1)
    assert process.pid(lab, "etcd") is None
    process.stop(lab, "etcd")
    assert not (lab.pids / "etcd").exists()


def test_ended_process_is_not_running(lab):
    child = subprocess.Popen(["sleep", "60"])
    record(lab, "etcd", child.pid, process.identity(child.pid))
    child.kill()
    # not waited for: it is a zombie now
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process.pid(lab, "etcd") is None
    child.wait()
    assert process.pid(lab, "etcd") is None


@pytest.mark.parametrize("text", ["", "12", "12 34 56"])
def test_torn_record_counts_as_not_running(lab, text):
    (lab.pids / "etcd").write_text(text)
    assert process.pid(lab, "etcd") is None


def test_stop_ends_the_children_too(lab):
    child = subprocess.Popen(["sh", "-c", "sleep 60 & echo $!; wait"], start_new_session=True, stdout=subprocess.PIPE)
    grandchild = int(child.stdout.readline())
    record(lab, "etcd", child.pid, process.identity(child.pid))
    process.stop(lab, "etcd")
    child.communicate()
    while process.identity(grandchild):
        time.sleep(0.01)
    assert process.names(lab) == []


def test_names_come_in_the_order_of_the_start(lab):
    for i, name in enumerate(["machine", "etcd", "apiserver"]):
        record(lab, name, 1, 1)
        os.utime(lab.pids / name, (i, i))
    assert process.names(lab) == ["machine", "etcd", "apiserver"]


def test_failure_shows_the_end_of_the_log(lab):
    (lab.logs / "etcd.log").write_text("".join(f"line {i}\n" for i in range(40)))
    shown = process.tail(lab, "etcd", lines=2)
    assert shown == f"its log {lab.logs}/etcd.log ends with:\n    line 38\n    line 39"


def test_place_of_a_laboratory_that_is_down(lab):
    assert process.prefix(lab, HOST) == []
    with pytest.raises(LabError, match="^node-a: the laboratory 'test' is not running; start it with make lab$"):
        process.prefix(lab, "node-a")
