# Front-end packages: Node is needed only here.
FROM node:24-slim AS front-end
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=vru_portal.settings
WORKDIR /portal

# Hashes are required: a changed package stops the build.
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY manage.py ./
COPY authorities authorities
COPY funding funding
COPY vru_portal vru_portal
COPY templates templates
COPY static static

# Static files are collected while building. The values below exist for this one command only.
RUN --mount=type=bind,from=front-end,source=/portal/node_modules,target=/portal/node_modules \
    SECRET_KEY=only-while-collecting-static-files SITE_URL=https://build.invalid \
    DATABASE_URL=postgresql://build.invalid/none \
    python manage.py collectstatic --noinput

# The portal owns nothing that it runs: it can write only to /tmp, to beat's volume and to that of the files.
RUN useradd --system --uid 10001 --no-create-home portal \
    && install --directory --owner=portal /var/lib/portal /var/lib/portal-files
USER portal
EXPOSE 8000
CMD ["gunicorn", "vru_portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
