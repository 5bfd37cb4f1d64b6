"""How agreements come about in the demonstration: sent out, one changed after a refusal, signed, one on paper."""

from collections import defaultdict
from collections.abc import Sequence

from apps.appointments import services
from apps.appointments.models import Agreement
from apps.appointments.states import AgreementState
from apps.core import door
from workflows.demo.play import Play
from workflows.demo.samples import picture

SIGNED_AT_MOST = 40
"""How many are signed to the end; the others stay with their parties."""


def sign_all(play: Play) -> None:
    """Send agreements out and let their parties sign, all but the last; where there are none nothing happens."""
    drafted = _send_out(play)
    if not drafted:
        return
    play.sleep(1)
    _change_after_refusal(play, _read(drafted[0]))
    chosen = drafted[: min(SIGNED_AT_MOST, len(drafted) - 1)] or drafted
    for number, pk in enumerate(chosen):
        _sign(play, _read(pk), is_on_paper=number == 1)
    play.say(f"送签{len(drafted)}份协议，其中{len(chosen)}份各方均已签署")


def sign_again(play: Play) -> int:
    """Send out and sign what has been drafted since, for something had changed; return how many."""
    drafted = _send_out(play)
    for pk in drafted:
        _sign(play, _read(pk), is_on_paper=False)
    return len(drafted)


def _send_out(play: Play) -> list[int]:
    drafts: dict[str, dict[int, int]] = defaultdict(dict)
    for each in Agreement.objects.filter(season=play.season, state=AgreementState.DRAFTED).order_by("pk"):
        drafts[each.desk][each.pk] = each.version
    for desk, seen in drafts.items():
        keys = list(seen)
        for start in range(0, len(keys), door.BATCH_LIMIT):
            part = {key: seen[key] for key in keys[start : start + door.BATCH_LIMIT]}
            services.send_out(seen=part, by=play.holder_of(desk), at=play.at)
    return sorted(key for seen in drafts.values() for key in seen)


def _read(pk: int) -> Agreement:
    return Agreement.objects.select_related("season").get(pk=pk)


def _change_after_refusal(play: Play, agreement: Agreement) -> None:
    """Let the last party refuse, and who draws it up add what was missing and send it out once more."""
    party = agreement.parties()[-1]
    services.refuse(
        agreement=agreement,
        party=party,
        digest=agreement.digest(),
        by=play.holder_of(party),
        at=play.at,
        opinion="请写明联系人。",
    )
    keeper, refused = play.holder_of(agreement.desk), _read(agreement.pk)
    content = refused.content
    changed = services.revise(
        agreement=refused,
        title=content["title"],
        body=[*content["body"], "各方经办人为本协议联系人。"],
        by=keeper,
        at=play.at,
        opinion="补写联系人。",
    )
    services.send_out(seen={changed.pk: changed.version}, by=keeper, at=play.at)


def _sign(play: Play, agreement: Agreement, *, is_on_paper: bool) -> None:
    """Sign for every party in their order; on paper, the last one's stamped scan is filed by who draws it up."""
    parties: Sequence[str] = agreement.parties()
    for party in parties:
        is_scan = is_on_paper and party == parties[-1]
        services.sign(
            agreement=agreement,
            party=party,
            digest=agreement.digest(),
            by=play.holder_of(agreement.desk if is_scan else party),
            at=play.at,
            scan=picture() if is_scan else None,
        )
