"""The key that volumes get when none is named."""

from __future__ import annotations

from typing import Any

from lab.aws import keys
from lab.aws.request import AwsRequest
from lab.aws.supply.registry import supply

AWS_KEY = "alias/aws/ebs"


@supply("ec2", "GetEbsDefaultKmsKeyId", always={"GetEbsDefaultKmsKeyIdResult": ("KmsKeyId",)})
def get_ebs_default_kms_key_id(request: AwsRequest) -> dict[str, Any]:
    """AWS's own key by its alias, one of the account by its ARN."""
    chosen = request.backend("ec2").default_kms_key_id
    of_aws = keys.find(request, AWS_KEY)
    return {"KmsKeyId": AWS_KEY if not chosen or (of_aws and chosen == of_aws.arn) else chosen}
