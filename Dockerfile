# The image, built by a container builder: docker build . or buildah build .
# `make image` makes it without one. Both take the files from image/root.sh, and image/check.py compares the rest.

# To have the same base tomorrow, name it by digest: --build-arg BASE=docker.io/library/rust@sha256:...
ARG BASE=docker.io/library/rust:1.95.0-bookworm
FROM ${BASE} AS build
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv
WORKDIR /roomkeeper
COPY . .
# Git is not in here, so the commit is told: --build-arg ROOMKEEPER_COMMIT=$(git describe --always --exclude='*' --abbrev=12 --dirty)
ARG ROOMKEEPER_COMMIT=""
RUN image/root.sh target/image

FROM scratch
COPY --from=build /roomkeeper/target/image/root/ /
LABEL org.opencontainers.image.title="roomkeeper"
LABEL org.opencontainers.image.description="Keeps rooms at video vendors as Git says they should be"
LABEL org.opencontainers.image.version="0.1.0"
LABEL org.opencontainers.image.licenses="Apache-2.0"
LABEL org.opencontainers.image.url="https://roomkeeper.dev"
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/roomkeeper"]
