from __future__ import annotations

import pytest

from lab import hosts

PLAIN = "127.0.0.1 localhost\n::1 localhost\n"


def test_line_names_the_stand_in():
    assert hosts.with_line(PLAIN, "lab") == f"{PLAIN}127.0.0.1 aws.lab.internal # ekslab lab\n"


@pytest.mark.parametrize("text", [PLAIN, PLAIN.rstrip("\n"), ""])
def test_line_is_added_once(text):
    once = hosts.with_line(text, "lab")
    assert hosts.with_line(once, "lab") == once
    assert once.count("aws.lab.internal") == 1


def test_removal_gives_the_file_back():
    assert hosts.without_line(hosts.with_line(PLAIN, "lab"), "lab") == PLAIN


def test_other_laboratories_keep_their_line():
    both = hosts.with_line(hosts.with_line(PLAIN, "lab"), "lab2")
    assert hosts.without_line(both, "lab") == hosts.with_line(PLAIN, "lab2")


def test_file_is_edited_in_place(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(hosts, "HOSTS", tmp_path / "hosts")
    hosts.HOSTS.write_text(PLAIN)
    inode = hosts.HOSTS.stat().st_ino
    hosts.add("lab")
    assert hosts.HOSTS.read_text() == hosts.with_line(PLAIN, "lab")
    hosts.remove("lab")
    assert hosts.HOSTS.read_text() == PLAIN
    assert hosts.HOSTS.stat().st_ino == inode
