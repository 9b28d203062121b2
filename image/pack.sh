#!/usr/bin/env bash
# Packs FOLDER/root into an image: an OCI layout in FOLDER/oci, and its digest in FOLDER/digest.
# The same files give the same digest, whoever packs them and when. It takes no daemon and no root.
set -euo pipefail

out=$(cd "${1:?usage: CRANE=PROGRAM image/pack.sh FOLDER}" && pwd)
work=$(mktemp -d)
registry=
trap 'kill $registry 2>/dev/null || true; rm -rf "$work"' EXIT

version=$("$out/root/usr/local/bin/roomkeeper" --version | cut -d ' ' -f 2)
case $(uname -m) in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) echo "no name is known for the architecture $(uname -m)" >&2; exit 1 ;;
esac

tar --create --file "$work/layer.tar" --directory "$out/root" --format=ustar --sort=name --mtime=@0 \
    --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX etc usr

# crane changes the settings of an image in a registry only, so it serves one for as long as this takes.
"$CRANE" registry serve --address 127.0.0.1:0 2>"$work/registry" &
registry=$!
port=
until [ -n "$port" ]; do
    kill -0 "$registry" || { cat "$work/registry" >&2; exit 1; }
    sleep 0.1
    port=$(sed -n 's/.*serving on port //p' "$work/registry")
done
image=127.0.0.1:$port/roomkeeper:$version
"$CRANE" append --oci-empty-base --new_layer "$work/layer.tar" --new_tag "$image" 2>"$work/log" >&2 || { cat "$work/log" >&2; exit 1; }
# The Dockerfile says the same, and image/check.py holds the two together.
"$CRANE" mutate "$image" --tag "$image" --set-platform "linux/$architecture" \
    --user 65532:65532 \
    --entrypoint /usr/local/bin/roomkeeper \
    --label org.opencontainers.image.title=roomkeeper \
    --label org.opencontainers.image.description='Keeps rooms at video vendors as Git says they should be' \
    --label org.opencontainers.image.version="$version" \
    --label org.opencontainers.image.licenses=Apache-2.0 \
    --label org.opencontainers.image.url=https://roomkeeper.dev \
    2>"$work/log" >&2 || { cat "$work/log" >&2; exit 1; }
rm -rf "$out/oci"
"$CRANE" pull --format=oci "$image" "$out/oci"
"$CRANE" digest "$image" >"$out/digest"
echo "$out/oci: $(cat "$out/digest")"
