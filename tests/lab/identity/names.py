"""Names and addresses of workload identity that EKS has given away: SDKs, pods and manifests know them by heart.

Sources: the defaults of github.com/aws/amazon-eks-pod-identity-webhook and github.com/aws/eks-pod-identity-agent.
"""

from __future__ import annotations

DOMAIN = "eks.amazonaws.com"
ROLE_ARN = f"{DOMAIN}/role-arn"
AUDIENCE = f"{DOMAIN}/audience"
REGIONAL_STS = f"{DOMAIN}/sts-regional-endpoints"
TOKEN_EXPIRATION = f"{DOMAIN}/token-expiration"
SKIP_CONTAINERS = f"{DOMAIN}/skip-containers"
# label of pods with Pod Identity
POD_IDENTITY = f"{DOMAIN}/pod-identity"

# seconds; the API server gives no token for less
LONGEST_EXPIRATION = 86400
SHORTEST_EXPIRATION = 600

# SDKs send their token over plain HTTP to these two hosts and to loopback, to no others
AGENT_ADDRESS = "169.254.170.23"
AGENT_ADDRESS_IPV6 = "fd00:ec2::23"
AGENT_PORT = 80
CREDENTIALS = "/v1/credentials"

WEBHOOK = "pod-identity-webhook"
WEBHOOK_PORT = 23443
