"""Names of records and desks can be written and read back."""

import pytest

from apps.core.refs import Ref, desk, desk_parts


def test_a_reference_reads_back_what_it_writes():
    ref = Ref("region", "450102")
    assert (str(ref), Ref.parse(str(ref))) == ("region:450102", ref)


@pytest.mark.parametrize("text", ["", "region", "region:", ":450102"])
def test_half_a_reference_is_none(text: str):
    with pytest.raises(ValueError, match="not a reference"):
        Ref.parse(text)


def test_a_desk_is_a_role_in_a_scope():
    name = desk("sci_tech_authority", Ref("region", "450102"))
    assert name == "sci_tech_authority@region:450102"
    assert desk_parts(name) == ("sci_tech_authority", Ref("region", "450102"))


@pytest.mark.parametrize("text", ["", "sci_tech_authority", "sci_tech_authority@region"])
def test_half_a_desk_is_none(text: str):
    with pytest.raises(ValueError, match="not a reference"):
        desk_parts(text)
