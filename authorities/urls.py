"""Addresses of pages about people. allauth's own pages are included by the project."""

from django.urls import path

from authorities import deputies, token_pages, views

urlpatterns = [
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/demonstration/<int:pk>/", views.demo_sign_in, name="demo_sign_in"),
    path("accounts/acting-for/", views.switch_organisation, name="switch_organisation"),
    # People do not change their own e-mail address: it is how an administrator knows them.
    path("accounts/email/", views.not_offered),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/new/", deputies.deputy_new, name="deputy_new"),
    path("deputies/<int:pk>/end/", deputies.deputy_end, name="deputy_end"),
    path("tokens/", token_pages.tokens, name="api_tokens"),
    path("tokens/new/", token_pages.token_new, name="api_token_new"),
    path("tokens/<int:pk>/revoke/", token_pages.token_revoke, name="api_token_revoke"),
    path("accessibility/", views.accessibility_statement, name="accessibility_statement"),
]
