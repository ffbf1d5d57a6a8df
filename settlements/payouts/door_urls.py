"""Where providers knock; signed by them, so outside the API's tokens."""

from django.urls import path

from settlements.payouts import doors

urlpatterns = [path("webhooks/stripe", doors.stripe, name="webhook-stripe")]
