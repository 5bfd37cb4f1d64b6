"""The smallest sound file of each kind that may be uploaded."""

import io
import zipfile

from openpyxl import Workbook
from PIL import Image

_DOCX_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_DOCX_BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'


def image(kind: str = "JPEG", size: tuple[int, int] = (8, 8), **options: object) -> bytes:
    """Draw a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **options)
    return out.getvalue()


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """Pack named parts into a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


def docx(**more: str | bytes) -> bytes:
    """Pack an empty Word document, with more parts where given."""
    return zipped({"[Content_Types].xml": _DOCX_TYPES, "word/document.xml": _DOCX_BODY, **more})


def xlsx() -> bytes:
    """Write an empty workbook."""
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


JPG = image("JPEG")
PNG = image("PNG")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
DOCX = docx()
XLSX = xlsx()
SAMPLES = {"jpg": JPG, "png": PNG, "pdf": PDF, "docx": DOCX, "xlsx": XLSX}
