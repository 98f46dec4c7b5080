"""A conversation with a program in a container, over real sockets."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import conversation
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.conversation import Conversation, Cut, TimeUp
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline

from .server import Server, answer, serving, talking

Event = dict[str, Any]
Respond = Callable[[bytes], Iterator[bytes | None]]
OUT, ERR, STATUS = b"\x01", b"\x02", b"\x03"
DONE = {"event": "done", "keys": 3}


def said(*events: Event) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


def begun(server: Server) -> Conversation:
    api = Api.connect({"host": server.url, "api_key": "t0ken"})
    return Conversation(api, "apps", "cache-exit-x", "toolbox", ["python3", "migrate-control"])


def asked(respond: Respond, *, seconds: float = 60, pongs: bool = True) -> tuple[Event, list[Event]]:
    """The answer to one request, and what was heard before it."""
    heard: list[Event] = []
    with serving(talking(respond, pongs=pongs)) as server:
        talk = begun(server)
        try:
            return talk.ask({"do": "follow"}, Deadline(seconds), heard.append), heard
        finally:
            talk.close()


def test_a_request_is_a_line_and_its_answer_the_events_until_the_last() -> None:
    seen: list[bytes] = []

    def respond(data: bytes) -> Iterator[bytes]:
        seen.append(data)
        yield OUT + said({"event": "progress", "text": "10 keys"})
        yield OUT + said(DONE)

    assert asked(respond) == (DONE, [{"event": "progress", "text": "10 keys"}])
    assert seen == [b'\x00{"do": "follow"}\n']


def test_the_command_and_its_input_are_asked_for() -> None:
    with serving(talking(lambda _data: iter([OUT + said(DONE)]))) as server:
        talk = begun(server)
        talk.ask({"do": "status"}, Deadline(60), lambda _event: None)
        talk.close()
    _method, path, headers, _body = server.seen[0]
    assert path.startswith("/api/v1/namespaces/apps/pods/cache-exit-x/exec?container=toolbox&")
    assert path.endswith("command=python3&command=migrate-control&stdin=true")
    assert headers["sec-websocket-protocol"] == "v4.channel.k8s.io"
    assert headers["authorization"] == "Bearer t0ken"


def test_lines_may_come_in_pieces_and_several_at_once() -> None:
    whole = said({"event": "step", "text": "pause"}, {"event": "failed", "reason": "no"})

    def respond(_data: bytes) -> Iterator[bytes]:
        yield OUT  # as the first message of a channel is
        yield from (OUT + whole[at : at + 7] for at in range(0, len(whole), 7))

    assert asked(respond) == ({"event": "failed", "reason": "no"}, [{"event": "step", "text": "pause"}])


def test_requests_follow_each_other_and_what_came_early_is_not_lost() -> None:
    def respond(data: bytes) -> Iterator[bytes]:
        yield OUT + said({**DONE, "to": json.loads(data[1:])["do"]}) + b'{"event": '
        yield OUT + b'"progress"}\n'

    heard: list[Event] = []
    with serving(talking(respond)) as server:
        talk = begun(server)
        answers = [talk.ask({"do": word}, Deadline(60), heard.append)["to"] for word in ("follow", "verify")]
        talk.close()
    assert answers == ["follow", "verify"]
    assert heard == [{"event": "progress"}]


def test_what_is_no_event_is_passed_over() -> None:
    def respond(_data: bytes) -> Iterator[bytes]:
        yield OUT + b'a warning\n[1]\n{"no": "event"}\n\xff\n'
        yield ERR + b"more warnings\n"
        yield OUT + said(DONE)

    assert asked(respond) == (DONE, [])


SUCCESS = STATUS + b'{"status": "Success"}'
ENDED = (
    STATUS
    + json.dumps(
        {
            "status": "Failure",
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": "1"}]},
        }
    ).encode()
)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([None], "the connection was closed|Connection to remote host was lost"),
        ([SUCCESS], "python3 has ended with exit code 0$"),
        ([ENDED], "python3 has ended with exit code 1$"),
        ([ERR + b"Traceback\nOSError: no socket\n", ENDED], "with exit code 1: OSError: no socket$"),
        ([OUT + b'{"event": "progress"}\n{"event": "do', None], "lost|closed"),
    ],
)
def test_a_program_that_ends_without_an_answer(parts: list[bytes | None], reason: str) -> None:
    with pytest.raises(Cut, match="^Pod apps/cache-exit-x gives no answer: ") as cut:
        asked(lambda _data: iter(parts))
    assert cut.match(reason)


def test_a_command_that_never_ran_is_told_as_it_is() -> None:
    status = STATUS + json.dumps({"status": "Failure", "message": "container toolbox not found"}).encode()
    with pytest.raises(EngineError, match="^Pod apps/cache-exit-x: cannot run python3: container toolbox not found$"):
        asked(lambda _data: iter([status]))


def test_who_may_not_exec_is_told_what_it_takes() -> None:
    text = (
        'pods "x" is forbidden: User "eva" cannot create resource "pods/exec" in API group "" in the namespace "apps"'
    )
    with serving(answer(403, {"kind": "Status", "message": text})) as server, pytest.raises(ApiError) as refused:
        begun(server)
    assert "user eva may not create pods/exec in namespace apps: it needs a Role" in str(refused.value)


def test_a_pod_that_is_gone() -> None:
    with (
        serving(answer(404, {"kind": "Status", "message": 'pods "x" not found'})) as server,
        pytest.raises(ApiError, match='cannot run a command in: pods "x" not found'),
    ):
        begun(server)


def test_a_long_silence_is_borne_while_pings_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes with each answer to a ping, and with nothing else."""
    pings = itertools.count(1)
    passed = [0.0]
    monkeypatch.setattr(conversation, "monotonic", lambda: passed[0])
    monkeypatch.setattr(conversation, "_TICK", 0.02)

    def respond(data: bytes) -> Iterator[bytes]:
        if not data:
            passed[0] += 25
            if next(pings) == 9:
                yield OUT + said(DONE)

    assert asked(respond) == (DONE, [])


def test_a_node_that_answers_no_ping_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes with each look at the clock."""
    clock = itertools.count(step=25.0)
    monkeypatch.setattr(conversation, "monotonic", lambda: next(clock))
    monkeypatch.setattr(conversation, "_TICK", 0.02)
    with pytest.raises(Cut, match="^Pod apps/cache-exit-x gives no answer: it has given no sign for 60 s$"):
        asked(lambda _data: iter([]), pongs=False)


def test_when_the_time_is_up_the_program_goes_on() -> None:
    with pytest.raises(TimeUp, match="^Pod apps/cache-exit-x has not answered after 0 s$"):
        asked(lambda _data: iter([]), seconds=0)
