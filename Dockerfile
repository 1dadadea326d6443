# eudr-check as a service. Every library comes as a wheel that brings its own GDAL: no system packages are needed.
FROM python:3.11-slim
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY docs/reference/eudr-check.1 docs/reference/
COPY eudr_check eudr_check
RUN pip install --no-cache-dir --constraint constraints.txt ".[geoid,postgis]" && rm -rf /src/* \
    && useradd --create-home --uid 10001 eudr && mkdir -p /data/jobs && chown eudr /data/jobs
USER eudr
WORKDIR /data
VOLUME /data/jobs
EXPOSE 8640
ENTRYPOINT ["eudr-check"]
CMD ["serve", "--host", "0.0.0.0", "--tokens", "/data/tokens.txt", "--jobs", "/data/jobs"]
