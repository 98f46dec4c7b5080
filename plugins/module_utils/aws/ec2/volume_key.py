# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What EBS does with the KMS key of a volume, under the identity of who makes or attaches it.

EBS User Guide, "Requirements for Amazon EBS encryption". A role needs this from its own policy and from the key's.
"""

from __future__ import annotations

# data keys are never seen in plain text; volumes from snapshots are encrypted again
USE = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"]
# attaching: EC2 takes a grant for itself, for as long as the volume is attached, and nobody else may be given one
GRANTS = ["kms:CreateGrant"]
GRANTS_FOR_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
