"""What is issued and shown to everybody: certificates, official notices, a public list, an announcement."""

from apps.core import tokens
from apps.notices.models import Document, Notice
from apps.notices.services import announce, publish_announcement
from tests.factories import make_issued_notice, make_passed
from tests.permissions.world.applied import Applied
from tests.permissions.world.ground import NOW
from workflows import steps


class Published(Applied):
    """Documents and notices, issued and yet to be issued, and what the public reads."""

    def _documents(self) -> None:
        scene = self.scene
        issued = make_issued_notice(scene)
        certificate = Document.objects.select_related("holder__user").get(kind="certificate", season=scene.season)
        holder = certificate.holder.user
        self._thing("certificate", certificate.code, holder, code=certificate.code)
        self._thing("appointment", certificate.holder.name, holder)
        self._thing("official", issued.document.code, code=issued.document.code)
        make_passed(scene)
        steps.draft_notices(NOW)
        self.notice = Notice.objects.get(state="draft", season=scene.season)
        self._thing("notice", f"/notices/{self.notice.pk}/", pk=self.notice.pk)

    def _list(self) -> None:
        scene, listed = self.scene, self.records["listed"]
        seen = {listed.pk: listed.version}
        published = announce(season=scene.season, kind="application", seen=seen, by=scene.office, at=NOW)
        self._thing("list", f"/public/lists/{published.pk}/", pk=published.pk)

    def _announcement(self) -> None:
        told = publish_announcement(
            season=self.scene.season, title="公告", text="正文", by=self.scene.office, at=NOW, token="announced"
        )
        self._thing("announcement", f"/public/notices/{told.pk}/", pk=told.pk)

    def notice_ticket(self) -> str:
        return tokens.issue("notice", {self.notice.pk: self.notice.version})

    def announcement_ticket(self) -> str:
        return tokens.issue("announcement", {self.scene.season.pk: self.scene.season.version})
