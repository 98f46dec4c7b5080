from __future__ import annotations

import threading

import pytest
from grpc import StatusCode

from lab.csi.faults import Fault
from lab.csi.locks import Locks
from lab.csi.store import Store, Volume

VOLUME = Volume("vol-01", "pvc-1", 64 << 20, "us-east-1a")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "volumes")


def test_a_saved_volume_is_a_sparse_file_of_its_size(store):
    store.save(VOLUME)
    content = store.image(VOLUME).stat()
    assert content.st_size == VOLUME.size
    assert content.st_blocks == 0
    assert store.get("vol-01") == store.named("pvc-1") == VOLUME


def test_saving_never_shortens_or_empties_a_volume(store):
    store.save(VOLUME)
    store.image(VOLUME).write_bytes(b"data" + bytes(VOLUME.size))
    store.save(VOLUME)
    assert store.image(VOLUME).stat().st_size == VOLUME.size + 4
    assert store.image(VOLUME).read_bytes()[:4] == b"data"


def test_a_content_without_a_record_is_no_volume(store):
    store.image(VOLUME).write_bytes(b"cut off")
    assert store.get("vol-01") is None


def test_removing_leaves_nothing_and_can_be_repeated(store):
    store.save(VOLUME)
    store.remove(VOLUME)
    store.remove(VOLUME)
    assert list(store.folder.iterdir()) == []


@pytest.mark.parametrize("volume_id", ["", "vol-02", "../vol-01", "vol-01/../vol-01", "vol-XYZ"])
def test_what_is_not_an_id_of_a_volume_is_not_found(store, volume_id):
    store.save(VOLUME)
    with pytest.raises(Fault) as caught:
        store.require(volume_id)
    assert caught.value.code is StatusCode.NOT_FOUND
    assert str(caught.value) == f"volume {volume_id!r} does not exist"


def test_calls_for_one_volume_wait_and_those_for_others_do_not():
    locks, entered = Locks(), threading.Event()

    def second():
        with locks.hold("vol-01"):
            entered.set()

    with locks.hold("vol-01"):
        thread = threading.Thread(target=second)
        thread.start()
        with locks.hold("vol-02"):
            assert not entered.is_set()
    thread.join()
    assert entered.is_set()
    assert locks._locks == {}
