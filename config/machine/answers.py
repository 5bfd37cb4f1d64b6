"""Questions to services that just started: do they answer yet?"""

import base64
import json
from collections.abc import Sequence
from http.client import HTTPException
from urllib.request import Request, urlopen

import psycopg
from celery import Celery
from kombu.exceptions import OperationalError
from psycopg import sql
from redis import Redis, RedisError

ANSWERS_WITHIN = 5


def page(address: str) -> bool:
    """Tell whether a page opens."""
    try:
        with urlopen(address, timeout=ANSWERS_WITHIN):
            return True
    except (OSError, HTTPException):
        return False


def redis(address: str) -> bool:
    """Tell whether Redis answers."""
    try:
        return bool(Redis.from_url(address, socket_timeout=ANSWERS_WITHIN).ping())
    except RedisError:
        return False


def worker(broker: str) -> bool:
    """Tell whether a worker answers."""
    try:
        return bool(Celery(broker=broker).control.ping(timeout=1, limit=1))
    except (OSError, OperationalError):
        return False


def deployments(api: str, auth: str) -> int:
    """Return how many deployments a Prefect server knows, 0 as well when it does not answer."""
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {base64.b64encode(auth.encode()).decode()}"}
    try:
        with urlopen(Request(f"{api}/deployments/count", b"{}", headers), timeout=ANSWERS_WITHIN) as answer:
            return int(json.load(answer))
    except (OSError, HTTPException):
        return 0


def ensure_databases(address: str, names: Sequence[str]) -> None:
    """Make the databases that are not there."""
    with psycopg.connect(address, autocommit=True) as connection:
        there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for name in names:
            if name not in there:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
