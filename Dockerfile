# syntax=docker/dockerfile:1

# hls.js, which the binary contains.
FROM node:22-bookworm-slim AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

# The binary.
FROM rust:1.95-bookworm AS build
WORKDIR /drivein
COPY . .
COPY --from=front /front/node_modules node_modules
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/drivein/target \
    cargo build --release --locked \
    && install -D target/release/drivein /out/drivein

# What runs: the binary, certificates for outgoing HTTPS, and a user without rights.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin drivein \
    && install --directory --owner drivein --group drivein --mode 700 /data
COPY --from=build /out/drivein /usr/local/bin/drivein

USER drivein
# A drivein.toml is looked for here; every key can come from the environment as well.
WORKDIR /etc/drivein
ENV DRIVEIN_LISTEN=0.0.0.0:7373 \
    DRIVEIN_DATA_DIR=/data
VOLUME /data
EXPOSE 7373

# bash can speak this much HTTP by itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${DRIVEIN_LISTEN##*:} && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["drivein"]
CMD ["serve"]
