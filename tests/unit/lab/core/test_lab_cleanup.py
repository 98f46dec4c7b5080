from __future__ import annotations

import json
import subprocess
from pathlib import Path

from lab import cleanup

STATE = Path("/var/lib/ekslab/lab")


def test_only_our_loop_devices_are_found_deleted_ones_too(monkeypatch):
    files = {
        "/dev/loop0": "/var/lib/ekslab/lab/csi/volumes/vol-1.img",
        "/dev/loop1": "/var/lib/ekslab/lab/csi/volumes/vol-2.img (deleted)",
        "/dev/loop2": "/var/lib/ekslab/lab2/csi/volumes/vol-3.img",
        "/dev/loop3": "/home/user/disk.img",
        "/dev/loop4": None,
    }
    listed = json.dumps({"loopdevices": [{"name": name, "back-file": file} for name, file in files.items()]})
    done = subprocess.CompletedProcess([], 0, listed, "")
    monkeypatch.setattr(cleanup.subprocess, "run", lambda *arguments, **options: done)
    assert cleanup._loops(STATE) == ["/dev/loop0", "/dev/loop1"]


def test_no_loop_device_at_all(monkeypatch):
    done = subprocess.CompletedProcess([], 0, "", "")
    monkeypatch.setattr(cleanup.subprocess, "run", lambda *arguments, **options: done)
    assert cleanup._loops(STATE) == []


def test_folders_in_use_are_kept(tmp_path):
    (tmp_path / "used" / "by").mkdir(parents=True)
    (tmp_path / "unused").mkdir()
    for name in ("used", "unused", "absent"):
        cleanup._remove_empty(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["used"]
