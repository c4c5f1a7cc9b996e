"""The least Django site around customersatisfactionmetrics: its survey view, with which answers are stored."""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path

FILE = Path(os.environ["DATA_DIR"]) / "metrics.db"

settings.configure(
    SECRET_KEY="of a benchmark",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SURVEY_SELF_POST=True,  # otherwise its view thanks and stores nothing
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "customersatisfactionmetrics",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FILE)}},
)  # fmt: skip
django.setup()

urlpatterns = [
    path("healthz", lambda _request: HttpResponse("ok")),
    path("", include("customersatisfactionmetrics.urls")),
]


def _prepare() -> None:
    from customersatisfactionmetrics.models import Question, Survey

    call_command("migrate", verbosity=0)
    survey, is_new = Survey.objects.get_or_create(slug="bench", defaults={"title": "Bench", "survey_type": "NPS"})
    if is_new:
        Question.objects.create(survey=survey, text="How likely?", response_type="INT")


_prepare()
app = get_wsgi_application()
