"""A phone and its key, its punches with their three times, the fence of a site, and signals of trust."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards


class Phone(models.Model):
    """One installation of the page on one phone, with the public key that it made (ECDSA P-256).

    The private key never leaves the phone; whoever sends a punch on, the signature names its maker.
    """

    installation = models.UUIDField(unique=True)
    public_key = models.BinaryField(
        default=b""
    )  # SubjectPublicKeyInfo, DER; empty: it can make none
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, default="")
    registered_at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        triggers = guards.append_only("phone")


class SiteFence(models.Model):
    """Where a site is, from a day on: a circle or a polygon, corners in ten-millionths of a degree."""

    site = models.ForeignKey("projects.Site", on_delete=models.PROTECT, related_name="fences")
    valid_from = models.DateField()
    corners = models.JSONField()  # [[latitude, longitude], …]
    radius_metres = models.PositiveIntegerField(default=0)
    made_by = models.CharField(max_length=40)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["site", "valid_from"], name="site_fence_once")
        ]
        triggers = guards.append_only("site_fence")


class PhonePunch(models.Model):
    """What a phone said of one passage. (phone, sequence number) is one punch however often it comes.

    Three times are kept: `said_at` by the phone's clock, `received_at` by the server's, `at` corrected.
    `punch_id` is the raw punch that was made of it.
    """

    phone = models.ForeignKey(Phone, on_delete=models.PROTECT, related_name="punches")
    sequence = models.BigIntegerField()
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("projects.Site", on_delete=models.PROTECT, related_name="+")
    punch_id = models.BigIntegerField(unique=True)
    body = models.ForeignKey("projects.DeviceBody", on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    said_at = models.DateTimeField()
    boot = models.CharField(max_length=64, default="")
    monotonic_ms = models.BigIntegerField(default=0)
    received_at = models.DateTimeField()
    at = models.DateTimeField()
    clock = models.CharField(max_length=12)
    direction = models.CharField(max_length=8)
    latitude = models.IntegerField(null=True)
    longitude = models.IntegerField(null=True)
    accuracy_metres = models.PositiveIntegerField(null=True)
    mock = models.BooleanField(default=False)
    photo_sha256 = models.CharField(max_length=64, default="")
    signed = models.BooleanField(default=False)

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["phone", "sequence"], name="phone_punch_once"),
            models.CheckConstraint(condition=Q(at__lte=F("received_at")), name="phone_punch_past"),
        ]
        indexes = [models.Index(fields=["worker", "at"], name="phone_punch_worker_at")]
        triggers = guards.append_only("phone_punch")


class PunchSignal(models.Model):
    """One independent reason to trust a punch more or less; the sum decides who looks at the day."""

    punch_id = models.BigIntegerField()
    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    punched_at = models.DateTimeField()
    code = models.CharField(max_length=24)
    points = models.SmallIntegerField()
    facts = models.JSONField(default=dict)
    told_at = models.DateTimeField()

    class Meta:
        app_label = "projects"
        constraints = [
            models.UniqueConstraint(fields=["punch_id", "code"], name="punch_signal_once")
        ]
        indexes = [models.Index(fields=["worker", "punched_at"], name="punch_signal_worker_at")]
        triggers = guards.append_only("punch_signal")
