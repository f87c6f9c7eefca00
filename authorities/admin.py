"""Administration of people and organisations, for the role that may. Money is not here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from authorities.access import acting
from authorities.models import AccountableBody, Membership, Organisation, Partnership, User
from authorities.roles import Permission

admin.site.site_header = "VRU portal: administration"
admin.site.site_title = "VRU portal"
admin.site.index_title = "People and reference data"
admin.site.unregister(Group)


class ForAdministrators:
    """What pages and their inlines share: for the role that may, within its own partnership, and no deleting.

    Django's own permissions play no part.
    """

    def _is_administrator(self, request: HttpRequest) -> bool:
        # Reference data are shared by everybody: who practises must not reach them.
        return acting(request).has(Permission.ADMINISTER) and not acting(request).is_training

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "organisation":
            kwargs["queryset"] = Organisation.objects.filter(partnership=acting(request).partnership)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class ByRole(ForAdministrators, admin.ModelAdmin):  # type: ignore[type-arg]
    """A page of the administration."""

    # How a row leads to its partnership; empty for reference data that everybody shares.
    partnership_path = ""
    writable = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.writable and self._is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.writable and self._is_administrator(request)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the filters that the page offers: others could ask for a password's hash letter by letter."""
        offered = {str(name) for name in self.list_filter}
        return any(lookup == name or lookup.startswith(f"{name}__") for name in offered)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if not self.partnership_path:
            return rows
        return rows.filter(**{self.partnership_path: acting(request).partnership}).distinct()


class ReadOnly(ByRole):
    """To look at, for administrators. What moves money changes through the portal's own pages only."""

    writable = False


class InlineByRole(ForAdministrators, admin.TabularInline):  # type: ignore[type-arg]
    """Rows of a page that its administrator may add and change; dates end them."""

    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)


class AccountableBodyInline(InlineByRole):
    model = AccountableBody


class MembershipInline(InlineByRole):
    model = Membership
    # Whom somebody stands in for is the principal's own doing.
    readonly_fields = ("deputy_for",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(organisation__partnership=acting(request).partnership)

    def _is_own(self, request: HttpRequest, user: Any) -> bool:
        return user is not None and user.pk == acting(request).user.pk

    # Nobody gives themselves a role: another administrator does.
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not self._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._is_own(request, obj)


@admin.register(Partnership)
class PartnershipAdmin(ReadOnly):
    list_display = ("name", "police_force_code", "board_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        partnership = acting(request).partnership
        return Partnership.objects.filter(pk=partnership.pk) if partnership else Partnership.objects.none()


@admin.register(Organisation)
class OrganisationAdmin(ByRole):
    list_display = ("name", "kind", "short_name", "position")
    fields = ("kind", "name", "short_name", "position", "publisher_prefix")
    inlines = (AccountableBodyInline,)
    partnership_path = "partnership"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.partnership = acting(request).partnership
        super().save_model(request, obj, form, change)


@admin.register(User)
class UserAdmin(ByRole):
    """People of the partnership, and people who belong nowhere yet. Passwords are set by their owners."""

    list_display = ("name", "email", "is_active", "last_login")
    list_filter = ("is_active", "memberships__role")
    search_fields = ("name", "email")
    fields = ("email", "name", "is_active", "is_staff", "last_login")
    inlines = (MembershipInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Who can change an address can take the person's place by "forgotten password".
        return ("email", "last_login") if obj else ("last_login",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not for somebody who also belongs, or belonged, to another partnership; its copies are no other."""
        allowed = super().has_change_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        here = acting(request).partnership
        elsewhere = obj.memberships.exclude(organisation__partnership=here)
        return not elsewhere.exclude(organisation__partnership__training_for=here).exists()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        partnership = acting(request).partnership
        mine = Q(memberships__organisation__partnership=partnership) | Q(memberships__isnull=True)
        return User.objects.filter(mine, is_superuser=False).distinct()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            # No password can be typed until the person has set one by "forgotten password".
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
