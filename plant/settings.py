"""All settings, from the environment. `manage.py up` makes them for a bare machine; elsewhere they are given.

Required: SECRET_KEY (signs sessions) and API_KEY_PEPPER (keys the hash of partners' keys), 32 characters and more each;
DATABASE_URL (the application's role), REDIS_URL, ALLOWED_HOSTS (the names people type, separated by commas).
DATABASE_OWNER_URL (the role that migrates) is needed by `migrate`, the tests and scratch databases only.
May be given: CSRF_TRUSTED_ORIGINS, PLANT_HTTPS, PLANT_POOLED, PLANT_QUEUE, PLANT_STATIC_ROOT, API_CALLS_PER_MINUTE,
PLANT_BACKUP_DIR, PLANT_BACKUPS_KEPT, METRICS_TOKEN, LOG_LEVEL (docs/operation.md). Where any is missing or wrong
nothing starts, and all of them are named.
"""

from pathlib import Path
from typing import Any

import environ
import structlog

from plant.api.tokens import mask_keys
from plant.given import Given

given = Given()
SECRET_KEY = given.secret("SECRET_KEY")
API_KEY_PEPPER = given.secret("API_KEY_PEPPER")
DATABASE_URL = given.address("DATABASE_URL", "postgresql", "postgres")
DATABASE_OWNER_URL = given.address("DATABASE_OWNER_URL", "postgresql", "postgres", required=False)
REDIS_URL = given.address("REDIS_URL", "redis", "rediss")
ALLOWED_HOSTS = given.hosts("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = given.origins("CSRF_TRUSTED_ORIGINS")
HTTPS = given.yes("PLANT_HTTPS", default=True)  # false only on loopback and behind no proxy
POOLED = given.yes("PLANT_POOLED", default=False)  # true in the web processes, one pool each
QUEUE = given.text("PLANT_QUEUE", default="plant")
STATIC_ROOT = given.text("PLANT_STATIC_ROOT", default="") or None  # where collectstatic puts the files, with hashes
API_CALLS_PER_MINUTE = given.count("API_CALLS_PER_MINUTE", default=600)  # per partner's key
BACKUP_DIR = given.folder("PLANT_BACKUP_DIR")  # a backup is made there every night
BACKUPS_KEPT = given.count("PLANT_BACKUPS_KEPT", default=30)
METRICS_TOKEN = given.secret("METRICS_TOKEN", required=False)  # who scrapes /metrics from another machine shows it
LOG_LEVEL = given.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), default="INFO")
given.judge()

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widgets' templates, drawn by our own renderer
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "template_partials",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "plant",
    "plant.recompute",
    "plant.api",
    "plant.records",
    "plant.inventory",
    "plant.limits",
    "intake",
    "processing",
    "shipments",
    "plant.floor",
    "plant.dashboard",
    "plant.operation",
    "plant.demo",
]

MIDDLEWARE = [
    "plant.operation.metrics.Counted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "plant.web.SecurityHeaders",
    "plant.api.problems.Problems",
    "plant.web.Readable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "plant.web.People",
]

ROOT_URLCONF = "plant.urls"
WSGI_APPLICATION = "plant.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "plant.User"
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",  # memory-hard, in Python's own library
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "plant.templatetags.plant"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plant.web.frame",
            ],
        },
    }
]
FORM_RENDERER = "plant.web.FormRenderer"

_timeouts = " ".join(
    (
        "-c lock_timeout=3s",
        "-c statement_timeout=10s",
        "-c idle_in_transaction_session_timeout=30s",
        "-c client_connection_check_interval=1s",  # a statement whose process was killed must not keep its locks
        "-c random_page_cost=1.1",  # disks without arms: else a day's flows are joined by reading all containers
        "-c jit=off",  # compiling a plan takes longer than any page may
    )
)


def server(url: str) -> dict[str, Any]:
    """The address of a database as Django takes it."""
    database: dict[str, Any] = environ.Env.db_url_config(url)
    return {**database, "ENGINE": "django.db.backends.postgresql"}


def _database(url: str, *, pooled: bool) -> dict[str, Any]:
    database = server(url)
    options = database.setdefault("OPTIONS", {})
    options |= {"options": _timeouts, "connect_timeout": 2}
    database["CONN_HEALTH_CHECKS"] = True  # no page fails on a connection that a restart of PostgreSQL has cut
    if pooled:
        # There are as many connections as threads: who waits for one waits for a PostgreSQL that is away.
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 2, "reconnect_timeout": 2}
    else:
        database["CONN_MAX_AGE"] = 60
    return database


DATABASES = {"default": _database(DATABASE_URL, pooled=POOLED)}

PGHISTORY_DEFAULT_TRACKERS: tuple[Any, ...] = ()
PGHISTORY_APPEND_ONLY = True


def _trackers() -> tuple[Any, ...]:
    import pghistory

    return (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


PGHISTORY_DEFAULT_TRACKERS = _trackers()

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS: list[str] = []  # no page takes a file
CSRF_FAILURE_VIEW = "plant.views.csrf_failed"
LOCKED_VIEW = "plant.floor.people.locked"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]  # those whose catalogue is complete
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
USE_TZ = True
TIME_ZONE = "UTC"  # each page is shown in its site's zone

STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
_collected = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_in_place = "django.contrib.staticfiles.storage.StaticFilesStorage"  # tests: served from where they lie
STORAGES = {
    "staticfiles": {"BACKEND": _collected if STATIC_ROOT else _in_place},
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = QUEUE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 20
CELERY_TASK_TIME_LIMIT = 25  # below the visibility timeout, else a task runs twice
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # else a worker gives up after an hour without its broker
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 30,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "health_check_interval": 10,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "plant.operation.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "daily-runs": {"task": "plant.operation.tasks.start_daily_runs", "schedule": 3600.0},
    "sweep-recompute": {"task": "plant.recompute.tasks.sweep", "schedule": 60.0},
    "refresh-utilization": {"task": "plant.limits.tasks.refresh_utilization", "schedule": 300.0},
}
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # `People` names the person; a line in the log never asks the database

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["plant.api.keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["plant.api.keys.HasKey"],
    "DEFAULT_THROTTLE_CLASSES": ["plant.api.throttle.PerKey"],
    "DEFAULT_RENDERER_CLASSES": ["plant.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": None,
    "EXCEPTION_HANDLER": "plant.api.problems.problem_details",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Blackmass partners' API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "plant.api.openapi.complete",
    ],
}

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
                mask_keys,
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
