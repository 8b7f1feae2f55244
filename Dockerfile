# geo112 as one image; docker-compose.yml runs it as set-up, web and worker.
FROM node:22-bookworm-slim AS browser
WORKDIR /srv/geo112
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.12-slim-bookworm AS python
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
COPY requirements/uv.txt requirements/base.txt /tmp/requirements/
RUN python -m venv /tmp/tools \
    && /tmp/tools/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements/uv.txt \
    && /tmp/tools/bin/uv venv /srv/geo112/.venv \
    && /tmp/tools/bin/uv pip sync --no-cache --compile-bytecode --require-hashes \
       --python /srv/geo112/.venv/bin/python /tmp/requirements/base.txt

FROM python:3.12-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gdal-bin postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10112 --home-dir /srv/geo112 --shell /usr/sbin/nologin geo112 \
    && install -d -o geo112 -g geo112 /data /state
WORKDIR /srv/geo112
COPY --from=browser /srv/geo112/node_modules node_modules
COPY --from=python /srv/geo112/.venv .venv
COPY . .
ENV GEO112_DATA_DIR=/data GEO112_STATE=/state NUMBA_CACHE_DIR=/state/numba PYTHONUNBUFFERED=1
RUN python -m script.lib.messages --lenient && chown -R geo112:geo112 /state
USER 10112
VOLUME ["/data"]
EXPOSE 8112
ENTRYPOINT ["script/container"]
CMD ["web"]
