"""The WSGI entry for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianzhu.settings")
application = get_wsgi_application()
# What is loaded stays: no request waits while a full collection looks through it.
gc.freeze()
