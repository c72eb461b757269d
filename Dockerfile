# syntax=docker/dockerfile:1

# Base images are named by the digest of all their platforms, so that a build uses the same bytes every time. renovate proposes newer ones;
# `docker buildx imagetools inspect debian:bookworm-slim` prints the current one.

# hls.js, which the binary contains.
FROM node:22-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

# The binary.
FROM rust:1.95-bookworm@sha256:6258907abe69656e41cd992e0b705cdcfabcbbe3db374f92ed2d47121282d4a1 AS build
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
FROM debian:bookworm-slim@sha256:3783cc01769c7b2b1b83a5c5ad96c815348e28ed7da68e2e3687004faa906251
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
