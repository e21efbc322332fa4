# Two stages, the Makefile's own steps. Not built on the developers' machines (no Docker engine there).
FROM python:3.11-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY pyproject.toml requirements.lock Makefile README.md ./
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
COPY storage storage
RUN make init

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home danhoi && mkdir /data && chown danhoi /data
WORKDIR /app
COPY --from=build --chown=root:root /app /app
ENV DANHOI_DATA_DIR=/data PYTHONUNBUFFERED=1 PATH=/app/.venv/bin:$PATH
USER danhoi
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
CMD ["danhoi", "serve", "--host", "0.0.0.0", "--port", "8080"]
