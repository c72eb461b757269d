# syntax=docker/dockerfile:1

# Base images are named by tag, since a digest can be taken from a registry alone and would go stale here. Pin them where a build must
# be reproducible: `docker buildx imagetools inspect rust:1.95-bookworm` prints the digest; renovate keeps pinned ones up to date.

# hls.js, which the binary contains.
FROM node:22-bookworm-slim AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

# The binary.
FROM rust:1.95-bookworm AS build
WORKDIR /drivein
# Each platform has a build folder of its own.
ARG TARGETPLATFORM
COPY . .
COPY --from=front /front/node_modules node_modules
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/drivein/target,id=drivein-target-$TARGETPLATFORM,sharing=locked \
    cargo build --release --locked \
    && install -D target/release/drivein /out/drivein

# The final image: the binary, certificates for outgoing HTTPS, and an unprivileged user.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin drivein \
    && install --directory --owner drivein --group drivein --mode 700 /data
COPY --from=build /out/drivein /usr/local/bin/drivein

USER drivein
# drivein.toml is read from this folder, if there is one. The environment takes precedence over it, so these two apply
# whatever a mounted file contains: the first lines of the log name each line of the file that is overridden.
WORKDIR /etc/drivein
ENV DRIVEIN_LISTEN=0.0.0.0:7373 \
    DRIVEIN_DATA_DIR=/data
VOLUME /data
EXPOSE 7373

# /readyz is 200 only if the state can be read and written: a full disk is unhealthy, while films go on playing. bash can make the request without another program.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${DRIVEIN_LISTEN##*:} && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["drivein"]
CMD ["serve"]
