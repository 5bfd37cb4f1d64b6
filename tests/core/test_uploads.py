"""An upload is judged by what it holds, never by what it is called."""

import io
import struct
import zlib
from random import Random

import pytest
from PIL import Image

from apps.core import uploads
from apps.core.refusals import Refused
from apps.core.uploads import Accepted, accept, shown_name
from tests.factories import PDF, PNG, SAMPLES
from tests.factories.files import docx, image, zipped

EVERY = tuple(SAMPLES)
HTML = b"<html><script>alert(1)</script></html>"
LIARS = {**SAMPLES, "html": HTML, "exe": b"MZ\x90\x00" + b"\0" * 60}
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"


def taken(name: str, data: bytes, kinds: tuple[str, ...] = EVERY, at_most: int = 5) -> Accepted:
    return accept(name, io.BytesIO(data), kinds, at_most)


def refusal_of(name: str, data: bytes, kinds: tuple[str, ...] = EVERY, at_most: int = 5) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        taken(name, data, kinds, at_most)
    (refusal,) = refused.value.refusals
    assert refusal.remedy
    return refusal.code, refusal.reason


def opened(accepted: Accepted) -> Image.Image:
    return Image.open(io.BytesIO(accepted.data))


def macro_document() -> bytes:
    """Pack a Word document that says it holds macros, under the suffix of one that does not."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{MACRO_TYPE}"/></Types>'
    return zipped({"[Content_Types].xml": types, "word/document.xml": "<x/>"})


def png_of(width: int, height: int) -> bytes:
    """Write the head of a picture that claims a size without holding it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def pdf_with(extra: bytes) -> bytes:
    return PDF.replace(b"%%EOF", extra + b"\n%%EOF")


@pytest.mark.parametrize("suffix", EVERY)
def test_a_sound_file_of_each_kind_is_taken_under_a_name_fit_to_show(suffix: str):
    accepted = taken(f"学历证书.{suffix}", SAMPLES[suffix])
    assert (accepted.suffix, accepted.shown_name) == (suffix, f"学历证书.{suffix}")


def test_jpeg_is_another_word_for_jpg_and_capitals_do_not_matter():
    assert taken("证书.JPEG", SAMPLES["jpg"]).suffix == "jpg"


@pytest.mark.parametrize(("suffix", "kind"), [(suffix, kind) for suffix in EVERY for kind in LIARS if suffix != kind])
def test_a_file_that_is_not_what_its_suffix_says_is_refused(suffix: str, kind: str):
    code, reason = refusal_of(f"证书.{suffix}", LIARS[kind])
    assert code == "file_content"
    assert reason.startswith(f"“证书.{suffix}”")


@pytest.mark.parametrize("name", ["证书.exe", "证书.svg", "证书", "证书.pdf.html", ".htaccess", ""])
def test_a_suffix_not_asked_for_is_refused(name: str):
    assert refusal_of(name, PDF)[0] == "file_kind"


def test_a_kind_that_this_document_does_not_take_is_refused_with_those_it_takes():
    assert refusal_of("证书.docx", SAMPLES["docx"], ("jpg", "png", "pdf")) == (
        "file_kind",
        "“证书.docx”不是允许的类型（jpg、png、pdf），未上传。",
    )


def test_an_empty_file_is_refused():
    assert refusal_of("证书.pdf", b"")[0] == "file_empty"


def test_a_file_may_be_as_large_as_the_limit_and_not_a_byte_larger():
    head, tail = PDF[:-6], b"\n%%EOF"
    full = head + b"%" * (1_000_000 - len(head) - len(tail)) + tail
    assert len(taken("证书.pdf", full, at_most=1).data) == 1_000_000
    assert refusal_of("证书.pdf", head + b"%" + full[len(head) :], at_most=1) == (
        "file_size",
        "“证书.pdf”超过1MB，未上传。",
    )


def test_a_picture_loses_its_place_and_its_maker_but_stays_upright():
    notes = Image.Exif()
    notes[0x0112], notes[0x010E] = 6, "secret place"
    sideways = image("JPEG", (20, 10), exif=notes, comment=b"secret maker")
    accepted = taken("照片.jpg", sideways)
    assert opened(accepted).size == (10, 20)
    assert b"secret" not in accepted.data


def test_what_is_hidden_behind_a_picture_is_not_kept():
    accepted = taken("照片.png", PNG + HTML)
    assert HTML not in accepted.data
    assert taken("照片.jpg", SAMPLES["jpg"] + HTML).data.count(b"<script>") == 0


@pytest.mark.parametrize(
    ("made_as", "seen"), [("P", (200, 10, 10)), ("RGBA", (200, 10, 10)), ("L", (67, 67, 67)), ("RGB", (200, 10, 10))]
)
def test_a_picture_of_any_mode_looks_as_before(made_as: str, seen: tuple[int, int, int]):
    plain, out = Image.new("RGB", (8, 8), (200, 10, 10)), io.BytesIO()
    (plain.quantize(4) if made_as == "P" else plain.convert(made_as)).save(out, "PNG")
    assert opened(taken("照片.png", out.getvalue())).convert("RGB").getpixel((3, 3)) == seen


def test_transparency_stays():
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (200, 10, 10, 0)).quantize(4).save(out, "PNG")
    assert opened(taken("印章.png", out.getvalue())).getpixel((3, 3)) == (200, 10, 10, 0)


def test_a_large_picture_is_made_smaller():
    assert opened(taken("照片.png", image("PNG", (5000, 50)))).size == (4000, 40)


@pytest.mark.parametrize("size", [(10_000, 10_000), (65_000, 65_000)])
def test_a_picture_of_too_many_points_is_refused_before_it_is_unpacked(size: tuple[int, int]):
    assert refusal_of("照片.png", png_of(*size))[0] == "file_content"


def test_half_a_picture_is_refused():
    whole = image("PNG", (300, 300))
    assert refusal_of("照片.png", whole[: len(whole) // 2])[0] == "file_content"


@pytest.mark.parametrize(
    "extra",
    [
        b"3 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj",
        b"3 0 obj<</S /J#61vaScript /JS (app.alert(1))>>endobj",
        b"3 0 obj<</S/Launch/F(cmd.exe)>>endobj",
        b"3 0 obj<</Type/EmbeddedFile/Length 1>>endobj",
        b"%stream\n3 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\nendstream",
        b"3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\n"
        + zlib.compress(b"4 0 <</S/JavaScript/JS(app.alert(1))>>")
        + b"\nendstream endobj",
    ],
    ids=["script", "escaped", "launch", "embedded", "behind a remark", "packed"],
)
def test_a_pdf_that_acts_is_refused(extra: bytes):
    assert refusal_of("证书.pdf", pdf_with(extra)) == ("file_content", "“证书.pdf”含有脚本或内嵌文件，未上传。")


def test_the_bytes_of_a_scan_are_not_taken_for_a_script():
    scan = Random(1).randbytes(200_000) + b"/JS " + Random(2).randbytes(200_000)
    data = pdf_with(b"3 0 obj<</Length 400004>>stream\n" + scan + b"\nendstream endobj")
    assert taken("证书.pdf", data).data == data


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", PDF[:-6], b"x" + PDF], ids=["head only", "cut", "not at the start"])
def test_a_pdf_without_head_or_tail_is_refused(data: bytes):
    assert refusal_of("证书.pdf", data)[0] == "file_content"


@pytest.mark.parametrize("data", [docx(**{"word/vbaProject.bin": b"x"}), macro_document()], ids=["part", "type"])
def test_a_document_with_macros_is_refused(data: bytes):
    code, reason = refusal_of("证明.docx", data)
    assert (code, "宏" in reason) == ("file_content", True)


def test_a_workbook_is_no_document_and_the_other_way_round():
    assert refusal_of("证明.docx", SAMPLES["xlsx"])[0] == "file_content"
    assert refusal_of("证明.xlsx", SAMPLES["docx"])[0] == "file_content"


def test_a_zip_bomb_is_refused_by_its_directory_alone():
    bomb = docx(**{"word/media.bin": b"\0" * (uploads.MOST_UNPACKED + 1)})
    assert len(bomb) < 200_000
    assert refusal_of("证明.docx", bomb) == ("file_content", "“证明.docx”展开后过大，未上传。")


def test_a_zip_of_too_many_parts_is_refused():
    many = docx(**{f"word/part{n}.xml": b"" for n in range(uploads.MOST_ENTRIES)})
    assert refusal_of("证明.docx", many)[0] == "file_content"


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "word/../../x"])
def test_a_zip_that_points_outside_is_refused(path: str):
    assert refusal_of("证明.docx", docx(**{path: b"x"}))[0] == "file_content"


def test_an_encrypted_document_is_refused():
    data = bytearray(SAMPLES["docx"])
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refusal_of("证明.docx", bytes(data)) == ("file_content", "“证明.docx”已加密，未上传。")


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("证书.pdf", "C:\\我的文件\\证书.pdf"),
        ("passwd", "../../etc/passwd"),
        ("gpj.exe", "gpj\u202e.exe"),
        ("a b.pdf", "a\x00 b\n.pdf"),
        ("文件", "\u200b"),
        ("文件", ""),
        ("字" * 90 + ".pdf", "字" * 200 + ".pdf"),
        ("字" * 100, "字" * 200),
        ("é.pdf", "e\u0301.pdf"),
    ],
)
def test_a_name_is_shown_without_path_or_tricks(shown: str, name: str):
    assert shown_name(name) == shown
