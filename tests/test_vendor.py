"""The vendored front end is what its manifest says, and fetches nothing from elsewhere."""

import hashlib
import json
import re

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_every_vendored_file_has_the_sum_of_the_manifest(entry):
    assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_the_manifest_lists_every_vendored_file():
    listed = {entry["file"] for entry in MANIFEST} | {"MANIFEST.json", "LICENCES.txt"}
    assert {path.name for path in VENDOR.iterdir()} == listed


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_every_vendored_file_is_used_by_a_page(entry):
    pages = (settings.BASE_DIR / "templates").rglob("*.html")
    assert any(f"vendor/{entry['file']}" in page.read_text(encoding="utf-8") for page in pages)


@pytest.mark.parametrize("path", sorted(VENDOR.glob("*.css")), ids=lambda path: path.name)
def test_a_vendored_style_sheet_fetches_nothing(path):
    text = path.read_text(encoding="utf-8")
    fetched = [
        address for address in re.findall(r"url\(\s*[\"']?([^\"')]{0,40})", text) if not address.startswith("data:")
    ]
    assert (fetched, "@import" in text, "sourceMappingURL" in text) == ([], False, False)
