# The service (default target) and `runner`, the root of the containers that the docker backend runs
# programs in. The backend makes such an image itself where none is configured.
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
RUN /opt/gavel/bin/python -c "from pathlib import Path; from sandbox.toolchain import prepare; prepare(Path('/opt/gavel-toolchain'), print)" \
    && rm -rf /opt/gavel-toolchain/toolchains/modules-*

# What a snippet's program gets to see with the docker backend (`sandbox.image`): our helper, time
# zones and the C library for the race detector. No shell, no toolchain, no sources, no set-uid files.
FROM build AS jail
RUN /opt/gavel/bin/python -m sandbox.container_image /opt/gavel-toolchain /jail

FROM scratch AS runner
COPY --from=jail /jail /
USER 1000:1000
ENTRYPOINT ["/gavel/helper", "stream"]

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
