"""Nothing lies about unused, no address leads nowhere, no page asks for what it was not given."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.applications.models import Application
from apps.appointments.models import Signature
from apps.core.uploads import Accepted
from apps.desks.states import DeskState, DocketPurpose
from apps.directory.models import Post
from apps.directory.services import substitute
from apps.matching.models import KeyClient, Placement, WishList
from apps.matching.services.places import choose_base
from apps.matching.states import PlacementState
from apps.notices.models import Document, Message, NumberBook, PublicityList
from apps.notices.services import announce, publish_announcement
from tests.factories import (
    AFTER_NOTICE,
    PDF,
    Scene,
    actor,
    build_city,
    fresh,
    login,
    make_applicant,
    make_application,
    make_draft,
    make_issued_notice,
    make_season,
)
from tests.factories.agreements import make_agreement, sign_as
from tests.factories.allocation import make_run, move
from tests.factories.every_act import build_every_act, docket_of, drive_to
from tests.factories.matching import begin_entry, propose, publish_need, put_in_pool, submit_need, write_need
from tests.factories.placing import make_placement, placing_at
from tests.test_architecture import TREES

ROOT: Path = settings.BASE_DIR
FOLDER = ROOT / "templates"
TEMPLATES = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.rglob("*.*"))}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in TEMPLATES.items()}
BY_NAME_OF_DJANGO = {"400.html", "403.html", "404.html", "500.html"}


def patterns() -> list[re.Pattern[str]]:
    """Return what the code says of templates: each text as it stands, and any words where a value is filled in."""
    found = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values]
                found.add("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(re.escape(word) for word in re.findall(r"[\w/]+\.(?:html|txt|typ)", node.value))
    return [re.compile(pattern) for pattern in found if re.search(r"(html|txt|typ)$", pattern)]


def test_every_template_is_used():
    spoken = patterns()
    unused = []
    for name, path in TEMPLATES.items():
        by_others = any(
            f'"{mention}"' in text for mention in (name, path.name) for other, text in TEXTS.items() if other != name
        )
        by_code = any(pattern.fullmatch(mention) for pattern in spoken for mention in (name, path.name))
        if not (by_others or by_code or name in BY_NAME_OF_DJANGO):
            unused.append(name)
    assert unused == []


def test_every_template_that_is_named_is_there():
    named = {
        word
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in re.findall(r"(?<![\w/])[a-z_]+/[\w/]+\.html", node.value)
    }
    included = {word for text in TEXTS.values() for word in re.findall(r'\{% (?:extends|include) "([^"]+)"', text)}
    assert (named | included) - set(TEMPLATES) == set()


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of ours with its full name."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}", entry


ADDRESSES = dict(addresses(get_resolver()))
FOR_MACHINES = {"healthz"}
SPOKEN = re.compile(r"""(?:url|reverse|redirect|reverse_lazy)\(?\s*["']([a-z_]+:[a-z_]+)["']""")


def spoken_addresses() -> set[str]:
    texts = [*TEXTS.values(), *((ROOT / name).read_text(encoding="utf-8") for name in TREES)]
    return {name for text in texts for name in SPOKEN.findall(text)}


def test_every_address_has_one_name_and_a_view_that_tells_what_it_does():
    names = [name for name, _ in addresses(get_resolver())]
    assert sorted(names) == sorted(set(names))
    views = {name: getattr(entry.callback, "view_class", entry.callback) for name, entry in ADDRESSES.items()}
    assert [name for name, view in views.items() if not view.__doc__] == []


def test_every_address_that_is_spoken_of_is_there():
    assert spoken_addresses() - set(ADDRESSES) == set()


def test_every_address_is_led_to_from_somewhere():
    texts = [*TEXTS.values(), *((ROOT / name).read_text(encoding="utf-8") for name in TREES)]
    quoted = {name for text in texts for name in re.findall(r"""["']([a-z_]+:[a-z_]+)["']""", text)}
    assert set(ADDRESSES) - quoted == FOR_MACHINES


class Asked(str):
    """Note each name that a page asks for and was not given."""

    asked: set[str]

    def __new__(cls) -> "Asked":
        made = super().__new__(cls, "%s")
        made.asked = set()
        return made

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        self.asked.add(str(variable))
        return ""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the names that pages asked for in vain."""
    note = Asked()
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", note)
    return note.asked


PLACEMENTS = {"挂村批次": PlacementState.IN_HAND, "定点批次": PlacementState.CONFIRMED}


class World:
    """One of everything that has an address, and everybody who might look at it."""

    def __init__(self, scene: Scene) -> None:
        issued = make_issued_notice(scene)
        self.draft = make_draft(scene)
        self.waiting = make_application(scene, DeskState.AWAITING_REVIEW)
        self.noticed = make_application(scene, DeskState.ON_NOTICE)
        announce(
            season=scene.season, kind="application", seen={self.noticed.pk: self.noticed.version},
            by=scene.office, at=scene.at + AFTER_NOTICE,
        )  # fmt: skip
        document = Document.objects.filter(kind="certificate").select_related("holder").get()
        file = fresh(self.waiting).files["diploma"][0]["digest"]
        season = scene.season
        announced = publish_announcement(
            season=season, title="说明", text="请按时申报。", by=scene.office, at=scene.at, token="first"
        )
        substitution = substitute(
            post=Post.objects.get(user=scene.officers.county), substitute=scene.officers.city, starts=scene.at.date(),
            ends=(scene.at + AFTER_NOTICE).date(), reason="外出", by=actor(scene.officers.county), at=scene.at,
        )  # fmt: skip
        city = build_city()
        scan = Accepted(PDF, "pdf", "盖章页.pdf")
        agreement = sign_as(city, make_agreement(city), "host", scan=scan)
        kept = Signature.objects.get().scan["digest"]
        other = replace(city, applicant=make_applicant(city.unit))
        needs = [write_need(city), submit_need(city), publish_need(city)]
        places, pairing = [put_in_pool(city), begin_entry(other)], propose(city)
        run = make_run(scene)
        placement, placed = (self._placement(scene, title, state) for title, state in PLACEMENTS.items())
        client = KeyClient.objects.filter(season=placement.season).order_by("pk")[0]
        person = placed.servings.order_by("person")[0].person
        choose_base(
            season=placed.season, client=KeyClient.objects.filter(season=placed.season).order_by("pk")[0].pk,
            by=actor(person.user), at=placing_at(scene),
        )  # fmt: skip
        moved = move(scene, run)
        first = season.service_groups.order_by("pk")[0]
        wisher = WishList.objects.filter(season=season).order_by("pk")[0]
        meeting, jury = build_every_act(scene=scene)
        docket = docket_of(
            drive_to(meeting, jury, DeskState.AWAITING_CONSENT), scene.officers.unit, DocketPurpose.LIST, scene.at
        )
        self.users = {
            "the public": None,
            "a host": city.officers["host"],
            "who begins to enter the pool": other.applicant,
            "a party": city.applicant,
            "who draws agreements up": city.officers["city"],
            "an applicant": self._user(self.draft),
            "an appointee": self._user(Application.objects.get(season=season, state=DeskState.PASSED)),
            "a unit": scene.officers.unit,
            "a county": scene.officers.county,
            "a city": scene.officers.city,
            "the office": scene.officers.region,
            "an auditor": scene.officers.auditor,
            "who is placed": person.user,
        }
        message = Message.objects.order_by("pk").values_list("pk", flat=True).first()
        self.given: dict[str, list[dict[str, Any]]] = {
            "home:urge": [{"kind": "application", "pk": self.waiting.pk}],
            "directory:end_substitution": [{"pk": substitution.pk}],
            "home:record": [
                {"kind": "application", "pk": each.pk} for each in (self.waiting, self.draft, self.noticed)
            ],
            **{
                f"home:{name}": [{"kind": "application", "pk": self.waiting.pk}]
                for name in ("ask", "verdict", "reopen")
            },
            **{f"home:{name}": [{"pk": docket.pk}] for name in ("docket", "discard_docket", "docket_scan")},
            "matching:act_run": [{"pk": run.pk, "action": "discard"}],
            "matching:outcome": [{"pk": run.pk, "person": wisher.person_id}],
            "matching:group": [{"pk": run.pk, "group": first.pk}],
            "matching:adjustment": [{"pk": moved.pk}],
            "matching:act_adjustment": [{"pk": moved.pk, "action": "withdraw"}],
            "matching:industries": [{"pk": first.pk}],
            **{
                f"matching:{name}": [{"season": season.pk}]
                for name in ("write", "autosave", "check", "receipt", "take_back", "outlook", "freeze")
            },
            **{
                f"matching:{name}": [{"season": placement.season_id}, {"season": placed.season_id}]
                for name in (
                    "villages",
                    "import_villages",
                    "clients",
                    "new_client",
                    "coverage",
                    "choose_base",
                    "release_base",
                )
            },
            "matching:client": [{"pk": client.pk}],
            "matching:placement": [{"pk": placement.pk}],
            "matching:placed_person": [{"pk": placement.pk, "person": placement.servings.order_by("pk")[0].person_id}],
            "matching:act_placement": [
                {"pk": placement.pk, "action": action} for action in ("submit", "compute", "confirm", "send_back")
            ],
            "home:reveal": [{"kind": "application", "pk": self.waiting.pk, "field": "phone"}],
            "home:decide": [{"kind": "application", "pk": self.waiting.pk, "action": "pass_up"}],
            "home:decide_batch": [{"kind": "application", "action": "pass_up"}],
            "home:message": [{"pk": message}],
            "home:season": [{"pk": season.pk}],
            "home:runs": [{"pk": season.pk}],
            "home:run": [{"pk": season.pk}],
            "home:pace": [{"pk": season.pk}],
            "applications:form": [{"pk": self.draft.pk, "step": step} for step in range(1, 6)],
            "applications:autosave": [{"pk": self.draft.pk, "step": 1}],
            "applications:attach": [{"pk": self.draft.pk, "wanted": "diploma"}],
            "applications:detach": [{"pk": self.draft.pk, "wanted": "diploma", "digest": file}],
            "applications:file": [{"pk": self.waiting.pk, "digest": file}],
            "applications:organizations": [{"pk": self.draft.pk, "fact": "person.unit"}],
            "applications:numbered": [{"number": self.waiting.number}],
            **{
                name: [{"pk": agreement.pk, "number": number} for number in (1, 2)]
                for name in ("appointments:sign", "appointments:refuse")
            },
            "appointments:scan": [{"pk": agreement.pk, "digest": kept}],
            **{
                f"matching:{name}": [{"pk": need.pk} for need in needs]
                for name in ("need", "public_need", "edit_need", "need_contact")
            },
            "matching:act_need": [{"pk": needs[1].pk, "action": "pass_up"}, {"pk": needs[2].pk, "action": "close"}],
            **{f"matching:{name}": [{"pk": each.pk} for each in places] for name in ("pool_entry", "write_entry")},
            "matching:act_entry": [{"pk": places[0].pk, "action": "leave"}, {"pk": places[1].pk, "action": "submit"}],
            **{f"matching:{name}": [{"pk": places[0].person_id}] for name in ("commissioner", "commissioner_phone")},
            "matching:pairing": [{"pk": pairing.pk}],
            "matching:act_pairing": [{"pk": pairing.pk, "action": "withdraw"}],
            "notices:announce": [{"season": season.pk}],
            "notices:drafts": [{"season": season.pk}],
            "notices:publish": [{"season": season.pk}],
            "notices:announcement": [{"pk": announced.pk}],
            "notices:correct": [{"pk": announced.pk}],
            "notices:withdraw": [{"pk": announced.pk}],
            "notices:book": [{"season": season.pk, "book": NumberBook.objects.order_by("pk")[0].pk}],
            "notices:public_list": [{"pk": PublicityList.objects.get().pk}],
            "notices:verified": [{"code": document.code}, {"code": "0" * 16}],
            "notices:document": [{"code": document.code}],
            "seasons:window": [{"pk": season.pk, "window": season.windows.get(key="wishes").pk}],
            "seasons:quotas": [{"pk": season.pk, "key": "focus_county"}],
            **{
                f"seasons:{name}": [{"pk": season.pk, "key": "focus_county"}]
                for name in ("quotas_import", "quotas_workbook", "ceilings")
            },
            "seasons:overrun": [
                {"pk": season.pk, "key": "focus_county", "quota": season.quotas.get(key="focus_county", group=first).pk}
            ],
            "seasons:part_group": [{"pk": season.pk, "group": first.pk}],
            "seasons:answer": [{"pk": season.pk, "question": "notice_days"}],
        }
        self.by_space: dict[str, list[dict[str, Any]]] = {
            "applications": [{"pk": self.draft.pk}, {"pk": self.waiting.pk}],
            "seasons": [{"pk": season.pk}],
            "directory": [{"pk": substitution.post_id}],
            "notices": [{"pk": issued.pk}],
            "appointments": [{"pk": agreement.pk}],
            "matching": [{"pk": run.pk}],
        }

    @staticmethod
    def _placement(scene: Scene, title: str, state: str) -> Placement:
        season = make_season(scene.region, by=scene.office, at=scene.at, title=title)
        return make_placement(replace(scene, season=season), state)

    @staticmethod
    def _user(application: Application) -> Any:
        return application.person.user

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield every page by name and path."""
        for name, entry in ADDRESSES.items():
            wanted = entry.pattern.converters
            known = self.given.get(name) or (self.by_space[name.split(":")[0]] if wanted else [{}])
            for arguments in known:
                yield name, reverse(name, kwargs=arguments)


@pytest.fixture
def world(scene: Scene) -> Iterator[World]:
    made = World(scene)
    with time_machine.travel(scene.at + AFTER_NOTICE, tick=False):
        yield made


COUNTED = "SELECT COUNT(*)"
LIMITED = re.compile(r"\bLIMIT (?!1\b|21\b)\d+")


def test_every_page_opens_for_everybody_with_all_it_asks_for_and_its_lists_in_order(world: World, asked: set[str]):
    wrong: list[str] = []
    for who, user in world.users.items():
        client = login(Client(), user) if user else Client()
        for name, path in world.paths():
            asked.clear()
            connection.queries_log.clear()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(path)
            lists = [q["sql"] for q in queries if LIMITED.search(q["sql"]) and not q["sql"].startswith(COUNTED)]
            unordered = [sql for sql in lists if "ORDER BY" not in sql]
            if answer.status_code not in (200, 302, 403, 404, 405):
                wrong.append(f"{who} at {name}: {answer.status_code}")
            wrong += [f"{who} at {name}: a list without an order: {sql[:200]}" for sql in unordered]
            wrong += [f"{who} at {name}: {{{{ {variable} }}}} was not given" for variable in sorted(asked)]
    assert wrong == []
