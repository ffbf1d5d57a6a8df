"""A kept answer is whole from its first moment; reservations that were left without one say nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jianzhu", "0003_audit_proofs")]

    operations = [
        migrations.RunSQL(
            "DELETE FROM jianzhu_idempotentanswer WHERE status IS NULL", migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name="idempotentanswer",
            name="status",
            field=models.PositiveSmallIntegerField(),
        ),
    ]
