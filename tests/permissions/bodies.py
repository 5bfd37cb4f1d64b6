"""What each form is sent with, where everything is in order."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from apps.core.log import digest_of
from apps.directory.states import Role
from apps.home.views.seasons import TICKET
from apps.matching.models import Village, Wish
from apps.matching.services.village_rows import COLUMNS
from apps.seasons.selectors import GROUP, PLACES
from tests.factories import (
    JPG,
    NANNING,
    PASSWORD,
    id_number,
)
from tests.factories.every_act import desk_of
from tests.factories.matching import (
    OFFER,
    SAID,
    TERMS,
)
from tests.factories.seasons import PACK
from tests.permissions.world import NEW_PASSWORD, NOW, World

Body = Callable[[World, str], dict[str, Any]]
_REASON = {"reason": "按年度安排调整"}
_DIPLOMA = "学历证书.jpg"


def picture() -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(_DIPLOMA, JPG, "image/jpeg")


def _need(world: World, thing: str) -> dict[str, Any]:
    poster = world.matching["need"].poster
    return {**SAID, "season": world.city.season.pk, "poster": poster}


def _proposal(world: World, thing: str) -> dict[str, Any]:
    side = world.matching["need"].poster
    return {"season": world.city.season.pk, "side": side, "industry": "apples", "terms": TERMS}


_ENTRIES: dict[str, dict[str, Any]] = {
    "application": {"person.name": "韦改名", "person.in_service": "yes"},
    "change": {"change.task": "yes", "change.plan": "每季度到社两次。", "change.reason": "原单位停产。"},
    "recognition": {"recognition.business": "舍饲肉羊五百只。"},
}
"""What is typed on the first page of each form."""


def _typed(world: World, thing: str) -> dict[str, Any]:
    return _ENTRIES[world.things[thing]["kind"]]


def _decision(**words: Any) -> Body:
    return lambda world, thing: {"token": world.ticket(thing), "opinion": "经核对，意见如此。", **words}


def _refusal(world: World, thing: str) -> dict[str, Any]:
    return _decision(ground="needs", sure="sure")(world, thing)


def _window(world: World, thing: str) -> dict[str, Any]:
    days = {"opens": date(2026, 6, 1), "closes": date(2026, 7, 20), "grace_days": 0, "late_days": 0}
    return {**days, **_REASON, "token": world.run_ticket(thing)}


def _verdict(world: World, thing: str) -> dict[str, Any]:
    party, digest = desk_of(world.jury.experts[0]), digest_of(world.records[thing].subject())
    return _decision(party=party, word="agree", digest=digest, points_skill=50, points_plan=30)(world, thing)


def _post(world: World, thing: str) -> dict[str, Any]:
    given = {"role": Role.AUDITOR, "title": "审计", "place": f"region:{world.scene.region.pk}"}
    return {"user": world.successor.pk, "starts": NOW.date(), **given, **_REASON}


def _successor(world: World, thing: str, **days: Any) -> dict[str, Any]:
    return {"user": world.successor.pk, **days, **_REASON}


def _file(id_number: str = "") -> dict[str, Any]:
    numbers = {"id_number": id_number, "phone": "13800000123", "years_of_service": 5}
    words = {"name": "黄新人", "sex": "女", "email": "huang@example.invalid", "education": "硕士", "title": "中级"}
    return {**words, **numbers, "birth_date": date(1990, 5, 1), "specialty": "茶叶栽培"}


def _day(world: World, thing: str) -> dict[str, Any]:
    day = {"day": date(2026, 10, 1), "is_working": "no", "label": "国庆节"}
    return {**day, **_REASON, "token": world.run_ticket(thing)}


def _workbook(world: World, thing: str) -> dict[str, Any]:
    out = io.BytesIO()
    book = Workbook()
    book.active.append([GROUP, PLACES])
    book.save(out)
    return {"workbook": SimpleUploadedFile("名额.xlsx", out.getvalue()), "token": world.run_ticket(thing)}


def _villages(world: World, thing: str) -> dict[str, Any]:
    out = io.BytesIO()
    book = Workbook()
    book.active.append(COLUMNS)
    book.save(out)
    return {"workbook": SimpleUploadedFile("名单.xlsx", out.getvalue())}


def _client(world: World, thing: str) -> dict[str, Any]:
    return {"county": world.client.county_id, "name": "示范基地", "kind": "base", "industry": "水稻"}


def _serving(world: World, thing: str) -> dict[str, Any]:
    village = Village.objects.filter(season=world.placement.season).order_by("region")[0]
    sites = {"villages-1": village.pk, "clients-1": world.client.pk}
    return {**sites, "reason": "就近服务", "sure": "yes", "token": world.placement_ticket()}


def _signature(world: World, thing: str) -> dict[str, Any]:
    return {"token": world.agreement_ticket(thing), "digest": world.agreements[thing].digest(), "has_read": "on"}


def _new_words(world: World, thing: str) -> dict[str, Any]:
    words = {"title": "另一名称", "body": "第一段。\n第二段。", "opinion": "按各方意见修改"}
    return {"token": world.agreement_ticket(thing), **words}


def _why(world: World, thing: str) -> dict[str, Any]:
    return {**_signature(world, thing), "opinion": "内容与约定不符"}


def _new_season(world: World, thing: str) -> dict[str, Any]:
    return {
        "pack": PACK,
        "jurisdiction": world.scene.region.pk,
        "year": NOW.year,
        "title": "再一个批次",
        "another": "on",
    }


def _passwords(world: World, thing: str) -> dict[str, Any]:
    return {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


def _wishes_typed(world: World, thing: str) -> dict[str, Any]:
    (entry,) = world.wish_lists[thing].entries
    return {"group-1": entry["group"], "industry-1": entry["industry"]}


def _judgement(world: World, thing: str) -> dict[str, Any]:
    wish = Wish.objects.get(list=world.wish_lists[thing])
    return {"wish": wish.pk, "token": world.wishes_ticket(thing), "word": "accept", "points": 60}


BODIES: dict[str, Body] = {
    "appointments:begin_change": lambda world, thing: {},
    "matching:write": _wishes_typed,
    "matching:autosave": _wishes_typed,
    "matching:check": lambda world, thing: {"token": world.wishes_ticket(thing), "confirmed": "on"},
    "matching:take_back": lambda world, thing: {"token": world.wishes_ticket(thing)},
    "matching:judge": _judgement,
    "matching:industries": lambda world, thing: {"industries": "柑橘"},
    "matching:freeze": lambda world, thing: {"reason": ""},
    "matching:act_run action=discard": lambda world, thing: {"token": world.run_ticket_of(thing), **_REASON},
    "matching:act_run action=supplement": lambda world, thing: {
        "token": world.run_ticket_of(thing),
        "until": NOW.date() + timedelta(days=3),
    },
    "matching:act_run action=confirm": lambda world, thing: {"token": world.run_ticket_of(thing)},
    "matching:outcome": lambda world, thing: {"to": world.moved_to.pk, "reason": "急需"},
    "matching:moves": lambda world, thing: {"move": world.adjustment.pk, "opinion": "同意"},
    "matching:act_adjustment action=agree": lambda world, thing: {"token": world.move_ticket()},
    "matching:act_adjustment action=withdraw": lambda world, thing: {"token": world.move_ticket(), "opinion": "理由"},
    "matching:import_villages": _villages,
    "matching:remove_villages": lambda world, thing: {"site": world.free_village.pk, "reason": "区划调整撤并"},
    "matching:remove_clients": lambda world, thing: {"site": world.unserved_client.pk, "reason": "已停产"},
    "matching:new_client": _client,
    "matching:client": _client,
    "matching:act_placement action=submit": lambda world, thing: {
        "token": world.placement_ticket(),
        "opinion": "已核对",
    },
    "matching:act_placement action=confirm": lambda world, thing: {"token": world.placement_ticket()},
    "matching:placed_person": _serving,
    "matching:choose_base": lambda world, thing: {"client": world.free_client.pk},
    "matching:release_base": lambda world, thing: {"reason": "基地停产"},
    "matching:contact": lambda world, thing: {
        "token": world.contact_ticket(),
        "office-first_secretary": NOW.date().isoformat(),
    },
    "home:login": lambda world, thing: {"username": world.scene.stranger.username, "password": PASSWORD},
    "home:logout": lambda world, thing: {},
    "home:elder": lambda world, thing: {"next": "/"},
    "home:read_all": lambda world, thing: {},
    "home:password": _passwords,
    "home:reveal": lambda world, thing: {"reason": "电话核实服务意向"},
    "home:decide action=pass_up": _decision(),
    "home:decide action=send_back": _decision(fields_concerned=["application.plan"]),
    "home:decide action=reject": _refusal,
    "home:decide action=withdraw": _decision(),
    "home:decide action=recall": _decision(),
    "home:batch": lambda world, thing: {"paper": world.paper(thing)},
    "home:decide_batch kind=application action=pass_up": _decision(),
    "home:ask": lambda world, thing: {"token": world.ticket(thing), "parties": list(map(desk_of, world.jury.experts))},
    "home:verdict": _verdict,
    "home:reopen": _decision(to=0),
    "home:urge": lambda world, thing: {"note": "请尽快办理"},
    "home:draw_up": lambda world, thing: {"record": world.records[thing].pk, "purpose": "list", "title": "一份名单"},
    "home:docket": lambda world, thing: {"token": world.docket_ticket(), "title": "另一名称"},
    "home:discard_docket": lambda world, thing: {"token": world.docket_ticket()},
    "directory:give_post": _post,
    "directory:end_post": lambda world, thing: {"ends": NOW.date(), **_REASON},
    "directory:hand_over": lambda world, thing: _successor(world, thing, on=NOW.date()),
    "directory:substitute": lambda world, thing: _successor(
        world, thing, starts=NOW.date() + timedelta(days=1), ends=NOW.date() + timedelta(days=2)
    ),
    "directory:end_substitution": lambda world, thing: {},
    "directory:register_person": lambda world, thing: {**_file(id_number(901)), "unit": world.scene.unit.pk},
    "directory:correct_person": lambda world, thing: {**_file(), "seen": 0, **_REASON},
    "directory:move_person": lambda world, thing: {"place": world.next_unit.ref, **_REASON},
    "directory:reveal_person": lambda world, thing: _REASON,
    "directory:person_login": lambda world, thing: {"username": "huang.zaice"},
    "directory:make_login": lambda world, thing: {"name": "新同事", "username": "new.colleague"},
    "directory:act_login": lambda world, thing: _REASON,
    "home:run": lambda world, thing: {"token": world.run_ticket(thing, TICKET)},
    "applications:start": lambda world, thing: {"season": world.scene.season.pk},
    "applications:start_for": lambda world, thing: {
        "season": world.city.season.pk,
        "person": world.scene.applicant.person_id,
    },
    "writing:form": _typed,
    "writing:autosave": _typed,
    "writing:attach": lambda world, thing: {"application.experience": "推广八年。", "file:diploma": picture()},
    "writing:detach": lambda world, thing: {"application.experience": "推广八年。"},
    "writing:check": lambda world, thing: {"token": world.written_ticket(thing), "confirmed": "yes"},
    "matching:new_need": _need,
    "matching:edit_need": _need,
    "matching:need_contact": lambda world, thing: {"reason": "商谈服务"},
    "matching:act_need action=pass_up": lambda world, thing: {"token": world.matching_ticket(thing, "need")},
    "matching:enter_pool": lambda world, thing: {"season": world.city.season.pk},
    "matching:invite": lambda world, thing: {
        "season": world.city.season.pk,
        "person": world.scene.applicant.person_id,
    },
    "matching:write_entry": lambda world, thing: OFFER,
    "matching:act_entry action=admit": lambda world, thing: {"token": world.matching_ticket(thing, "pool_entry")},
    "matching:commissioner_phone": lambda world, thing: {"reason": "商谈服务"},
    "matching:propose": _proposal,
    "matching:act_pairing action=agree": lambda world, thing: {
        "token": world.matching_ticket(thing, "pairing"),
        "digest": world.matching["pairing"].digest(),
    },
    "appointments:send_out": lambda world, thing: {"token": world.agreement_ticket(thing)},
    "appointments:sign": _signature,
    "appointments:refuse": _why,
    "appointments:revise": _new_words,
    "appointments:void": _why,
    "appointments:draw_up_anew": lambda world, thing: {},
    "appointments:name_party": lambda world, thing: {
        "token": world.agreement_ticket(thing),
        "organization": world.city.host.pk,
    },
    "recognition:start": lambda world, thing: {"opening": "{season}:{host}:household".format(**world.things[thing])},
    "recognition:act_target": lambda world, thing: {
        "token": world.target_ticket(thing),
        "ground": "misconduct",
        "opinion": "转包他人",
    },
    "recognition:hand_in": lambda world, thing: {"kind": "household", "county": world.target.county_id},
    "recognition:act_filing": lambda world, thing: {"token": world.target_ticket(thing)},
    "notices:correct": lambda world, thing: {"title": "公告", "text": "新正文", "reason": "日期有误", "seen": "0"},
    "notices:publish": lambda world, thing: {"token": world.announcement_ticket(), "title": "公告", "text": "正文"},
    "notices:withdraw": lambda world, thing: {},
    "notices:announce": lambda world, thing: {"kind": "application", "token": world.ticket("unlisted")},
    "notices:issue": lambda world, thing: {"token": world.notice_ticket()},
    "notices:discard": lambda world, thing: {"token": world.notice_ticket(), "opinion": "名单有误"},
    "seasons:prepare": _new_season,
    "seasons:start": lambda world, thing: {"token": world.run_ticket(thing)},
    "seasons:discard": lambda world, thing: {**_REASON, "token": world.run_ticket(thing)},
    "seasons:close": lambda world, thing: {"token": world.run_ticket(thing)},
    "seasons:window": _window,
    "seasons:quotas": lambda world, thing: {
        f"places-{world.scene.season.quotas.order_by('pk')[0].pk}": 12,
        **_REASON,
        "token": world.run_ticket(thing),
    },
    "seasons:quotas_import": _workbook,
    "seasons:ceilings": lambda world, thing: {NANNING: 9, **_REASON, "token": world.run_ticket(thing)},
    "seasons:overrun": lambda world, thing: {
        "extra": 2,
        "basis": "会议纪要",
        **_REASON,
        "token": world.run_ticket(thing),
    },
    "seasons:groups": lambda world, thing: {
        "groups": list(world.seasons[thing].service_groups.order_by("pk").values_list("pk", flat=True)[:2]),
        "name": "城区组团",
        **_REASON,
        "token": world.run_ticket(thing),
    },
    "seasons:part_group": lambda world, thing: {**_REASON, "token": world.run_ticket(thing)},
    "seasons:day": _day,
    "seasons:answer": lambda world, thing: {"chosen": "7", **_REASON, "token": world.run_ticket(thing)},
}
"""What each form is sent with where everything is in order, by address."""
