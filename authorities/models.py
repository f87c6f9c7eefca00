"""Who takes part: partnerships, organisations, their accountable bodies, and people with roles."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from authorities.dated import DatedQuerySet, holds
from authorities.identifiers import ORG_ID, PREFIX_OF_360GIVING, formed
from authorities.roles import ROLES, Permission, Role, RoleRow
from authorities.tokens import ApiToken

__all__ = [  # ApiToken has a file of its own; Django looks for models here
    "AccountableBody",
    "ApiToken",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Partnership",
    "User",
]


class Partnership(models.Model):
    """A police force area's violence reduction partnership. Owns organisations, grants and a board."""

    name = models.CharField(max_length=120, unique=True)
    police_force_code = models.CharField(max_length=9, help_text="Like E23000036.")
    board_name = models.CharField(max_length=160)
    # A copy to practise in, of a real partnership. Every page of it says so, and it sends no e-mail.
    training_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="training_copies"
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("police_force_code",),
                condition=Q(training_for__isnull=True),
                name="partnership_code_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_training(self) -> bool:
        return self.training_for_id is not None


class OrganisationKind(models.TextChoices):
    OPCC = "opcc", "Office of the Police and Crime Commissioner"
    LOCAL_AUTHORITY = "local_authority", "Local authority"
    POLICE = "police", "Police"
    BOARD = "board", "Board"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def of(self, partnership: Partnership) -> OrganisationQuerySet:
        return self.filter(partnership=partnership)

    def making_returns(self) -> OrganisationQuerySet:
        """Those that receive money, and so return what they spent."""
        return self.exclude(kind=OrganisationKind.BOARD)


class Organisation(models.Model):
    """The OPCC, a local authority, the police or the board of a partnership."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="organisations")
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40, help_text="Used in tables and charts.")
    position = models.PositiveSmallIntegerField(help_text="The same order in every table and chart.")
    publisher_prefix = models.CharField(
        "360Giving prefix",
        max_length=40,
        blank=True,
        db_default="",
        help_text="The OPCC's, like 360G-Example.",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("partnership", "name"), name="organisation_name_once"),
            models.UniqueConstraint(fields=("partnership", "position"), name="organisation_position_once"),
            formed(
                "publisher_prefix", PREFIX_OF_360GIVING, name="publisher_prefix_is_one", like="360G-Example"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_local_authority(self) -> bool:
        return self.kind == OrganisationKind.LOCAL_AUTHORITY

    @property
    def is_police(self) -> bool:
        return self.kind == OrganisationKind.POLICE


class AccountableBody(models.Model):
    """The legal body that answered for an organisation's money between two dates.

    Somerset County Council became Somerset Council on 1 April 2023: one organisation, two bodies.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="accountable_bodies")
    name = models.CharField(max_length=120)
    gss_code = models.CharField("GSS code", max_length=9, blank=True)
    org_id = models.CharField(
        "organisation id", max_length=60, blank=True, db_default="", help_text="Of org-id.guide: GB-LAE-BAS."
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["AccountableBody"].as_manager()

    class Meta:
        ordering = ("organisation", "starts_on")
        verbose_name_plural = "accountable bodies"
        constraints = (
            models.UniqueConstraint(fields=("organisation", "starts_on"), name="accountable_body_start_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="accountable_body_dates_in_order",
            ),
            formed("org_id", ORG_ID, name="accountable_body_org_id_is_one", like="GB-LAE-BAS"),
        )

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who signs in with an e-mail address; no password means none can be typed."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What the person may do comes from memberships, read at every request."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may open the administration pages", default=False)
    is_demo = models.BooleanField("listed on the demonstration's sign-in page", default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class MembershipQuerySet(DatedQuerySet["Membership"]):
    def current(self, on: date) -> Self:
        """Cover ends with the role that it is for, also where that one was ended earlier than was known."""
        principal = Q(deputy_for__ends_on__isnull=True) | Q(deputy_for__ends_on__gte=on)
        return super().current(on).filter(principal)

    def carrying(self, permission: Permission) -> Self:
        """Memberships whose role gives the permission, whenever they hold."""
        roles = [role.value for role, row in ROLES.items() if permission in row.permissions]
        return self.filter(role__in=roles)

    def holding(self, permission: Permission, *, user: User, on: date) -> Self:
        """Memberships that give the person the permission on that day."""
        return self.carrying(permission).current(on).filter(user=user)

    def may(
        self,
        permission: Permission,
        *,
        user: User,
        on: date,
        organisation: Organisation | None = None,
        partnership: Partnership | None = None,
    ) -> bool:
        """Whether the person may do this for the organisation, or anywhere in the partnership."""
        held = self.holding(permission, user=user, on=on)
        if organisation is not None:
            held = held.filter(organisation=organisation)
        if partnership is not None:
            held = held.filter(organisation__partnership=partnership)
        return user.is_active and held.exists()

    def deputies(self, organisation: Organisation, *, on: date) -> Self:
        """Who stands in for somebody of the organisation, now or later, the first to begin first."""
        coming = self.filter(organisation=organisation, deputy_for__isnull=False, ends_on__gte=on)
        return coming.select_related("user", "deputy_for__user").order_by("starts_on", "pk")

    def covering(self, user: User, *, on: date) -> Self:
        """Who stands in for this person, now or later."""
        coming = self.filter(deputy_for__user=user, ends_on__gte=on)
        return coming.select_related("user", "organisation").order_by("starts_on", "pk")


ROLE_CHOICES = [(role.value, row.label) for role, row in ROLES.items()]


@pghistory.track()
class Membership(models.Model):
    """A person's role in one organisation, with dates."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # Dated cover: the membership whose holder the person stands in for.
    deputy_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("organisation__position", "role")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "organisation", "role", "starts_on"), name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="membership_role_known"
            ),
            models.CheckConstraint(
                condition=Q(deputy_for__isnull=True) | Q(ends_on__isnull=False), name="deputy_has_a_last_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user.name}, {self.role_row.label}, {self.organisation.short_name}"

    def clean(self) -> None:
        """Raises ValidationError for a role that an organisation of this kind does not have."""
        if self.organisation_id and self.role and self.organisation.kind not in self.role_row.kinds:
            raise ValidationError(
                {"role": f"Nobody is {self.role_row.label.lower()} in {self.organisation.name}."}
            )

    @property
    def is_training(self) -> bool:
        """Whether it is in a copy to practise in. Needs the partnership loaded."""
        return self.organisation.partnership.is_training

    @property
    def role_row(self) -> RoleRow:
        return ROLES[Role(self.role)]

    @property
    def label(self) -> str:
        """The role, and for whom the person stands in. Load `deputy_for__user` for many."""
        stands_in = f", deputy of {self.deputy_for.user.name}" if self.deputy_for else ""
        return f"{self.role_row.label}{stands_in}"

    def is_current(self, on: date) -> bool:
        """What `current` asks of many rows. Load `deputy_for`."""
        return self.covers(on) and not (self.deputy_for and (self.deputy_for.ends_on or on) < on)

    def covers(self, day: date) -> bool:
        """Whether the role is held on the day."""
        return holds(self, day)
