"""Events from bytes, and what servers of several makers put into them."""

import json

import pytest

from rag.event_stream import EventDecoder, Piece, complaint, read_event

STREAM = (
    ': keep-alive\r\n\r\ndata: {"a": "é\u2028\x85"}\r\n\r\nevent: x\nid: 7\ndata:one\ndata: two\n\n'
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_the_same_wherever_the_bytes_are_parted(size: int) -> None:
    """Comments and other fields are passed over; only line feeds end a line."""
    received = STREAM.encode()
    decoder = EventDecoder()

    parts = [received[start : start + size] for start in range(0, len(received), size)]
    events = [event for part in parts for event in decoder.feed(part)]

    assert events == ['{"a": "é\u2028\x85"}', "one\ntwo"]


def test_event_that_is_not_finished_is_not_given() -> None:
    """Half an event at the end of a stream that broke is no event."""
    assert list(EventDecoder().feed(b'data: {"choices"')) == []


def test_error_line_of_llama_cpp_is_a_failure() -> None:
    """Some versions put errors into a field of their own instead of ``data``."""
    (event,) = EventDecoder().feed(b'error: {"code":400,"message":"context too small"}\n\n')

    assert read_event(event) == Piece(failure="context too small")


@pytest.mark.parametrize(
    ("chunk", "piece"),
    [
        ({"choices": [{"delta": {"role": "assistant", "content": None}}]}, Piece()),
        ({"choices": [{"delta": {"content": "a"}, "finish_reason": None}]}, Piece("a")),
        ({"choices": [{"delta": {"content": "", "reasoning": "hm"}}]}, Piece()),
        ({"choices": [{"delta": {"reasoning_content": "hm"}}]}, Piece()),
        ({"choices": [{"delta": {}, "finish_reason": "length"}]}, Piece(ended=True)),
        ({"choices": [{"text": "", "finish_reason": "stop"}]}, Piece(ended=True)),
        ({"choices": [], "usage": {"total_tokens": 3}}, Piece()),
        ({"error": {"message": "no memory", "code": 500}}, Piece(failure="no memory")),
        ({"error": "no memory"}, Piece(failure="no memory")),
    ],
)
def test_chunks_of_several_makers_are_understood(chunk: dict[str, object], piece: Piece) -> None:
    """Thoughts, roles and usage are no text; every shape of an error is a failure."""
    assert read_event(json.dumps(chunk)) == piece


@pytest.mark.parametrize("data", ["", "[]", "null", "{}", '{"choices": 3}', "oops", "[" * 100_000])
def test_what_is_no_chunk_is_refused(data: str) -> None:
    """Anything else than a chunk of a chat completion raises."""
    with pytest.raises(ValueError, match=r"chunk|validation"):
        read_event(data)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"error": {"message": "no such model", "type": "x"}}', "no such model"),
        ('{"error": "no such model"}', "no such model"),
        ('{"object": "error", "message": "no such model"}', "no such model"),
        ('{"detail": [{"loc": ["body"]}]}', '[{"loc": ["body"]}]'),
        ("502 Bad Gateway", "502 Bad Gateway"),
    ],
)
def test_message_is_found_in_every_shape_of_an_error(body: str, message: str) -> None:
    """The servers' own words are shown, without the JSON around them."""
    assert complaint(body) == message
