"""Counts of calls are not worth a log: after a crash every key starts a new minute."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.RunSQL("ALTER TABLE api_callcount SET UNLOGGED", "ALTER TABLE api_callcount SET LOGGED"),
    ]
