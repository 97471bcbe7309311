"""A mailbox skips progress that could not be sent, and never a change of state; it is bounded."""

import threading

from web.streams.mailbox import MOST_MESSAGES, Mailbox, Message


def _progress(number: int) -> Message:
    return Message("progress", b"progress %d " % number, f"{number}-0")


def _state(number: int) -> Message:
    return Message("job", b"state %d " % number, f"{number}-0")


def test_messages_are_taken_once_and_in_order() -> None:
    mailbox = Mailbox("0-0")
    for message in (_state(1), _progress(2), _state(3)):
        mailbox.put(message)
    assert mailbox.take() == (b"state 1 progress 2 state 3 ", True)
    assert mailbox.take() == (b"", True)


def test_only_the_newest_progress_and_every_state_are_kept() -> None:
    mailbox = Mailbox("0-0")
    for number in range(1, 300):
        mailbox.put(_state(number) if number in (20, 40) else _progress(number))
    assert mailbox.take() == (b"state 20 state 40 progress 299 ", True)


def test_progress_does_not_replace_a_preview() -> None:
    mailbox = Mailbox("0-0")
    for message in (Message("preview", b"preview ", "1-0"), _progress(2), _progress(3)):
        mailbox.put(message)
    assert mailbox.take() == (b"preview progress 3 ", True)


def test_an_event_that_was_seen_is_ignored() -> None:
    mailbox = Mailbox("5-0")
    for number in (4, 5, 6, 6, 3):
        mailbox.put(_state(number))
    mailbox.put(Message("job", b"position "))  # of no event of its own
    assert mailbox.take() == (b"state 6 position ", True)


def test_a_watcher_that_lags_behind_by_too_many_states_is_closed() -> None:
    mailbox = Mailbox("0-0")
    for number in range(1, MOST_MESSAGES + 2):
        mailbox.put(_state(number))
    assert mailbox.is_closed
    assert mailbox.take() == (b"", False)


def test_what_was_put_before_the_end_is_still_sent() -> None:
    mailbox = Mailbox("0-0")
    mailbox.put(_state(1))
    mailbox.close()
    mailbox.put(_state(2))
    assert mailbox.take() == (b"state 1 ", False)


def test_waiting_ends_with_a_message_and_with_the_end() -> None:
    mailbox = Mailbox("0-0")
    threading.Timer(0.05, mailbox.put, (_state(1),)).start()
    assert mailbox.wait() == (b"state 1 ", True)
    threading.Timer(0.05, mailbox.close).start()
    assert mailbox.wait() == (b"", False)
