"""Pages for what went wrong, first of all a database that is away."""

import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.home.views import errors


def away(execute, sql, params, many, context):
    raise OperationalError("connection failed") from psycopg.OperationalError("connection failed: refused")


def broken(execute, sql, params, many, context):
    raise ProgrammingError("no such column")


@pytest.fixture
def steady():
    """Return a browser that is answered, not told, what went wrong."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", ["/", "/public/lists/", "/inbox/"])
def test_a_database_that_is_away_is_told_in_words(scene, steady, path):
    steady.force_login(scene.officers.county, backend="django.contrib.auth.backends.ModelBackend")
    with connection.execute_wrapper(away):
        answer = steady.get(path)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "数据库暂时无法访问" in page
    assert "您填写的内容仍在" in page


def test_a_fault_of_ours_is_a_plain_page_without_queries(scene, steady, django_assert_num_queries):
    with connection.execute_wrapper(broken):
        answer = steady.get("/")
    assert answer.status_code == 500
    assert "系统出错，本次操作没有完成" in answer.content.decode()
    with django_assert_num_queries(0):
        errors.server_error(RequestFactory().get("/"))


def sqlite_error(name):
    error = OperationalError("sqlite says no")
    error.__cause__ = sqlite3.OperationalError("sqlite says no")
    error.__cause__.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (sqlite_error("SQLITE_CANTOPEN"), True),
        (sqlite_error("SQLITE_BUSY"), True),
        (sqlite_error("SQLITE_ERROR"), False),
        (InterfaceError("connection already closed"), True),
        (ProgrammingError("no such table"), False),
        (ValueError("no database at all"), False),
        (None, False),
    ],
)
def test_only_a_database_out_of_reach_counts_as_away(error, is_away):
    assert errors.is_database_away(error) is is_away


def test_an_address_that_is_none_says_what_to_do(scene, client):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "未找到此页" in answer.content.decode()


def test_a_strange_host_is_refused_in_words(scene, client):
    answer = client.get("/", headers={"host": "elsewhere.invalid"})
    assert answer.status_code == 400
    assert "请求无法识别" in answer.content.decode()


def test_a_form_with_too_many_fields_is_refused_in_words(scene, client):
    answer = client.post(reverse("home:login"), {f"field{n}": "x" for n in range(2001)})
    assert answer.status_code == 400
    assert "请求无法识别" in answer.content.decode()
