from __future__ import annotations

import sys

from lab.csi import protos

# before any test module is read: they import the generated classes
sys.path.insert(0, str(protos.compiled()))
