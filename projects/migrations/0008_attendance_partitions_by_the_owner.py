"""The application's role may make no table: the function that makes a month's does it as its owner."""

from django.db import migrations

SAFE = "SECURITY DEFINER SET search_path = public, pg_temp"


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_attendance_phones_and_roll_calls")]

    operations = [
        migrations.RunSQL(
            f"ALTER FUNCTION punch_partition(date) {SAFE}",
            "ALTER FUNCTION punch_partition(date) SECURITY INVOKER RESET search_path",
        )
    ]
