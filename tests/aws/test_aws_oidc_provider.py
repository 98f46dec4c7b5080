"""Module iam_oidc_provider."""

from __future__ import annotations

from conftest import ISSUER, Account, Run

from ansible_collections.eks.redis.plugins.modules import iam_oidc_provider

GIVEN = {"issuer": ISSUER, "cluster_name": "prod"}


def test_it_is_made_once_and_predicted_before(run: Run, account: Account) -> None:
    predicted = run(iam_oidc_provider, check=True, **GIVEN)
    assert predicted["change"]["action"] == "create"
    assert account.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    made = run(iam_oidc_provider, **GIVEN)
    assert made["changed"] and made["arn"] == predicted["arn"] and made["diff"] == predicted["diff"]
    live = account.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=made["arn"])
    assert live["ClientIDList"] == ["sts.amazonaws.com"]
    again = run(iam_oidc_provider, **GIVEN)
    assert (again["changed"], again["change"]["action"]) == (False, "keep")


def test_one_of_others_is_used_and_marked_and_stays_when_ours_go(run: Run, account: Account) -> None:
    iam = account.client("iam")
    arn = iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["sts.amazonaws.com", "other"])
    arn = arn["OpenIDConnectProviderArn"]
    gone = run(iam_oidc_provider, state="absent", **GIVEN)
    assert (gone["changed"], gone["change"]["action"]) == (False, "leave")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == [
        "sts.amazonaws.com",
        "other",
    ]
