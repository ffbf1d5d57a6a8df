"""All settings, in one file. Each is an environment variable with a default for the embedded parts.

`docs/operator.md` lists them; a bad value refuses to start (`jianzhu/environment.py`).
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from jianzhu import environment as env

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.text("JIANZHU_VAR", str(ROOT / "var")))

DEBUG = False
# Production sets PRODUCTION=1, which makes every secret below mandatory and cookies HTTPS-only.
PRODUCTION = env.flag("PRODUCTION", False)


def _secret(name: str, file: str) -> str:
    """A secret from the environment; on a trial machine one made once and kept in var/ (0600)."""
    value = env.text(name, "")
    if value or PRODUCTION:
        if len(value) < 32:
            raise env.BadSetting(name, "***", "set a random secret of at least 32 characters")
        return value
    from jianzhu.kernel.keys import kept_secret

    return kept_secret(VAR / "keys" / file)


SECRET_KEY = _secret("SECRET_KEY", "secret_key")
# The key that wraps each person's own key, and the key of the blind index (see kernel/vault.py).
VAULT_KEY = _secret("VAULT_KEY", "vault_key")
BLIND_INDEX_KEY = _secret("BLIND_INDEX_KEY", "blind_index_key")

# Signs the heads of the audit log; AUDIT_ORIGIN is the log's own name in them (c2sp.org/tlog-checkpoint).
AUDIT_KEY = _secret("AUDIT_KEY", "audit_key")
AUDIT_ORIGIN = env.text("AUDIT_ORIGIN", "jianzhu.localhost/log")
# Where the witness keeps its key and what it saw: on its own machine where that can be. A server that
# can't read the folder is told the witness's public key instead.
WITNESS_NAME = env.text("WITNESS_NAME", "jianzhu.localhost/witness")
WITNESS_DIR = Path(env.text("WITNESS_DIR", str(VAR / "witness")))
WITNESS_VKEY = env.text("WITNESS_VKEY", "")

ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "jianzhu.apps.JianzhuConfig",
    "workers_app.apps.WorkersConfig",
    "projects.apps.ProjectsConfig",
    "settlements.apps.SettlementsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jianzhu.web.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "jianzhu.urls"
WSGI_APPLICATION = "jianzhu.wsgi.application"
AUTH_USER_MODEL = "jianzhu.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "jianzhu.web.menu.menu",
            ]
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise env.BadSetting("DATABASE_URL", parts.scheme, "use postgresql://user:password@host/db")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Only `kernel.db.prepared` prepares; Django's own statements never do.
        "OPTIONS": {"application_name": "jianzhu", "prepare_threshold": 5},
    }


def _databases() -> tuple[str, str]:
    """(whom the site serves as, whom it migrates as); on the embedded server both are made."""
    given = env.text("DATABASE_URL", "")
    if given or PRODUCTION:
        return given, env.text("DATABASE_OWNER_URL", given)
    from jianzhu.embedded.postgres import database_urls

    return database_urls()


def _sandbox_bank_url() -> str:
    """This checkout's own sandbox bank; another checkout's has another port."""
    from jianzhu.kernel.keys import kept_port

    return f"http://127.0.0.1:{kept_port(VAR / 'bank' / 'port')}"


_served, _owned = _databases()
DATABASES = {"default": _database(_served)}
# Who owns the tables and migrates them; the same as who serves where only one was given.
DATABASE_OWNER = _database(_owned)
# The roles that `manage.py database_roles` makes (jianzhu/kernel/roles.py).
DATABASE_APP_ROLE = "jianzhu_app"
DATABASE_AUDITOR_ROLE = env.text("DATABASE_AUDITOR_ROLE", "jianzhu_auditor")

# Empty: no broker, the relay calls the tasks itself. amqp://… (RabbitMQ) or redis://… otherwise.
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "")
# How long a message stays with whoever took it before another may: the delay after a crash or a
# broker that lost its hints.
OUTBOX_LEASE_SECONDS = env.whole("OUTBOX_LEASE_SECONDS", 60, 1, 3_600)
# Of the disk under JIANZHU_VAR: from when on /healthz is red, and from when on payouts stop.
DISK_ALARM_PERCENT = env.whole("DISK_ALARM_PERCENT", 90, 1, 100)
DISK_STOP_PERCENT = env.whole("DISK_STOP_PERCENT", 97, 1, 100)
# How long a webhook's sender may take for its body.
WEBHOOK_BODY_SECONDS = env.whole("WEBHOOK_BODY_SECONDS", 10, 1, 600)

# Cores that one planner process may use; other planner processes that share a search's work with it.
PLANNER_CORES = env.whole("PLANNER_CORES", 2, 1, 256)
PLANNER_HELPERS = env.whole("PLANNER_HELPERS", 0, 0, 256)

# Where the sandbox bank listens.
SANDBOX_BANK_URL = env.text("SANDBOX_BANK_URL", "") or _sandbox_bank_url()
SANDBOX_BANK_TOKEN = _secret("SANDBOX_BANK_TOKEN", "sandbox_bank_token")
# How long a changed payee account waits before its first payment.
PAYEE_HOLD_HOURS = env.whole("PAYEE_HOLD_HOURS", 72, 0, 720)

# Stripe Connect: off without a key. Two webhook secrets are valid while one replaces the other.
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "")
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "")
STRIPE_WEBHOOK_SECRETS = env.listing("STRIPE_WEBHOOK_SECRETS", "")

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
# "console" prints one-time codes to the server's output: for trial machines only.
OTP_SENDER = env.text("OTP_SENDER", "console")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "jianzhu" / "locale"]
USE_I18N = True
USE_TZ = True
# Of the process, and of pages that belong to no site: days and hours of work are the site's own.
TIME_ZONE = env.zone("TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"

# A device body may carry a picture; anything larger is refused before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["jianzhu.access.authentication.SessionOrToken"],
    "DEFAULT_PERMISSION_CLASSES": ["jianzhu.access.permissions.PolicyPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["jianzhu.web.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "jianzhu.web.openapi.Operation",
    "EXCEPTION_HANDLER": "jianzhu.web.problems.handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jianzhu",
    "VERSION": "1",
    "DESCRIPTION": "Crews, attendance, acceptance, wages and their settlement.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "jianzhu.web.openapi.tell_all",
    ],
    "SERVE_PERMISSIONS": ["jianzhu.access.permissions.PolicyPermission"],
    # Gates know three sides, phones five: each set of choices has its own name.
    "ENUM_NAME_OVERRIDES": {
        "PassageSide": "projects.attendance.phones.serializers.SIDES",
        "GateSide": "projects.sites.models.Device.DIRECTIONS",
    },
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
