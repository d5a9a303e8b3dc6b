# The service (default target) and `runner`, a toolchain without the service for a sandbox image.
# docker build -t gavel .      docker build --target runner -t gavel-runner .

FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements/runtime.txt requirements/
RUN python -m venv /opt/gavel \
    && /opt/gavel/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY requirements/label-studio.txt requirements/
COPY templates templates
COPY sandbox sandbox
COPY rubric rubric
COPY bridge bridge
RUN /opt/gavel/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /dist . \
    && /opt/gavel/bin/pip install --no-cache-dir --no-deps /dist/*.whl
# Only the go command runs here, no jail, so this needs no user namespaces.
RUN /opt/gavel/bin/python -c "from pathlib import Path; from sandbox.toolchain import prepare; prepare(Path('/opt/gavel-toolchain'), print)"

# A seam for the container backend: Go and a C compiler, nothing of the service.
FROM debian:bookworm-slim AS runner
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10002 --no-create-home --shell /usr/sbin/nologin runner
COPY --from=build /opt/gavel/lib/python3.11/site-packages/go /opt/go
ENV PATH=/opt/go/bin:/usr/local/bin:/usr/bin:/bin
USER runner

FROM python:3.11-slim-bookworm AS service
# gcc is for the race detector, should the toolchain have to be prepared again.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/gavel --shell /usr/sbin/nologin gavel \
    && install -d -o gavel -g gavel -m 0755 /var/lib/gavel /etc/gavel
COPY --from=build /opt/gavel /opt/gavel
COPY --from=build /opt/gavel-toolchain /opt/gavel-toolchain
ENV PATH=/opt/gavel/bin:/usr/local/bin:/usr/bin:/bin \
    GAVEL_DATA_DIR=/var/lib/gavel \
    GAVEL_TOOLCHAIN_DIR=/opt/gavel-toolchain
# gavel.yaml is read from the working folder. Set `host: 0.0.0.0` in it.
WORKDIR /etc/gavel
USER gavel
VOLUME /var/lib/gavel
EXPOSE 8085
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8085/healthz', timeout=3)"]
ENTRYPOINT ["gavel"]
CMD ["up"]
