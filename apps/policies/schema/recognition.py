"""How hosts are recognised: each kind with its form and desks, and how the list of those recognised is kept."""

from collections.abc import Mapping

from pydantic import Field

from apps.policies.schema.application import Application, Ground, Walked
from apps.policies.schema.base import Data, Grounded, Key, Words


class Filing(Grounded):
    """With which office a list is filed once it has changed."""

    office: Key


class Keeping(Grounded):
    """Which office takes off the list and puts back, on what grounds, and with which other the list is filed."""

    office: Key
    grounds: tuple[Ground, ...] = Field(min_length=1)
    filing: Filing | None = None


class RecognisedKind(Walked):
    """A kind of host that is recognised on its own application, and how the list of those recognised is kept."""

    label: Words
    keeping: Keeping


class Recognition(Grounded):
    """What those recognised are called together, and the kinds of them."""

    label: Words
    kinds: Mapping[Key, RecognisedKind] = Field(min_length=1)


class Processes(Data):
    """What a policy lets be carried out."""

    application: Application
    recognition: Recognition | None = None

    @property
    def recognised(self) -> Mapping[str, RecognisedKind]:
        """Return the kinds of hosts that are recognised, none where the policy recognises nobody."""
        return self.recognition.kinds if self.recognition else {}
