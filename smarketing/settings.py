"""Settings of a workspace: paths, environment, applications, middleware, data, security, then one block a library.

Every variable of the environment is listed in `.env.example`.
"""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from environs import Env

from smarketing.embedded import places
from smarketing.environment import password_sign_in, secret_key, single_sign_on, webhook_networks

django_stubs_ext.monkeypatch()

# Paths
BASE_DIR = Path(__file__).resolve().parent.parent

# Environment
env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

DEBUG = env.bool("DEBUG", default=False)
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).expanduser().resolve()
DATABASE_URL = env.str("DATABASE_URL", default="")
EMBEDDED = not DATABASE_URL
# Behind a proxy on the same machine it is others who come, whatever the address it listens on.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
ON_LOOPBACK = HOST in ("127.0.0.1", "localhost", "::1") and not BEHIND_PROXY
BASE_URL = (env.str("BASE_URL", default="") or f"http://{f'[{HOST}]' if ':' in HOST else HOST}:{PORT}").rstrip("/")
DEMO = env.bool("DEMO", default=EMBEDDED and ON_LOOPBACK)

# Applications, the lowest floor first
INSTALLED_APPS = [
    "django.contrib.auth",  # first, since workspace.staff replaces its pages of the administration
    "workspace.people",
    "workspace.journal",
    "workspace.options",
    "workspace.files",
    "workspace.money",
    "workspace.hooks",
    "workspace.jobs",
    "workspace.remarks",
    "workspace.notices",
    "workspace.api",
    "workspace.pages",
    "workspace.worktime",
    "workspace.commitments",
    "workspace.security",
    "workspace.bell",
    "workspace.integrations",
    "workspace.staff",
    "leads.funnel",
    "leads.audience",
    "leads.records",
    "leads.imports",
    "smarketing",
    "django.contrib.admin",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
]

# Middleware
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "workspace.api.problems.ApiProblemsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workspace.people.middleware.ReaderTimeZoneMiddleware",
    "workspace.security.middleware.LastSeenMiddleware",
    "workspace.journal.middleware.WayMiddleware",
    "workspace.security.middleware.SecondFactorMiddleware",
    "workspace.pages.middleware.ErrorPagesMiddleware",
]

ROOT_URLCONF = "smarketing.urls"
WSGI_APPLICATION = "smarketing.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspace.pages.context.shell",
                "workspace.security.context.entrance",
            ],
            "builtins": ["workspace.pages.templatetags.kit", "django.templatetags.i18n"],
        },
    }
]

# Data
DATABASES = {
    "default": (
        {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "smarketing",
            "USER": "smarketing",
            "HOST": str(places.socket_dir(DATA_DIR)),
            "PORT": "5432",
        }
        if EMBEDDED
        else env.dj_db_url("DATABASE_URL")
    )
}
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": (
        env.dj_cache_url("CACHE_URL")
        if env.str("CACHE_URL", default="")
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "workspace_cache"}
    )
}

MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_242_880
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "workspace.pages.npm.NpmFinder",
]
# The files of npm packages that pages use, by the name under which they are served.
NPM_ROOT = BASE_DIR / "node_modules"
NPM_FILES = {
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "vendor/inter/index.css": "@fontsource-variable/inter/index.css",
    "vendor/inter/files/": "@fontsource-variable/inter/files/*-wght-normal.woff2",
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Security
SECRET_KEY = secret_key(env, DATA_DIR, embedded=EMBEDDED)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if ON_LOOPBACK else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
AUTH_USER_MODEL = "workspace_people.Person"
AUTHENTICATION_BACKENDS = ["workspace.security.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not (DEBUG or ON_LOOPBACK)
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 0 if DEBUG or ON_LOOPBACK else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Mail
if env.str("EMAIL_URL", default=""):
    globals().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 20  # seconds; a mail server that takes longer is tried again later
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="smarketing <smarketing@localhost>")

# Webhooks
WEBHOOK_NETWORKS = webhook_networks(env)

# Celery
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="") or "filesystem://"
if CELERY_BROKER_URL == "filesystem://":
    CELERY_BROKER_TRANSPORT = "smarketing.embedded.broker:Transport"
    CELERY_WORKER_POOL = "smarketing.embedded.pool:TaskPool"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "control_folder": str(DATA_DIR / "queue-control"),
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
else:
    # Whoever sends a message does not try again: the work is in the database anyway. Kombu would, for six seconds.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0}
    if CELERY_BROKER_URL.startswith(("redis:", "rediss:")):
        # One that is there and silent would be waited for without an end.
        CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_timeout": 3.0, "socket_connect_timeout": 3.0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # worker and clock wait for a broker however long it is away
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "take up jobs that wait or whose worker died": {"task": "workspace.jobs.sweep", "schedule": 5.0},
    "mail invitations whose message was lost": {"task": "workspace.staff.sweep_invitations", "schedule": 60.0},
    "mail what people must know of their sign-in": {"task": "workspace.security.sweep_alerts", "schedule": 60.0},
    "forget sessions that have ended": {"task": "workspace.security.forget_ended_sessions", "schedule": 86_400.0},
    "let go of files that were kept long enough": {"task": "workspace.files.sweep", "schedule": 3_600.0},
    "forget answers of the API that were kept for a day": {"task": "workspace.api.forget_answers", "schedule": 3_600.0},
    "send the mails and digests of notices": {"task": "workspace.notices.send_mails", "schedule": 15.0},
    "deliver what webhooks tell": {"task": "workspace.hooks.deliver", "schedule": 5.0},
    "let go of what webhooks told": {"task": "workspace.hooks.forget", "schedule": 86_400.0},
    "let go of old notices": {"task": "workspace.notices.forget", "schedule": 86_400.0},
    "make the indexes that an import left behind": {
        "task": "leads.imports.make_indexes_good",
        "schedule": 60.0,
    },
    "delete what has lain in the bin long enough": {"task": "leads.records.empty_bin", "schedule": 3_600.0},
    "see to the indexes of own fields": {"task": "leads.records.index_own_fields", "schedule": 300.0},
    "look at promises that fall due": {"task": "workspace.commitments.tick", "schedule": 5.0},
    "make next month's journal partitions": {"task": "workspace.journal.make_partitions", "schedule": 86_400.0},
}

# allauth
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
# Beside allauth's own; mail providers press the links of many readers from few addresses.
ACCOUNT_RATE_LIMITS = {"stop_notices": "120/m/ip"}
ACCOUNT_ADAPTER = "workspace.security.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
MFA_ADAPTER = "workspace.security.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people come by a mailed invitation, and administrators alone change an address
MFA_TOTP_TOLERANCE = 1  # the code before and the one after count, too: telephones go wrong, and typing takes a while
MFA_FORMS = {
    "add_webauthn": "workspace.security.forms.AddPasskeyForm",
    "authenticate": "workspace.security.forms.CodeForm",
    "reauthenticate": "workspace.security.forms.CodeAgainForm",
}
OIDC = single_sign_on(env)
OIDC_ASKS_SECOND_FACTOR = env.bool("OIDC_ASKS_SECOND_FACTOR", default=False)
PASSWORD_SIGN_IN = password_sign_in(env, has_single_sign_on=OIDC is not None)
SOCIALACCOUNT_ADAPTER = "workspace.security.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [OIDC]}} if OIDC else {}
# A link, since the content security policy stops forms that lead to other sites; nothing is linked by hand.
SOCIALACCOUNT_LOGIN_ON_GET = True

# REST framework
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "workspace.api.authentication.TokenAuthentication",
        "workspace.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "workspace.api.permissions.InScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "workspace.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "workspace.api.problems.answer",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "smarketing",
    "DESCRIPTION": "The shared workspace of sales and marketing: leads, companies, stages and the agreements on them.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "workspace.api.schema.add_answers"],
    # One name for the two letters, wherever they are given.
    "ENUM_NAME_OVERRIDES": {"DepartmentEnum": "workspace.people.models.Department.Key"},
}

# Logging: one line an event on standard error
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
