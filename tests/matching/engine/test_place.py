"""Villages are covered wherever that can be, the worst of them is raised first, and every gap has its proof."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.matching.engine.ground import Ground, of, read
from apps.matching.engine.place import Placement, place
from apps.matching.engine.reading import Malformed
from tests.matching.engine.oracle import PlacingProgram, distance, worth

INDUSTRIES = ("柑橘", "桑蚕", "茶", "生猪")
Data = dict[str, Any]


@st.composite
def grounds(draw: st.DrawFn) -> Data:
    people, sites = draw(st.integers(0, 5)), draw(st.integers(0, 7))
    chance = random.Random(draw(st.integers(0, 10**6)))
    most = draw(st.integers(1, 3))
    return {
        "people": {f"p{number}": _person(chance, sites, most) for number in range(people)},
        "sites": {f"v{number}": _site(chance, people) for number in range(sites)},
        "rules": {
            "most": most,
            "fit": draw(st.integers(0, 3)),
            "had": draw(st.integers(0, 9)),
            "travel": draw(st.integers(0, 1)),
            "further": draw(st.sampled_from([0, 3, 30])),
            "farthest": draw(st.sampled_from([None, 9, 12])),
        },
    }


def _person(chance: random.Random, sites: int, most: int) -> Data:
    names = chance.sample([f"v{number}" for number in range(sites)], sites)
    fixed = names[: chance.choice([0, 0, 0, most])]
    never = names[len(fixed) :][: chance.choice([0, 0, sites // 2, sites])]
    industries = chance.sample(INDUSTRIES, chance.randint(0, 2))
    return {"industries": industries, "at": _point(chance), "had": names[1:2], "fixed": fixed, "never": never}


def _site(chance: random.Random, people: int) -> Data:
    industries = {name: chance.randint(1, 9) for name in chance.sample(INDUSTRIES, chance.randint(0, 3))}
    most = chance.choice([None, max(people, 1)])
    return {"industries": industries, "at": _point(chance), "needed": chance.random() < 0.8, "most": most}


def _point(chance: random.Random) -> list[int] | None:
    return chance.choice([None, [chance.randint(0, 10), chance.randint(0, 10)]])


def crowded(data: Data) -> Data:
    """Let each site take as few people as what is fixed allows."""
    for name, site in data["sites"].items():
        site["most"] = max(1, sum(name in person["fixed"] for person in data["people"].values()))
    return data


def served(found: Placement) -> set[tuple[str, str]]:
    return {(person, site) for person, sites in found.sites.items() for site in sites}


def bare(ground: Ground, found: Placement) -> set[str]:
    return {name for name, site in ground.sites.items() if site.needed} - {site for _, site in served(found)}


@given(st.one_of(grounds(), grounds().map(crowded)))
def test_it_is_as_good_as_the_integer_program_says_aim_after_aim(data: Data):
    ground = of(data)
    found = place(ground)
    assert (len(bare(ground, found)), len(found.idle), found.worst, found.total) == PlacingProgram(ground).answer()


@given(st.one_of(grounds(), grounds().map(crowded)))
def test_what_it_tells_of_itself_is_true(data: Data):
    ground = of(data)
    found = place(ground)
    pairs = served(found)
    worths = {(p, s): worth(ground.people[p], ground.sites[s], s, ground.rules) for p, s in pairs}
    further = sum(max(0, len(sites) - 1) for sites in found.sites.values())
    held = {(name, site) for name, person in ground.people.items() for site in person.fixed}
    settled = {site for _, site in held} | bare(ground, found)
    best = [
        max(value for (_, at), value in worths.items() if at == name)
        for name, site in ground.sites.items()
        if site.needed and name not in settled
    ]
    assert found.total == sum(worths.values()) - ground.rules.further * further
    assert found.idle == tuple(sorted(name for name, sites in found.sites.items() if not sites))
    assert found.worst == min(best, default=None)


@given(st.one_of(grounds(), grounds().map(crowded)))
def test_nobody_is_put_where_he_may_not_be(data: Data):
    ground = of(data)
    pairs = served(place(ground))
    held = {(name, site) for name, person in ground.people.items() for site in person.fixed}
    far = {
        (p, s)
        for p, s in pairs - held
        if ground.rules.farthest is not None and distance(ground.people[p], ground.sites[s]) > ground.rules.farthest
    }
    assert held <= pairs
    assert far == set()
    assert {(p, s) for p, s in pairs if s in ground.people[p].never} == set()
    assert all(sum(p == name for p, _ in pairs) <= ground.rules.most for name in ground.people)
    assert all(
        site.most is None or sum(s == name for _, s in pairs) <= site.most for name, site in ground.sites.items()
    )


@given(grounds())
def test_every_gap_is_proved_by_people_too_few_for_its_sites(data: Data):
    ground = of(data)
    found = place(ground)
    held = {site for person in ground.people.values() for site in person.fixed}
    for gap in found.gaps:
        open_seats = [ground.rules.most - len(ground.people[name].fixed) for name in gap.people]
        assert gap.seats == sum(open_seats) == len(gap.sites) - len(gap.uncovered)
        assert not set(gap.sites) & held
        assert {name for name in ground.people if can_serve(ground, name, gap.sites)} == set(gap.people)
    assert sorted(site for gap in found.gaps for site in gap.uncovered) == sorted(bare(ground, found))


def can_serve(ground: Ground, name: str, sites: tuple[str, ...]) -> bool:
    person, farthest = ground.people[name], ground.rules.farthest
    return len(person.fixed) < ground.rules.most and any(
        site not in person.never and (farthest is None or distance(person, ground.sites[site]) <= farthest)
        for site in sites
    )


@given(grounds(), st.integers())
def test_the_order_of_rows_makes_no_difference(data: Data, seed: int):
    chance = random.Random(seed)
    again = {part: dict(chance.sample(list(rows.items()), len(rows))) for part, rows in data.items()}
    for person in again["people"].values():
        person["never"] = chance.sample(person["never"], len(person["never"]))
    assert of(again).sha256 == of(data).sha256
    assert place(of(again)).canonical() == place(of(data)).canonical()


def ground_of(**parts: Any) -> Ground:
    return of({"people": {}, "sites": {}, "rules": {"most": 2}} | parts)


def test_the_worst_village_is_raised_before_the_sum():
    ground = ground_of(
        people={"甲": {"industries": ["茶", "柑橘"]}, "乙": {"industries": ["茶"]}},
        sites={"上村": {"industries": {"茶": 9, "柑橘": 90}}, "下村": {"industries": {"茶": 2, "柑橘": 5}}},
        rules={"most": 1, "fit": 1},
    )
    found = place(ground)
    assert (found.sites, found.worst, found.total) == ({"甲": ("下村",), "乙": ("上村",)}, 5, 14)


def test_the_village_of_last_year_is_kept_among_equals():
    sites: Data = {"上村": {}, "下村": {}}
    for had in sites:
        found = place(ground_of(people={"甲": {"had": [had]}, "乙": {}}, sites=sites, rules={"most": 1, "had": 1}))
        assert found.sites["甲"] == (had,)


def test_a_second_village_is_given_where_it_is_worth_more_than_it_costs():
    sites = {"上村": {"industries": {"茶": 5}}, "下村": {"industries": {"茶": 3}, "needed": False}}
    for further, expected in ((2, ("上村", "下村")), (4, ("上村",))):
        rules = {"most": 2, "fit": 1, "further": further}
        assert place(ground_of(people={"甲": {"industries": ["茶"]}}, sites=sites, rules=rules)).sites["甲"] == expected


def test_nearer_villages_come_first():
    sites: Data = {"远村": {"at": [0, 9], "needed": False}, "近村": {"at": [3, 4], "needed": False}}
    found = place(ground_of(people={"甲": {"at": [0, 0]}}, sites=sites, rules={"most": 1, "travel": 1}))
    assert (found.sites["甲"], found.total) == (("近村",), -5)


def test_key_clients_need_no_cover_and_everybody_gets_one():
    sites = {name: {"needed": False, "most": 1} for name in ("合作社", "基地", "企业")}
    found = place(ground_of(people={"甲": {}, "乙": {}}, sites=sites))
    assert (found.worst, found.gaps, found.idle, [len(its) for its in found.sites.values()]) == (None, (), (), [1, 1])


def test_each_part_of_a_gap_is_told_apart():
    ground = ground_of(
        people={"甲": {"never": ["丁村"]}, "乙": {"never": ["上村", "中村", "下村"]}},
        sites={name: {} for name in ("上村", "中村", "下村", "丁村")},
    )
    (gap,) = place(ground).gaps
    assert (gap.people, gap.seats, gap.sites, len(gap.uncovered)) == (("甲",), 2, ("上村", "下村", "中村"), 1)


def test_an_empty_group_has_an_empty_placement():
    assert place(ground_of()) == Placement({}, None, 0, (), ())


def test_what_is_written_is_read_back():
    ground = ground_of(people={"甲": {"had": ["上村"], "at": [1, 2]}}, sites={"上村": {"industries": {"茶": 5}}})
    assert read(ground.canonical().encode()) == ground
    assert json.loads(place(ground).canonical())["sites"] == {"甲": ["上村"]}


PLAIN: Data = {"people": {"甲": {}}, "sites": {"上村": {}}, "rules": {"most": 2}}


@pytest.mark.parametrize(
    ("path", "value", "place_of_fault"),
    [
        (("people",), [], "people"),
        (("guests",), {}, "guests"),
        (("rules",), {}, "rules.most"),
        (("rules", "most"), 0, "rules.most"),
        (("rules", "most"), True, "rules.most"),
        (("rules", "most"), 2.0, "rules.most"),
        (("rules", "fit"), -1, "rules.fit"),
        (("rules", "fit"), 10**9, "rules.fit"),
        (("rules", "fit"), "3", "rules.fit"),
        (("rules", "speed"), 1, "rules.speed"),
        (("people", ""), {}, "people."),
        (("people", "甲"), None, "people.甲"),
        (("people", "甲", "had"), "上村", "people.甲.had"),
        (("people", "甲", "had"), ["无村"], "people.甲.had[0]"),
        (("people", "甲", "had"), ["上村", "上村"], "people.甲.had[1]"),
        (("people", "甲", "fixed"), ["上村", 3], "people.甲.fixed[1]"),
        (("people", "甲", "at"), [1], "people.甲.at[1]"),
        (("people", "甲", "at"), [1, float("nan")], "people.甲.at[1]"),
        (("people", "甲", "at"), [1, 2, 3], "people.甲.at"),
        (("people", "甲", "industries"), ["茶", "茶"], "people.甲.industries[1]"),
        (("sites", "上村", "needed"), 1, "sites.上村.needed"),
        (("sites", "上村", "most"), 0, "sites.上村.most"),
        (("sites", "上村", "industries"), {"茶": -1}, "sites.上村.industries.茶"),
        (("sites", "上村", "industries"), {"茶": 1.5}, "sites.上村.industries.茶"),
    ],
)
def test_a_malformed_group_is_refused_with_the_place_of_its_fault(
    path: tuple[str, ...], value: Any, place_of_fault: str
):
    data = json.loads(json.dumps(PLAIN))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(Malformed) as refusal:
        read(json.dumps(data).encode())
    assert [fault.place for fault in refusal.value.faults] == [place_of_fault]
    assert "{" not in str(refusal.value).replace("{…}", "")


def test_all_faults_are_told_at_once():
    data = {"people": {"甲": {"had": [1]}}, "sites": {"上村": {"most": 0}}}
    with pytest.raises(Malformed) as refusal:
        of(data)
    assert [fault.place for fault in refusal.value.faults] == ["people.甲.had[0]", "sites.上村.most", "rules"]


@pytest.mark.parametrize(
    ("people", "place_of_fault"),
    [
        ({"甲": {"fixed": ["上村", "中村", "下村"]}}, "people.甲.fixed"),
        ({"甲": {"fixed": ["上村"]}, "乙": {"fixed": ["上村"]}}, "sites.上村.most"),
        ({"甲": {"fixed": ["中村"], "never": ["中村"]}}, "people.甲.never[0]"),
    ],
)
def test_more_than_there_is_room_for_is_refused(people: Data, place_of_fault: str):
    with pytest.raises(Malformed) as refusal:
        ground_of(people=people, sites={"上村": {"most": 1}, "中村": {}, "下村": {}})
    assert [fault.place for fault in refusal.value.faults] == [place_of_fault]


@pytest.mark.parametrize(
    ("raw", "place_of_fault"),
    [
        (b"{", "第 1 行第 2 字"),
        (b"\xff", "第 0 字节"),
        (b"[]", "文件"),
        ('{"people":{"甲":{},"甲":{}},"sites":{},"rules":{"most":1}}'.encode(), "people.甲"),
        (b'{"people":{},"people":{},"sites":{},"rules":{"most":1}}', "people"),
        (b'{"people":{"\\ud800":{}},"sites":{},"rules":{"most":1}}', "people.\ufffd\ufffd\ufffd"),
    ],
)
def test_what_is_no_such_file_is_refused(raw: bytes, place_of_fault: str):
    with pytest.raises(Malformed) as refusal:
        read(raw)
    assert [fault.place for fault in refusal.value.faults] == [place_of_fault]
