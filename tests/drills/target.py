"""An instance that is restored in place: what it held before, what it is to hold, and which of both it holds."""

from __future__ import annotations

import json
from typing import Any

from backed_up import BackedUp
from conftest import kubectl
from places import eventually

OLD, NEW = "the old data", "the new data"
AGAIN, BACK = "restored", "rolled_back"
# what happens to the new data until it is the old
_BY_HAND = (
    "SET data:late 1",
    "SET data:text:2 other",
    "DEL data:text:1",
    "DEL data:big",
    "DEL data:orders",
)


class Target(BackedUp):
    """An instance that is restored, from a set whose data differs from what it holds in between."""

    def prepare(self) -> None:
        self.new = self.dataset("read")
        self.set = self.run("backup")["set"]
        # begun in the same second, and the last by name
        self.spoilt = f"{self.set[:-4]}zzzz"
        self.change()
        self.old = self.dataset("read")

    def change(self) -> None:
        """It holds the old data, from the new on."""
        self.shell(self.master(), "; ".join(f"redis-cli -c {command}" for command in _BY_HAND))

    def holds(self) -> tuple[str, int]:
        """OLD or NEW, whichever is nearer, and how many keys differ from it."""
        here = json.loads(self.dataset("read"))["keys"]
        wanted = {name: json.loads(text)["keys"] for name, text in ((OLD, self.old), (NEW, self.new))}
        wrong = {
            name: sum(here.get(key) != there.get(key) for key in here.keys() | there.keys())
            for name, there in wanted.items()
        }
        return min(wrong.items(), key=lambda one: one[1])

    def restore(self, state: str) -> None:
        """Runs it to its end, and compares all keys."""
        self.run("restore", state=state, force=True, **({} if state == BACK else {"set": self.set}))
        assert self.holds() == (OLD if state == BACK else NEW, 0)

    def have_old(self) -> None:
        self.recover()
        if self.holds() == (NEW, 0):
            self.change()
        assert self.holds() == (OLD, 0)

    def test_set(self, name: str) -> dict[str, Any]:
        """What is said of it after a restore test, which takes the newest that is complete."""
        kubectl("create", "job", "now", f"--from=cronjob/{self.name}-restore-test", namespace=self.namespace)
        eventually(lambda: bool(self._conditions("now")))
        kubectl("delete", "job", "now", namespace=self.namespace)
        sets: list[dict[str, Any]] = self.run("backup_info")["sets"]
        return next(one for one in sets if one["name"] == name)

    def _conditions(self, job: str) -> str:
        return kubectl("get", "job", job, "--output=jsonpath={.status.conditions}", namespace=self.namespace)

    def tidy(self) -> None:
        """Leaves nothing of a run but the set that all of them restore."""
        assert [
            doubt for name in self.shelf.claims() if name != self.spoilt and (doubt := self.shelf.doubts(name))
        ] == []
        for name in self.shelf.files():
            if name != self.set:
                self.shelf.remove(name)
        self.shelf.forget_uploads()
