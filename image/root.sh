#!/usr/bin/env bash
# Builds all files of the image into FOLDER/root: the operator and what it reads. `make image` and the Dockerfile use it.
#
# The operator is linked statically, C library included: it runs in an empty root, on any kernel, and there is no loader,
# no library and no shell that somebody could use. Names are looked up by what glibc 2.34 and newer have built in.
# The same sources, toolchain and C library give the same files, in whatever folder they are built.
set -euo pipefail

mkdir -p "${1:?usage: image/root.sh FOLDER}"
out=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."
umask 022

triple=$(rustc -vV | sed -n 's/^host: //p')
case $triple in
    *-linux-gnu) ;;
    *) echo "the image is linked with the GNU C library; the toolchain is for $triple" >&2; exit 1 ;;
esac

# With --target these flags do not reach build scripts and macros. No path of this machine gets into the program:
# the last prefix that fits counts, and sources that build scripts wrote are in FOLDER.
RUSTFLAGS='-C target-feature=+crt-static'
for place in "${CARGO_HOME:-$HOME/.cargo}=/cargo" "$PWD=/roomkeeper" "$out=/built"; do
    RUSTFLAGS+=" --remap-path-prefix=$place"
done
export RUSTFLAGS
cargo build --release --locked --target "$triple" --target-dir "$out/cargo" -p roomkeeper --bin roomkeeper \
    --message-format=json-render-diagnostics >"$out/messages.json"

python3 -m venv --clear "$out/python"
"$out/python/bin/pip" install --quiet --require-hashes -r image/requirements.txt
authorities=$("$out/python/bin/python" -m certifi)

root=$out/root
rm -rf "$root"
install -D -m 0755 "$out/cargo/$triple/release/roomkeeper" "$root/usr/local/bin/roomkeeper"
# The first place where rustls looks for the platform's authorities.
install -D -m 0644 "$authorities" "$root/etc/ssl/certs/ca-certificates.crt"
install -D -m 0644 image/nsswitch.conf "$root/etc/nsswitch.conf"
install -D -m 0644 LICENSE "$root/usr/share/doc/roomkeeper/LICENSE"
python3 -B image/sbom.py "$triple" "$out/cargo" <"$out/messages.json" >"$out/roomkeeper.cdx.json"
install -D -m 0644 "$out/roomkeeper.cdx.json" "$root/usr/share/sbom/roomkeeper.cdx.json"
