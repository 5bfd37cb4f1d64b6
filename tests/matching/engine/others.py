"""What other packages compute of the same market; both want mutual lists without ties, and nobody idle."""

import warnings

from matching.games import HospitalResident, StudentAllocation

from tests.matching.engine.markets import Market

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a text of algmatch has a stray backslash
    from algmatch import HR, SPAS


def number(name: str) -> int:
    return int(name[1:])


def by_algmatch(market: Market) -> dict[str, str]:
    residents = {number(name): list(map(number, its)) for name, its in market["left"].items()}
    hospitals = {
        number(name): {"capacity": row["upper"], "preferences": list(map(number, row["prefs"]))}
        for name, row in market["right"].items()
    }
    game = HR(dictionary={"residents": residents, "hospitals": hospitals}, optimised_side="residents")
    found: dict[str, str] = game.get_stable_matching()["resident_sided"]
    return {name.replace("r", "p"): at.replace("h", "g") for name, at in found.items()}


def by_matching(market: Market) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = HospitalResident.create_from_dictionaries(
            market["left"],
            {name: row["prefs"] for name, row in market["right"].items()},
            {name: row["upper"] for name, row in market["right"].items()},
        )
        return {str(person): str(group) for group, people in game.solve().items() for person in people}


def projects_by_algmatch(market: Market) -> dict[str, str]:
    numbers = {name: n for n, name in enumerate(market["projects"], 1)}
    names = {f"p{n}": name for name, n in numbers.items()} | {"": ""}
    game = SPAS(
        dictionary={
            "students": {number(name) + 1: [numbers[each] for each in its] for name, its in market["left"].items()},
            "projects": {
                numbers[name]: {"capacity": row["upper"], "lecturer": number(row["owner"]) + 1}
                for name, row in market["projects"].items()
            },
            "lecturers": {
                number(name) + 1: {"capacity": row["upper"], "preferences": [number(each) + 1 for each in row["prefs"]]}
                for name, row in market["right"].items()
            },
        },
        optimised_side="students",
    )
    found: dict[str, str] = game.get_stable_matching()["student_sided"]
    return {f"p{number(name) - 1}": names[at] for name, at in found.items()}


def projects_by_matching(market: Market) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = StudentAllocation.create_from_dictionaries(
            market["left"],
            {name: row["prefs"] for name, row in market["right"].items()},
            {name: row["owner"] for name, row in market["projects"].items()},
            {name: row["upper"] for name, row in market["projects"].items()},
            {name: row["upper"] for name, row in market["right"].items()},
        )
        return {str(person): str(project) for project, people in game.solve().items() for person in people}
