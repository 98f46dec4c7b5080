"""ansible-lint, on the path where Ansible itself finds the collection.

Run from the checkout it would not know `eks.redis` as a collection; the linked tree of bootstrap.sh makes it one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

collection = Path(os.environ["TREE"], "ansible_collections", "eks", "redis")
sys.exit(subprocess.call(["ansible-lint", "--profile", "production", *sys.argv[1:]], cwd=collection))
