"""docs/aws-permissions.md, and somebody in AWS who has policies of it and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "aws-permissions.md"


def policies(part: str) -> dict[str, str]:
    """As the page shows them to people: "Look only" and "Make" of a module, or of the playbook."""
    section = re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    (text,) = (each for each in section if re.match(rf"[\w ]*`(eks\.redis\.)?{part}`\n", each))
    return dict(re.findall(r"^([\w ]+):\n\n```json\n(.*?)\n```", text, flags=re.MULTILINE | re.DOTALL))


def someone(client: Callable[[str], Any], name: str, granted: list[str], **places: str) -> dict[str, str]:
    """Keys of a session of a new role, as boto3 takes them. places: the words of the page that stand for others."""
    sts, iam = client("sts"), client("iam")
    places["ACCOUNT"] = sts.get_caller_identity()["Account"]
    root = f"arn:aws:iam::{places['ACCOUNT']}:root"
    trust = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    for number, policy in enumerate(granted):
        text = re.sub(r"\b(REGION|ACCOUNT|CLUSTER|BUCKET|COPIES)\b", lambda found: places[found[0]], policy)
        iam.put_role_policy(RoleName=name, PolicyName=str(number), PolicyDocument=text)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }
