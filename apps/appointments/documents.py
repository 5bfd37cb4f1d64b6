"""What an agreement says, as plain data: the pack's text with the facts of the case, and the copy that is printed."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.appointments.models import Agreement
from apps.appointments.selectors import Line
from apps.core.days import written_moment
from apps.policies import wording
from apps.policies.schema import AgreementText

LAYOUT = "agreement"
UNNAMED = "（尚未确定）"
_ON_PAPER = "纸质签章，由其上传扫描件"


def compose(
    text: AgreementText, values: Mapping[str, object], parties: Sequence[Mapping[str, str]], name: str
) -> dict[str, Any]:
    """Return the text of an agreement; raise KeyError for a placeholder without a value.

    `name` is of whom or what it is, `parties` are {party, label, name, desk} in their order.
    """
    filled = [wording.fill(paragraph, values) for paragraph in text.body]
    return {
        "name": name,
        "title": wording.fill(text.title, values),
        "parties": [dict(party) for party in parties],
        "body": paragraphs("\n".join(filled)),
    }


def paragraphs(text: str) -> list[str]:
    """Split what was typed into its paragraphs, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def copy_of(agreement: Agreement, lines: Sequence[Line]) -> dict[str, Any]:
    """Return an agreement as it is printed: with what was signed so far, and empty places for the rest."""
    content = agreement.content
    return {
        "layout": LAYOUT,
        "title": content["title"],
        "parties": [[party["label"], party["name"] or UNNAMED] for party in content["parties"]],
        "body": content["body"],
        "signatures": [_signature(line) for line in lines],
        "text_digest": agreement.digest(),
        "signed_by": ["、".join(party["name"] for party in content["parties"])],
    }


def _signature(line: Line) -> dict[str, str]:
    said = {"label": line.signatory.label, "name": line.signatory.name}
    if line.signature is None or not line.is_signed:
        return {**said, "by": "", "at": "", "way": ""}
    way = _ON_PAPER if line.signature.scan else ""
    return {**said, "by": line.signature.acts, "at": written_moment(line.signature.at), "way": way}
