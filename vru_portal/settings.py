"""Settings, read from the environment. Every missing or unsafe value fails at start with a sentence."""

from pathlib import Path

import structlog
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env
from structlog.typing import Processor

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

DEBUG = env.bool("DEBUG", False)
# Demonstration mode lists the demo people on the sign-in page, one click each. Never with real data.
DEMO_MODE = env.bool("DEMO_MODE", False)

# --- Where the portal answers ---------------------------------------------------------------
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
if DEMO_MODE and HTTPS:
    raise ImproperlyConfigured(
        "DEMO_MODE is on and SITE_URL begins with https://. Anyone could sign in as anyone. "
        "Set DEMO_MODE=false, or use a plain http:// address on this machine."
    )
SITE_HOST = SITE_URL.split("//")[-1].split("/")[0].split(":")[0]
if DEMO_MODE and SITE_HOST not in ("127.0.0.1", "localhost"):
    raise ImproperlyConfigured(
        f"DEMO_MODE is on and SITE_URL names {SITE_HOST}. Anyone on that network could sign in as anyone. "
        "Use http://127.0.0.1 with a port, or set DEMO_MODE=false."
    )
if not DEBUG and not DEMO_MODE and not HTTPS and not env.bool("ALLOW_PLAIN_HTTP", False):
    raise ImproperlyConfigured(
        "SITE_URL must begin with https:// outside the demonstration. Set SITE_URL to the public "
        "address, for example SITE_URL=https://vru.example.org."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [SITE_HOST])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECRET_KEY = env.str("SECRET_KEY", "")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured(
        "SECRET_KEY must be at least 32 characters. Make one with: "
        'python -c "import secrets; print(secrets.token_urlsafe(50))"'
    )

# --- Parts ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_structlog",
    "django_tables2",
    "health_check",
    "pgtrigger",
    "pghistory",
    "authorities",
    "funding",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "authorities.middleware.ImpossibleInputMiddleware",
    "authorities.access.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]
ROOT_URLCONF = "vru_portal.urls"
WSGI_APPLICATION = "vru_portal.wsgi.application"
TEMPLATES = [
    {
        # Our own pages. Admin and other third-party pages fall through to Django's engine below.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "vru_portal.pages.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "vru_portal.pages.FormRenderer"
# Named here because the wiring may not know the apps: what pages say about money, dates and the menu.
JINJA_FILTERS = ["authorities.filters.FILTERS", "funding.filters.FILTERS"]
NAVIGATION = "funding.navigation.items"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- Data -----------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=600)}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c lock_timeout=5000 -c statement_timeout=60000"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The cache holds sign-in counters only. It lives in PostgreSQL so that no page waits for Redis.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}
AUTH_USER_MODEL = "authorities.User"
PGHISTORY_APPEND_ONLY = True

# --- Sign-in --------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "authorities.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# --- Sessions, cookies, headers ---------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "authorities.views.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
NODE_MODULES = BASE_DIR / "node_modules"
# Third-party files stay in node_modules: the finder collects only the few that pages use.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("govuk", NODE_MODULES / "govuk-frontend/dist/govuk"),
    ("moj", NODE_MODULES / "@ministryofjustice/frontend/moj"),
    ("plotly", NODE_MODULES / "plotly.js-basic-dist-min"),
    ("root/assets/images", NODE_MODULES / "@ministryofjustice/frontend/moj/assets/images"),
]
STATICFILES_FINDERS = [
    "vru_portal.assets.FrontEndFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",  # the admin's own files
]
# Files of static/root are served at the site's root, where the MOJ styles ask for /assets/images.
WHITENOISE_ROOT = STATIC_ROOT / "root"
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("gz", "br", "png", "jpg", "woff", "woff2", "xlsx", "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Files that people hand in ----------------------------------------------------------------
# Private: pages hand them out, each behind its access rule. Web and worker must share this folder.
FILES_ROOT = Path(env.str("FILES_ROOT", str(BASE_DIR / "var" / "files")))
# On disk from the first byte on, and no more of each file than is ever taken.
FILE_UPLOAD_HANDLERS = ["funding.uploads.BoundedUpload"]
DATA_UPLOAD_MAX_NUMBER_FILES = 50
# The virus scanner, like tcp://clamav:3310 or unix:///run/clamav/clamd.sock. Without one, files are
# marked as not scanned; with one, nothing is handed out before a clean scan.
CLAMD_URL, CLAMD_TIMEOUT = env.str("CLAMD_URL", ""), 30
if CLAMD_URL and not CLAMD_URL.startswith(("tcp://", "unix:///")):
    raise ImproperlyConfigured(
        "Set CLAMD_URL to tcp://host:3310 or unix:///path/clamd.sock, or leave it empty."
    )

# --- Language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

# --- E-mail -----------------------------------------------------------------------------------
# By GOV.UK Notify where there is a key for it, else as EMAIL_BACKEND says.
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", "")
NOTIFY_TEMPLATE_ID = env.str("NOTIFY_TEMPLATE_ID", "")
NOTIFY_BASE_URL = env.str("NOTIFY_BASE_URL", "https://api.notifications.service.gov.uk")
if bool(NOTIFY_API_KEY) != bool(NOTIFY_TEMPLATE_ID):
    raise ImproperlyConfigured(
        "NOTIFY_API_KEY and NOTIFY_TEMPLATE_ID go together. Set both to send by GOV.UK Notify: the key, "
        "and the number of a template made of ((subject)) and ((body)). Or set neither."
    )
EMAIL_BACKEND = env.str("EMAIL_BACKEND", "") or "django.core.mail.backends.console.EmailBackend"
if NOTIFY_API_KEY:
    EMAIL_BACKEND = "funding.notify.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "VRU portal <no-reply@vru.example>")

# --- Background jobs --------------------------------------------------------------------------
# Redis loses work by default. Acknowledge late, give back what a killed worker held, JSON only;
# and every job is a recomputation that a sweep repeats, so a lost message loses nothing.
CELERY_BROKER_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"

# --- Logs -------------------------------------------------------------------------------------
# One line of JSON an event, with the request's or the job's number, from our code and from libraries.
SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": SHARED_PROCESSORS,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
