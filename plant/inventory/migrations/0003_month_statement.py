import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import plant.inventory.models.movements
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0002_split_and_merge'),
        ('plant', '0002_numbers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('version', models.PositiveIntegerField()),
                ('origin', models.CharField(choices=[('signed', 'Signed off'), ('restated', 'Restated after a later entry')], max_length=10)),
                ('figures', models.JSONField()),
                ('why', models.CharField(blank=True, max_length=1000)),
                ('recorded_at', models.DateTimeField(db_default=plant.inventory.models.movements.ClockTimestamp())),
            ],
        ),
        migrations.AddField(
            model_name='monthstatement',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='monthstatement',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='month_statements', to='plant.site'),
        ),
        migrations.AddConstraint(
            model_name='monthstatement',
            constraint=models.UniqueConstraint(fields=('site', 'month', 'version'), name='inventory_monthstatement_version_unique', violation_error_message='Someone else has just made this version. Load the page again to see it.'),
        ),
        migrations.AddConstraint(
            model_name='monthstatement',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1), ('version__gte', 1)), name='inventory_monthstatement_month_sane', violation_error_message='A month is named by its first day, its versions count from 1.'),
        ),
        migrations.AddConstraint(
            model_name='monthstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', False), ('origin', 'signed')), models.Q(('by__isnull', True), ('origin', 'restated')), _connector='OR'), name='inventory_monthstatement_signed_by', violation_error_message='A signed statement names who signed it.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthstatement',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'posted rows stay' USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_monthstatement_append_only';", hash='70e59e84f197753c22527d2b0b646f8d41d9f16e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fd1a8', table='inventory_monthstatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthstatement',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'posted rows stay' USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_monthstatement_append_only';", hash='dd24edc173affdba080a5181065ff90522e7163c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_1d45f', table='inventory_monthstatement', when='BEFORE')),
        ),
    ]
