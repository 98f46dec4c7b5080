"""ansible-test sanity, without what it expects of its surroundings.

ansible-test only works on a checkout that lies at ``…/ansible_collections/eks/redis`` (it resolves links), wants the
collections that ours depends on beside it, and fetches a ``get-pip.py`` from a host that is not always in reach.
So: the tracked files are copied into a tree of their own, the dependencies are linked beside them, and the script
that it would download is provided; Python's own ensurepip does the same work.

What is published is checked; `tests/` is not (galaxy.yml), and takes longer than all the rest. To check it too:
``python tests/sanity.py tests/``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
GET_PIP = """import subprocess, sys
arguments = [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"])
subprocess.check_call([sys.executable, "-m", "pip", "install", "--upgrade", *arguments])
"""


def copy_checkout(target: Path) -> None:
    """Mirror what git knows of the checkout (untracked, unignored files too) into `target`."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT, text=True
    )
    if target.exists():
        shutil.rmtree(target)
    for name in filter(None, listed.split("\0")):
        source = CHECKOUT / name
        if source.is_file():  # a deletion that is not committed yet is still listed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name, follow_symlinks=False)


def provide_get_pip(home: Path) -> None:
    """Put the script where ansible-test caches its download; the file's name follows the pip that it pins."""
    import ansible_test

    requirements = Path(ansible_test.__path__[0], "_internal", "python_requirements.py").read_text(encoding="utf-8")
    pin = re.search(r"""pip=['"]([\d.]+)['"]""", requirements)
    if not pin:
        sys.exit("sanity: this ansible-test pins its pip in another way: mend tests/sanity.py")
    script = home / ".ansible" / "test" / "cache" / f"get_pip_{pin[1].replace('.', '_')}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(GET_PIP, encoding="utf-8")


def main(arguments: list[str]) -> int:
    tree = Path(os.environ["TREE"] + "-sanity")
    collections = tree / "ansible_collections"
    target = collections / "eks" / "redis"
    copy_checkout(target)
    for namespace in ("kubernetes", "amazon"):
        link = collections / namespace
        if not link.is_symlink():
            link.symlink_to(Path(os.environ["TREE"], "ansible_collections", namespace).resolve())
    home = Path(os.environ["TREE"]).parent / "sanity-home"  # of all checkouts: it takes minutes to make
    provide_get_pip(home)
    command = ["ansible-test", "sanity", "--color", "no", "--python", f"3.{sys.version_info.minor}"]
    command += arguments or ["--exclude", "tests/"]
    environment = {**os.environ, "HOME": str(home), "ANSIBLE_COLLECTIONS_PATH": str(tree)}
    environment.pop("PYTHONPATH", None)  # ansible-test finds the collection by where it stands
    return subprocess.call(command, cwd=target, env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
