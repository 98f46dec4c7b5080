"""Loop devices that a killed driver or laboratory leaves behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from lab.csi import loops, mounts
from lab.csi.store import Store, Volume

log = logging.getLogger(__name__)


def of_store(devices: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Those devices whose file lies, or lay, in ``folder``: device -> volume id."""
    files = {device: Path(text.removesuffix(" (deleted)")) for device, text in devices.items()}
    return {device: file.stem for device, file in files.items() if file.parent == folder}


def detach_unmounted(store: Store, mine: Callable[[Volume | None], bool]) -> None:
    """Detaches the store's devices that nobody here has mounted; ``mine`` sees the volume, None if it is gone."""
    in_use = {mount.device for mount in mounts.current()}
    for device, volume_id in of_store(loops.attached(), store.folder).items():
        if device not in in_use and mine(store.get(volume_id)):
            log.info("detaching %s: %s is not mounted", device, volume_id)
            loops.detach(device)
