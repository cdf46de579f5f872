"""What Django's models cannot say: attempts are not worth a log, and each site counts its references on its own."""

from django.db import migrations

# The application's role has no DDL, so the function runs as its owner and makes a sequence at the first use. Two first
# uses at once: the second waits for the first's transaction and then finds its sequence.
NEXT_NUMBER = """
CREATE FUNCTION plant_next_number(site bigint, series text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named text := format('public.series_%s_%s', series, site);
BEGIN
    IF site IS NULL OR series IS NULL OR series !~ '^[a-z_]{1,30}$' THEN
        RAISE EXCEPTION 'not a series: %', series USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF to_regclass(named) IS NULL THEN
        IF NOT EXISTS (SELECT FROM public.plant_site WHERE id = site) THEN
            RAISE EXCEPTION 'no site %', site USING ERRCODE = 'foreign_key_violation';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended(named, 0));
        EXECUTE 'CREATE SEQUENCE IF NOT EXISTS ' || named;
    END IF;
    RETURN nextval(named::regclass);
END $$;
REVOKE ALL ON FUNCTION plant_next_number(bigint, text) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("plant", "0001_initial")]

    operations = [
        migrations.RunSQL("ALTER TABLE plant_attempt SET UNLOGGED", "ALTER TABLE plant_attempt SET LOGGED"),
        migrations.RunSQL(NEXT_NUMBER, "DROP FUNCTION plant_next_number(bigint, text)"),
    ]
