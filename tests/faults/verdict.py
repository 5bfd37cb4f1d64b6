"""What must be true afterwards, asked of the database and the letterbox."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db.models import Count

from apps.applications.models import Application
from apps.appointments.models import Appointment
from apps.core import audit, clock, outbox, tokens
from apps.core.models import Effect, LogEntry
from apps.desks.papers import MOVED
from apps.desks.states import DeskAction, DeskState
from apps.directory.selectors import users_at
from apps.notices.delivery import MAIL
from apps.notices.models import Document, Message, NumberBook
from tests.faults.play import OFFICE_STEPS, Play
from tests.faults.post import letterbox

PATIENCE_SECONDS = 180


def settle() -> None:
    """Wait until nothing is left in the outbox, sweeping as the operator would."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while Effect.objects.filter(done=None, parked=None).exists() and time.monotonic() < ends:
        outbox.sweep(clock.now() + timedelta(hours=2))
        time.sleep(0.5)


def faults(play: Play) -> list[str]:
    """Return everything that is lost, doubled or broken; nothing for a play that left no trace of its strikes."""
    return [fault for check in CHECKS for fault in check(play)]


def _unanswered(play: Play) -> Iterator[str]:
    for page in play.unanswered:
        yield f"{page}: waited for in vain"


def _lost_approvals(play: Play) -> Iterator[str]:
    """Find answers that said done, and acts that the log does not hold."""
    held = set(LogEntry.objects.exclude(token="").values_list("record", "token"))
    for record, text in play.ledger.tokens:
        if (record, tokens.read(text, "application").key) not in held:
            yield f"application {record}: an approval that was confirmed is not in the log"
    if play.arrived != len(play.walking):
        yield f"{play.arrived} of {len(play.walking)} applications came to the end of their offices"


def _doubled_approvals(play: Play) -> Iterator[str]:
    acts = LogEntry.objects.filter(kind="application", action=DeskAction.PASS_UP)
    number = Counter(acts.values_list("record", flat=True))
    for record in play.walking:
        if number[record] != OFFICE_STEPS:
            yield f"application {record}: {number[record]} approvals instead of {OFFICE_STEPS}"
    for record in play.announced:
        if number[record] != OFFICE_STEPS + 2:
            yield f"application {record}: {number[record]} approvals instead of {OFFICE_STEPS + 2}"


def _unfinished_effects(play: Play) -> Iterator[str]:
    for effect in Effect.objects.filter(done=None).order_by("pk"):
        yield f"effect {effect.key}: not done, {effect.error or 'never tried'}"


def _lost_messages(play: Play) -> Iterator[str]:
    """Find news whose effect is done and whose message was never written."""
    told = Counter(Message.objects.values_list("key", flat=True))
    for effect in Effect.objects.filter(kind=f"{MOVED}/tell").order_by("pk"):
        for one in effect.payload["told"]:
            wanted = len(users_at([one["desk"]], clock.now())[one["desk"]])
            if told[one["key"]] != wanted:
                yield f"message {one['key']}: told {told[one['key']]} times instead of {wanted}"


def _lost_appointments(play: Play) -> Iterator[str]:
    passed = Application.objects.filter(state=DeskState.PASSED).count()
    named = Appointment.objects.count()
    if passed != named or passed != len(play.announced):
        yield f"{len(play.announced)} finalised, {passed} passed, {named} appointed"
    uncertified = Appointment.objects.filter(certificate=None).count()
    if uncertified:
        yield f"{uncertified} appointments without a certificate"
    unprinted = Document.objects.filter(pdf="").count()
    if unprinted:
        yield f"{unprinted} documents without a print"


def _gaps_in_numbers(play: Play) -> Iterator[str]:
    for book in NumberBook.objects.annotate(used=Count("documents")).order_by("pk"):
        numbers = sorted(book.documents.values_list("n", flat=True))
        if numbers != list(range(1, book.last + 1)):
            yield f"number book {book}: {numbers} with the last at {book.last}"


def _mails(play: Play) -> Iterator[str]:
    """Find mails that were lost, and repeats that do not carry the key of the first."""
    lines = [json.loads(line) for line in letterbox().read_text().splitlines()]
    sent = {key for key, _, _ in lines}
    posted = Effect.objects.filter(kind=f"{MAIL}/send").values_list("payload", flat=True)
    wanted = {mail["key"] for payload in posted for mail in payload["mails"]}
    for key in sorted(wanted - sent):
        yield f"mail {key}: never sent"
    contents = {(key, to, body) for key, to, body in lines}
    if len(contents) != len(sent):
        yield f"{len(contents) - len(sent)} mails share a key with another text"


def _broken_log(play: Play) -> Iterator[str]:
    for fault in audit.verify().faults:
        yield f"audit: {fault}"


CHECKS: tuple[Callable[[Play], Iterator[str]], ...] = (
    _unanswered,
    _lost_approvals,
    _doubled_approvals,
    _unfinished_effects,
    _lost_messages,
    _lost_appointments,
    _gaps_in_numbers,
    _mails,
    _broken_log,
)


def repeated_mails() -> int:
    """Return how many mails were sent again under the key they had."""
    keys = [json.loads(line)[0] for line in letterbox().read_text().splitlines()]
    return len(keys) - len(set(keys))
