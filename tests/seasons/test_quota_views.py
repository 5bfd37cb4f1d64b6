"""The screens on which the season office sets quotas, by hand or by a workbook."""

import io
from base64 import b64decode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from apps.seasons.models import IndustryQuota, Quota
from tests.factories import XLSX, Scene
from tests.seasons.test_views import ClientOf, ticket, words_of

pytestmark = pytest.mark.usefixtures("at_the_scene")


def quotas_url(scene: Scene, name: str = "quotas") -> str:
    return reverse(f"seasons:{name}", args=[scene.season.pk, "focus_county"])


def typed_places(scene: Scene, *numbers: str) -> dict[str, str]:
    rows = Quota.objects.filter(season=scene.season).order_by("group_id")
    return {f"places-{row.pk}": number for row, number in zip(rows, numbers, strict=True)}


def places_of(scene: Scene) -> list[int | None]:
    return list(Quota.objects.filter(season=scene.season).order_by("group_id").values_list("places", flat=True))


def test_all_quotas_are_saved_on_one_page_with_one_reason(scene: Scene, client_of: ClientOf) -> None:
    typed = {**typed_places(scene, "3", "12", ""), "total": "15", "reason": "按村数设定", "token": ticket(scene.season)}
    response = client_of(scene.officers.region).post(quotas_url(scene), typed, follow=True)
    assert places_of(scene) == [3, 12, None]
    for shown in ("按村数设定", "隆安县未设定，宾阳县未设定", "隆安县3，宾阳县12"):
        assert shown in words_of(response)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"total": "16"}, "各县名额合计15，与应分配总数16相差1"),
        ({"reason": " "}, "调整理由"),
        ({"places": "很多"}, "名额：应填写整数"),
        ({"places": "-1"}, "不能小于0"),
    ],
)
def test_wrong_quotas_are_not_saved_and_what_was_typed_is_kept(
    scene: Scene, client_of: ClientOf, wrong: dict[str, str], said: str
) -> None:
    places = typed_places(scene, "3", "12", wrong.pop("places", ""))
    typed = {**places, "reason": "按村数设定", "token": ticket(scene.season), **wrong}
    response = client_of(scene.officers.region).post(quotas_url(scene), typed)
    assert response.status_code == 422
    assert said in words_of(response)
    assert 'value="12"' in words_of(response)
    assert places_of(scene) == [None, None, None]


def workbook_of(rows: list[list[object]]) -> SimpleUploadedFile:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("名额.xlsx", out.getvalue())


def send(scene: Scene, client: Client, file: SimpleUploadedFile) -> HttpResponse:
    return client.post(quotas_url(scene, "quotas_import"), {"workbook": file, "token": ticket(scene.season)})


HEAD = ["设区市", "县（市、区）", "村（社区）数", "名额"]


def test_the_exported_workbook_is_filled_in_read_back_and_saved(scene: Scene, client_of: ClientOf) -> None:
    client = client_of(scene.officers.region)
    exported = b"".join(client.get(quotas_url(scene, "quotas_workbook")).streaming_content)
    book = load_workbook(io.BytesIO(exported))
    assert [[cell.value for cell in row] for row in book.active.iter_rows()] == [
        ["设区市", "县（市、区）", "村（社区）数", "全覆盖所需人数", "名额", "分产业名额", "批准超额", "可接收人数"],
        ["南宁市", "隆安县", 4, 2, None, None, None, 0],
        ["南宁市", "宾阳县", 4, 2, None, None, None, 0],
        ["柳州市", "柳城县", 4, 2, None, None, None, 0],
    ]
    book.active["E3"], book.active["F3"] = 12, "柑橘3，桑蚕 2"
    out = io.BytesIO()
    book.save(out)
    response = send(scene, client, SimpleUploadedFile("名额.xlsx", out.getvalue()))
    assert "已从工作簿读入，尚未保存" in words_of(response)
    assert places_of(scene) == [None, None, None]
    filled = filled_in(response)
    client.post(quotas_url(scene), {**filled, "reason": "按工作簿", "token": response.context["token"]})
    assert places_of(scene) == [None, 12, None]
    assert list(IndustryQuota.objects.values_list("industry", "places")) == [("柑橘", 3), ("桑蚕", 2)]


def filled_in(response: HttpResponse) -> dict[str, str]:
    """Return what stands in the fields of a page of quotas."""
    form = response.context["form"]
    fields = [field for _, lines in form.cities() for _, *both in lines for field in both]
    return {field.html_name: "" if field.initial is None else str(field.initial) for field in fields}


def test_a_faulty_workbook_comes_back_with_its_faulty_cells_marked(scene: Scene, client_of: ClientOf) -> None:
    rows = [
        [*HEAD, "分产业名额"], ["", "宾阳县", 4, "很多"], ["", "不存在县", 4, 2], ["", "隆安县", 4, 3, ""],
        ["", "隆安县", 4, 3], ["", "柳城县", 4, 5, "柑橘三"],
    ]  # fmt: skip
    response = send(scene, client_of(scene.officers.region), workbook_of(rows))
    assert response.status_code == 422
    for said in (
        "第2行第4列：名额“很多”应为0至100000的整数",
        "第3行第2列：“不存在县”不在本批次的名单中",
        "第5行第2列：“隆安县”重复",
        "第6行第5列：“柑橘三”应写成产业和名额",
    ):
        assert said in words_of(response)
    marked = load_workbook(io.BytesIO(b64decode(response.context["marked"].partition("base64,")[2]))).active
    assert {cell.coordinate for row in marked.iter_rows() for cell in row if cell.comment} == {"D2", "B3", "B5", "E6"}
    assert marked["D2"].value == "很多"
    assert places_of(scene) == [None, None, None]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("名额.xlsx", b"PK not a workbook"), "内容不是完好的xlsx文件"),
        (SimpleUploadedFile("名额.csv", b"a,b"), "不是允许的类型"),
        (SimpleUploadedFile("名额.xlsx", XLSX), ""),
    ],
)
def test_what_is_no_workbook_of_quotas_is_refused(
    scene: Scene, client_of: ClientOf, file: SimpleUploadedFile, said: str
) -> None:
    response = send(scene, client_of(scene.officers.region), file)
    assert response.status_code == 422
    assert said in words_of(response)
    assert places_of(scene) == [None, None, None]
