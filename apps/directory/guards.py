"""What stops a change of who holds a post or stands in for him, of a person's file, of a login."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from apps.core.actors import Actor
from apps.core.days import written_day
from apps.core.refusals import Refusal
from apps.directory.models import Organization, Person, Post, Substitution, User
from apps.directory.permissions import keeps_file_of, keeps_posts_of, may_end_it, may_substitute, places_kept
from apps.directory.states import IN_ORGANIZATIONS, IN_PERSON, LoginAct, PostAct

HOLDER_IS_TOLD = frozenset({PostAct.GIVEN, PostAct.ENDED, PostAct.HANDED_OVER})
"""What else is done to a post its holder did himself, or hears of otherwise."""
USER_IS_TOLD = frozenset({LoginAct.RESET, LoginAct.DISABLED, LoginAct.ENABLED})
"""A login that is made is handed over with its password."""
_A_DAY = timedelta(days=1)


def has_reason(reason: str) -> Refusal | None:
    """Refuse to change who decides without saying why."""
    return None if reason.strip() else Refusal("no_reason", "没有填写事由。", "请写明事由，将记入变动记录。")


def keeps_its_place(post: Post, by: Actor, at: datetime) -> Refusal | None:
    """Refuse whoever does not keep the posts there."""
    if keeps_posts_of(by, post.place, at):
        return None
    return Refusal("not_yours", f"您当前的任职不能管理{post.place}的任职。", "请由当地协调办公室或系统管理员办理。")


def is_not_himself(user: User, by: Actor) -> Refusal | None:
    """Refuse to give oneself a post."""
    if user.pk != by.user_id:
        return None
    return Refusal("himself", "不能给自己任职。", "请由另一位管理人员办理。")


def is_active(user: User) -> Refusal | None:
    """Refuse an account that is switched off."""
    if user.is_active:
        return None
    return Refusal("inactive", f"{user}的账号已停用。", "请另选人员，或先启用账号。")


def fits_its_place(post: Post) -> Refusal | None:
    """Refuse a role of an organization in a region, and the reverse."""
    if (post.role in IN_ORGANIZATIONS) == (post.organization is not None) and bool(post.region) != bool(
        post.organization
    ):
        return None
    return Refusal("misplaced", "角色与所选区域或单位不符。", "单位经办类角色请选单位，其他角色请选区域。")


def has_days_to_come(post: Post, today: date) -> Refusal | None:
    """Refuse days out of order, and a post that would be over already."""
    if post.ends and post.ends < post.starts:
        return Refusal("days_order", "止日不能早于起日。", "请更正日期。")
    if post.starts < today:
        return Refusal("days_past", "起日不能早于今天。", "请更正日期。")
    return None


def is_not_held_yet(wanted: Post, known: Iterable[Post]) -> Refusal | None:
    """Refuse a post that the same user holds on any of the days."""
    if not any(_meet(wanted, post) for post in known):
        return None
    return Refusal("held_already", f"{wanted.user}在这些日期已有同一任职。", "无需重复任职；可先结束原任职。")


def _meet(one: Post, other: Post) -> bool:
    return (other.ends is None or one.starts <= other.ends) and (one.ends is None or other.starts <= one.ends)


def may_end_on(post: Post, ends: date, today: date) -> Refusal | None:
    """Refuse to end a post in the past, before it begins, or later than it ends anyway."""
    if ends < today - _A_DAY:
        return Refusal("days_past", "最后一日不能早于昨天。", "已经过去的日子里的办理不能改为无效。")
    if ends < post.starts:
        return Refusal("days_order", f"该任职自{written_day(post.starts)}起，不能在此之前结束。", "请更正日期。")
    if post.ends and post.ends <= ends:
        return Refusal("ends_already", f"该任职至{written_day(post.ends)}止。", "无需再次办理。")
    return None


def may_be_handed_over(post: Post) -> Refusal | None:
    """Refuse to hand over what is a person's own work."""
    if post.role not in IN_PERSON:
        return None
    return Refusal("in_person", f"{post.get_role_display()}的事项由本人办理，不能移交。", "请结束任职，另行指派。")


def may_be_substituted(post: Post, by: Actor, at: datetime) -> Refusal | None:
    """Refuse whoever neither holds the post nor keeps those of its place, and what is a person's own work."""
    if post.role in IN_PERSON:
        return Refusal("in_person", f"{post.get_role_display()}的事项由本人办理，不能委托。", "请另行指派。")
    if may_substitute(by, post, at):
        return None
    return Refusal("not_yours", "只能委托本人的任职，代他人办理的任职不能再委托。", "请由任职人本人或管理人员办理。")


def is_another(post: Post, substitute: User, by: Actor) -> Refusal | None:
    """Refuse the holder himself, and whoever gives it."""
    if substitute.pk == post.user_id:
        return Refusal("himself", "不能委托给任职人本人。", "请另选人员。")
    return Refusal("himself", "不能委托给自己。", "请由另一位管理人员办理。") if substitute.pk == by.user_id else None


def has_sound_days(post: Post, starts: date, ends: date, today: date) -> Refusal | None:
    """Refuse days out of order, days past, and days on which the post is nobody's."""
    if ends < starts:
        return Refusal("days_order", "止日不能早于起日。", "请更正日期。")
    if starts < today:
        return Refusal("days_past", "起日不能早于今天。", "已经过去的日子不能补办委托。")
    if starts < post.starts or (post.ends and post.ends < ends):
        until = f"至{written_day(post.ends)}" if post.ends else ""
        return Refusal("beyond_post", f"任职自{written_day(post.starts)}起{until}，委托须在其内。", "请更正日期。")
    return None


def is_near(substitute: User, near: bool) -> Refusal | None:
    """Refuse whoever sits neither in the same place nor right above or below."""
    if near:
        return None
    who = "同一机构、上一级或下一级同类机构"
    return Refusal("too_far", f"{substitute}不是{who}的在任人员。", "请从列出的人员中选择。")


def is_free(taken: Iterable[Substitution]) -> Refusal | None:
    """Refuse a second substitute on the same days."""
    other = next(iter(taken), None)
    if other is None:
        return None
    days = f"{written_day(other.starts)}至{written_day(other.ends)}"
    return Refusal("taken", f"{days}已委托{other.substitute}代办。", "请先提前结束原委托，或更正日期。")


def may_be_ended(substitution: Substitution, by: Actor, at: datetime) -> Refusal | None:
    """Refuse a stranger, and what is over."""
    if not may_end_it(by, substitution, at):
        return Refusal("not_yours", "您不是这一委托的当事人。", "请由委托人、代办人或管理人员办理。")
    if substitution.ended or substitution.ends < timezone.localdate(at):
        return Refusal("over", "这一委托已经结束。", "无需再次办理。")
    return None


def keeps_its_file(person: Person, by: Actor, at: datetime) -> Refusal | None:
    """Refuse whoever does not register the people of the unit."""
    if keeps_file_of(by, person, at):
        return None
    return Refusal("not_yours", "您当前的任职不能办理该单位人员的档案。", "请由该单位（派出单位）经办人办理。")


def keeps_both_units(person: Person, to: Organization, by: Actor, at: datetime) -> Refusal | None:
    """Refuse whoever does not keep the posts where the person is, and where he goes."""
    if person.unit and all(keeps_posts_of(by, unit.region, at) for unit in (person.unit, to)):
        return None
    return Refusal("not_yours", "两个单位不都在您管理的范围内。", "请由上级协调办公室或系统管理员办理。")


def is_another_unit(person: Person, to: Organization) -> Refusal | None:
    """Refuse to move somebody to where he is."""
    if person.unit_id != to.pk:
        return None
    return Refusal("there_already", f"{person}已在{to}。", "请另选单位。")


def is_born_before(person: Person, today: date) -> Refusal | None:
    """Refuse a day of birth to come."""
    if person.birth_date is None or person.birth_date < today:
        return None
    return Refusal("born_later", "出生日期不能晚于今天。", "请更正日期。")


def is_as_seen(seen: int, now: int) -> Refusal | None:
    """Refuse to write over what was corrected since the form was opened."""
    if seen == now:
        return None
    return Refusal("changed", "您打开此页后，档案已由他人更正。", "请返回查看最新内容，再作更正。")


def changes_something(number: int) -> Refusal | None:
    """Refuse a correction that leaves everything as it is."""
    return None if number else Refusal("nothing_changed", "没有改动任何一项。", "请填写要更正的内容。")


def is_his_to_keep(user: User, is_kept: bool, by: Actor) -> Refusal | None:
    """Refuse one's own login, and one that opens more than lies in one's own places."""
    if user.pk == by.user_id:
        return Refusal("himself", "不能重设、停用或启用自己的账号。", "本人请用“修改密码”；其他由另一位管理人员办理。")
    if is_kept:
        return None
    return Refusal("not_yours", f"{user}的账号不在您管理的范围内。", "请由上级协调办公室或系统管理员办理。")


def may_have_a_login(person: Person, is_kept: bool) -> Refusal | None:
    """Refuse a person of elsewhere, and one who has a login."""
    if not is_kept:
        return Refusal("not_yours", "您当前的任职不能为该人员建立账号。", "请由其单位经办人办理。")
    if getattr(person, "user", None) is None:
        return None
    return Refusal("has_login", f"{person}已有账号。", "忘记密码的，请重设密码。")


def keeps_a_place(by: Actor, at: datetime) -> Refusal | None:
    """Refuse whoever keeps no posts a login for a colleague without a file."""
    if places_kept(by, at):
        return None
    return Refusal("not_yours", "您当前的任职只能为本单位已登记的人员建立账号。", "请先登记人员。")


def is_to_be_switched(user: User, on: bool) -> Refusal | None:
    """Refuse to switch a login to what it is."""
    if user.is_active != on:
        return None
    return Refusal("switched_already", f"{user}的账号已{'启用' if on else '停用'}。", "无需再次办理。")
