# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of AWS services: made when they are first needed, retried, errors of one line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from typing import Any, TypeVar

from ansible_collections.eks.redis.plugins.module_utils.aws import errors, regions
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

# at the top, so that Ansible loads them once, with the action, and not again in the process of every task
try:
    import boto3
    import botocore.loaders
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError
except ImportError as error:
    _missing: ImportError | None = error
else:
    _missing = None

_THREADS = 8
# botocore waits between them, longer each time, and up to 20 s in all: throttling ends by then, or a person must look
_ATTEMPTS = 8
_CONNECT, _READ = 10, 60  # seconds
# those that nearly all modules call
_SERVICES = ("sts", "eks", "iam", "kms", "s3")
_T = TypeVar("_T")


class Aws:
    """One account and region. Every method may raise AwsError.

    params: the values of options.OPTIONS, None where the environment decides.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self._params = params
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str | None], Any] = {}

    def call(self, service: str, operation: str, *, region: str | None = None, **params: Any) -> dict[str, Any]:
        """One answer. operation: as methods of boto3 are named, such as ``describe_cluster``."""
        client = self._client(service, region)
        with errors.translated(service, self.region):
            return getattr(client, operation)(**params)

    def find(
        self, service: str, operation: str, *, missing: Collection[str], region: str | None = None, **params: Any
    ) -> dict[str, Any] | None:
        """The answer, or None when AWS gives one of the error codes in ``missing``."""
        try:
            return self.call(service, operation, region=region, **params)
        except errors.AwsError as error:
            if error.code in missing:
                return None
            raise

    def find_pages(
        self, service: str, operation: str, items: str, *, missing: Collection[str], **params: Any
    ) -> list[Any]:
        """As ``pages``, and none when AWS gives one of the error codes in ``missing``."""
        try:
            return self.pages(service, operation, items, **params)
        except errors.AwsError as error:
            if error.code in missing:
                return []
            raise

    def pages(self, service: str, operation: str, items: str, **params: Any) -> list[Any]:
        """The items of all pages, ``items`` being their name in the answer."""
        paginator = self._client(service, None).get_paginator(operation)
        with errors.translated(service, self.region):
            return [item for page in paginator.paginate(**params) for item in page.get(items) or ()]

    def waiter(self, service: str, name: str) -> Any:
        """A waiter of botocore's."""
        return self._client(service, None).get_waiter(name)

    def acting(self, credentials: Mapping[str, Any]) -> Aws:
        """The same as somebody else. credentials: as STS gives them."""
        keys = {"access_key": "AccessKeyId", "secret_key": "SecretAccessKey", "session_token": "SessionToken"}
        given = {option: credentials[member] for option, member in keys.items()}
        return Aws({**self._params, "profile": None, "region": self.region, **given})

    def client(self, service: str) -> Any:
        """A client of boto3's, for what calls AWS by itself; it knows nothing of AwsError."""
        return self._client(service, None)

    @cached_property
    def region(self) -> str:
        """Its name, such as ``us-east-1``."""
        with errors.translated("", None):
            region = self._params["region"] or self._session.region_name
        if not region:
            raise errors.AwsError(errors.NO_REGION)
        if wrong := regions.problem(region, self._known_regions):
            raise errors.AwsError(wrong)
        return str(region)

    def _known_regions(self) -> list[str]:
        partitions = self._session.get_available_partitions()
        return [name for each in partitions for name in self._session.get_available_regions("eks", each)]

    @cached_property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``, as ARNs begin."""
        return self.identity["Arn"].split(":")[1]

    @cached_property
    def account(self) -> str:
        """Its number, 12 digits."""
        return str(self.identity["Account"])

    @cached_property
    def identity(self) -> dict[str, Any]:
        """``{UserId, Account, Arn}`` of the caller."""
        return self.call("sts", "get_caller_identity")

    @cached_property
    def _session(self) -> Any:
        if _missing:
            raise EngineError(f"the AWS modules need the Python packages boto3 and botocore: {_missing}")
        given = self._params
        keys = ("access_key", "secret_key", "session_token")
        if given["profile"] and any(given[key] for key in keys):
            raise errors.AwsError("option profile and options access_key, secret_key, session_token exclude each other")
        if bool(given["access_key"]) != bool(given["secret_key"]):
            raise errors.AwsError("options access_key and secret_key: one without the other is no credential")
        with errors.translated("", given["region"]):
            return boto3.session.Session(
                botocore_session=_core(given["profile"]),
                aws_access_key_id=given["access_key"],
                aws_secret_access_key=given["secret_key"],
                aws_session_token=given["session_token"],
                profile_name=given["profile"],
            )

    def _client(self, service: str, region: str | None) -> Any:
        with self._lock:  # a session is not made for several threads, its clients are
            if (service, region) not in self._clients:
                self._clients[service, region] = self._made(service, region or self.region)
            return self._clients[service, region]

    def _made(self, service: str, region: str) -> Any:
        given = self._params
        try:
            asked = Config(**given["aws_config"] or {})
        except TypeError as error:
            raise errors.AwsError(f"option aws_config: {error}; it takes what botocore's Config does") from None
        patience = Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=_THREADS,
            user_agent_extra="eks.redis",
        )
        with errors.translated(service, region), _valid_endpoint():
            return self._session.client(
                service,
                region_name=region,
                endpoint_url=given["endpoint_url"],
                verify=(given["aws_ca_bundle"] or None) if given["validate_certs"] else False,
                config=patience.merge(asked),
            )


@cache
def _data() -> Any:
    """What botocore knows of services, read from files once in a process and those that are forked from it."""
    return botocore.loaders.create_loader()


def _core(profile: str | None = None) -> Any:
    core = botocore.session.Session(profile=profile)
    if core.get_config_variable("data_path") is None:  # else the user has data of their own
        core.register_component("data_loader", _data())
    return core


def prepare() -> None:
    """Reads all that clients are made of, so that processes which are forked after this need not. Sends nothing."""
    if _missing:
        return
    # what is wrong with the environment is told by the task that needs it
    with suppress(BotoCoreError, ValueError):
        core = _core()
        # which operations of a service answer in pages is looked for among all services
        core.get_component("data_loader").list_available_services("paginators-1")
        for service in _SERVICES:
            core.create_client(service, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")


@contextmanager
def _valid_endpoint() -> Iterator[None]:
    """botocore raises a bare ValueError for a URL that is none, from the option or from the environment."""
    try:
        yield
    except ValueError as error:
        raise errors.AwsError(f"option endpoint_url, or AWS_ENDPOINT_URL: {error}") from None


def side_by_side(reads: Iterable[Callable[[], _T]]) -> list[_T]:
    """Their results in order; the first error of one is raised when all have ended."""
    with ThreadPoolExecutor(_THREADS) as pool:
        running = [pool.submit(read) for read in reads]
    return [each.result() for each in running]
