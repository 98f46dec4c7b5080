"""The ports of the host by which a laboratory is reached."""

from __future__ import annotations

from lab import forward, loopback
from lab.model import CONTROL_PLANE, Lab
from lab.ports import free_port


def test_where_the_preferred_port_is_taken_it_is_one_of_the_next(tmp_path, monkeypatch):
    port = free_port()
    monkeypatch.setattr(loopback, "API_PREFERRED", port)
    lab = Lab("lab", CONTROL_PLANE, tmp_path)
    assert loopback.choose(lab) == {"api": port}
    with forward.listen(port):
        assert port < loopback.choose(lab)["api"] < port + loopback.NEXT
