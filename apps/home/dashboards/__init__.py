"""Reads of the season page: what lies where and for how long, what came in and went out, what waits, what ran."""

from apps.home.dashboards.ages import AgeRow, PlaceRow, ages, places
from apps.home.dashboards.board import Board, Column, Row, board, columns
from apps.home.dashboards.clockwork import ClockActs, Clockwork, clock_acts, clockwork
from apps.home.dashboards.counting import Day, Sight, sight
from apps.home.dashboards.trend import BY_DAY, BY_WEEK, Trend, begins, trend
from apps.home.dashboards.waiting import Waiting, to_publish, waiting

__all__ = [
    "BY_DAY",
    "BY_WEEK",
    "AgeRow",
    "Board",
    "ClockActs",
    "Clockwork",
    "Column",
    "Day",
    "PlaceRow",
    "Row",
    "Sight",
    "Trend",
    "Waiting",
    "ages",
    "begins",
    "board",
    "clock_acts",
    "clockwork",
    "columns",
    "places",
    "sight",
    "to_publish",
    "trend",
    "waiting",
]
