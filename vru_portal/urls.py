"""Every address of the portal. The apps own theirs; only third-party pages are named here."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from health_check.views import HealthCheckView

from authorities.access import public

health = public(HealthCheckView.as_view(checks=["health_check.checks.Cache", "health_check.checks.Database"]))

# One door: the administration pages share the sign-in page, its limits and its second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("authorities.urls")),
    path("", include("funding.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/two-step/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("healthz/", health, name="health"),
]

handler400 = "authorities.views.bad_request"
handler403 = "authorities.views.permission_denied"
handler404 = "authorities.views.page_not_found"
handler500 = "authorities.views.server_error"
