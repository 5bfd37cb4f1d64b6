"""What may be uploaded: judged by content, images made anew, names ours."""

import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

from apps.core.refusals import Refusal, Refused

LONGEST_SIDE = 4000
MOST_PIXELS = 60_000_000
MOST_UNPACKED = 80_000_000
MOST_ENTRIES = 2_000
_RISKY_PDF = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)\b")
_PDF_STREAM = re.compile(rb"\bstream\r?\n(.*?)endstream", re.DOTALL)
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_MAIN_PART = {
    "docx": ("word/document.xml", b"wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", b"spreadsheetml.sheet.main+xml"),
}
MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Accepted:
    """An upload as it may be kept: data (images made anew), suffix, and a name fit to show."""

    data: bytes
    suffix: str
    shown_name: str


class _Unfit(Exception):
    """Say why content is not what its name says."""


def accept(name: str, stream: BinaryIO, kinds: Collection[str], at_most_megabytes: int) -> Accepted:
    """Judge an upload by its content and return what may be kept; raise Refused in words naming the file."""
    shown = shown_name(name)
    suffix = {"jpeg": "jpg"}.get(found := shown.rpartition(".")[2].lower(), found)
    if suffix not in kinds:
        raise _refused("file_kind", shown, f"不是允许的类型（{'、'.join(kinds)}）", "请转换后再上传。")
    data = stream.read(at_most_megabytes * 1_000_000 + 1)
    if not data:
        raise _refused("file_empty", shown, "是空文件", "请重新选择。")
    if len(data) > at_most_megabytes * 1_000_000:
        raise _refused("file_size", shown, f"超过{at_most_megabytes}MB", "请压缩或分开上传。")
    try:
        return Accepted(_READERS[suffix](data, suffix), suffix, shown)
    except _Unfit as unfit:
        raise _refused("file_content", shown, str(unfit), "请检查原文件，重新保存后再上传。") from unfit


def _refused(code: str, shown: str, why: str, remedy: str) -> Refused:
    return Refused(Refusal(code, f"“{shown}”{why}，未上传。", remedy))


def shown_name(name: str) -> str:
    """Return a file name fit to show: no path, no control or direction characters, at most 100 characters."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    clean = "".join(c for c in base if unicodedata.category(c)[0] != "C").strip() or "文件"
    stem, dot, suffix = clean.rpartition(".")
    return f"{stem[:90]}{dot}{suffix[:9]}" if dot else clean[:100]


def _image(data: bytes, suffix: str) -> bytes:
    """Decode an image under a pixel limit and write it anew, without its metadata."""
    wanted = {"jpg": "JPEG", "png": "PNG"}[suffix]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(io.BytesIO(data), formats=[wanted])
            if picture.width * picture.height > MOST_PIXELS:
                raise _Unfit("像素过多")
            upright = ImageOps.exif_transpose(picture.convert(_plain_mode(picture)))
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clean = Image.new(upright.mode, upright.size)
            clean.paste(upright)
            out = io.BytesIO()
            clean.save(out, wanted, quality=88)
    except _Unfit:
        raise
    except Exception as error:
        raise _Unfit(f"内容不是完好的{suffix}图片") from error
    return out.getvalue()


def _plain_mode(picture: Image.Image) -> str:
    """Return the mode that keeps what is seen, without the palette that a new image would lose."""
    if picture.has_transparency_data:
        return "RGBA"
    return "L" if picture.mode in ("1", "L") else "RGB"


def _pdf(data: bytes, suffix: str) -> bytes:
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise _Unfit("内容不是完好的PDF")
    if any(_RISKY_PDF.search(part) for part in (_unescaped(data), *_object_streams(data))):
        raise _Unfit("含有脚本或内嵌文件")
    return data


def _object_streams(data: bytes) -> Iterator[bytes]:
    """Yield, unpacked, the streams of a PDF in which objects are packed together."""
    parts = _PDF_STREAM.split(data)
    for around, stream in zip(parts[::2], parts[1::2], strict=False):
        if b"/ObjStm" in _unescaped(around):
            yield _unescaped(_inflated(stream))


def _unescaped(part: bytes) -> bytes:
    return _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, MOST_UNPACKED)
    except zlib.error:
        return b""


def _office(data: bytes, suffix: str) -> bytes:
    """Look through a docx or xlsx by its directory, before anything in it is unpacked."""
    part, kind = _MAIN_PART[suffix]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            _refuse_unsound(entries)
            names = {entry.filename for entry in entries}
            types = packed.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except _Unfit:
        raise
    except Exception as error:
        raise _Unfit(f"内容不是完好的{suffix}文件") from error
    if part not in names or kind not in types:
        raise _Unfit(f"内容不是{suffix}文件，或含有宏")
    return data


def _refuse_unsound(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _Unfit("展开后过大")
    for entry in entries:
        if entry.flag_bits & 1:
            raise _Unfit("已加密")
        if entry.filename.startswith("/") or ".." in entry.filename.split("/") or "vbaProject" in entry.filename:
            raise _Unfit("含有宏或不安全的路径")


_READERS: dict[str, Callable[[bytes, str], bytes]] = {
    "jpg": _image, "png": _image, "pdf": _pdf, "docx": _office, "xlsx": _office,
}  # fmt: skip
