"""Holds the image to its promises: python3 image/check.py FOLDER SECOND-FOLDER, each with what `make image` left there.

It unpacks the image and runs the operator in it, as the image's user, against the simulator (ROOMKEEPER_SIM).
"""

import gzip
import hashlib
import io
import json
import os
import re
import stat
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

from vendor import Vendor

USER = "65532:65532"
PROGRAM = "usr/local/bin/roomkeeper"
AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
SBOM = "usr/share/sbom/roomkeeper.cdx.json"
# Whatever else is in the image is a mistake; a shell would be one.
FILES = {PROGRAM, AUTHORITIES, SBOM, "etc/nsswitch.conf", "usr/share/doc/roomkeeper/LICENSE"}
LABELS = "org.opencontainers.image."


def must(true: bool, words: str) -> None:
    if not true:
        sys.exit(f"the image is not as it must be: {words}")


class Image:
    """An OCI layout, read by the letter of its specification and not by the tool that wrote it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = json.loads((folder / "index.json").read_text())
        must(len(index["manifests"]) == 1, "the layout holds not one image")
        self.digest = index["manifests"][0]["digest"]
        manifest = json.loads(self._blob(self.digest))
        self.config = json.loads(self._blob(manifest["config"]["digest"]))
        must(len(manifest["layers"]) == 1, "it has not one layer")
        self.layer = gzip.decompress(self._blob(manifest["layers"][0]["digest"]))
        must(self.config["rootfs"]["diff_ids"] == [digest(self.layer)], "the layer is not the one of the config")

    def _blob(self, name: str) -> bytes:
        content = (self._folder / "blobs" / name.replace(":", "/")).read_bytes()
        must(digest(content) == name, f"the blob {name} has another content")
        return content

    def unpack(self, folder: Path) -> None:
        with tarfile.open(fileobj=io.BytesIO(self.layer)) as layer:
            for entry in layer:
                kept(entry)
            must({entry.name for entry in layer if not entry.isdir()} == FILES, f"its files are {layer.getnames()}")
            layer.extractall(folder, numeric_owner=True)


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def kept(entry: tarfile.TarInfo) -> None:
    """Each file is root's, for everybody to read and for nobody else to write; one of them is a program."""
    must(entry.isreg() or entry.isdir(), f"{entry.name} is neither a file nor a folder")
    must((entry.uid, entry.gid) == (0, 0), f"{entry.name} is not root's")
    mode = 0o755 if entry.isdir() or entry.name == PROGRAM else 0o644
    must(entry.mode == mode, f"{entry.name} has the mode {entry.mode:o}")
    must(entry.mtime == 0, f"{entry.name} has a time")


def check_config(config: dict) -> None:
    """The settings are those of the Dockerfile, whose base has the toolchain's version."""
    settings = config["config"]
    must(set(settings) == {"User", "Entrypoint", "Labels"}, f"its settings are {settings}")
    must(settings["User"] == USER, f"its user is {settings['User']}")
    must(settings["Entrypoint"] == [f"/{PROGRAM}"], f"its entrypoint is {settings['Entrypoint']}")
    version = tomllib.loads(Path("Cargo.toml").read_text())["workspace"]["package"]["version"]
    must(settings["Labels"][f"{LABELS}version"] == version, "its version is not that of Cargo.toml")

    dockerfile = Path("Dockerfile").read_text()
    last = dockerfile[dockerfile.rindex("\nFROM ") :].splitlines()
    must("FROM scratch" in last, "the Dockerfile has another last stage")
    must("RUN image/root.sh target/image" in dockerfile.splitlines(), "the Dockerfile does not run image/root.sh")
    must("COPY --from=build /roomkeeper/target/image/root/ /" in last, "the Dockerfile takes other files")
    must(f"USER {settings['User']}" in last, "the Dockerfile has another user")
    must(f"ENTRYPOINT {json.dumps(settings['Entrypoint'])}" in last, "the Dockerfile has another entrypoint")
    labels = {line for line in last if line.startswith("LABEL ")}
    wanted = {f'LABEL {name}="{value}"' for name, value in settings["Labels"].items()}
    must(labels == wanted, f"the Dockerfile has other labels: {sorted(labels ^ wanted)}")
    toolchain = tomllib.loads(Path("rust-toolchain.toml").read_text())["toolchain"]["channel"]
    must(f"/rust:{toolchain}-" in dockerfile, f"the Dockerfile's base does not have Rust {toolchain}")


def check_sbom(text: str) -> None:
    """It names what cargo's resolver says of the operator alone, and what came from elsewhere."""
    document = json.loads(text)
    parts = {(part["name"], part["version"]) for part in document["components"]}
    names = {name for name, _ in parts}
    must({"kube", "rustls", "aws-lc-sys", "roomkeeper-plan", "certifi", "rust-std"} <= names, "the SBOM lacks parts")
    must(not {"roomkeeper-sim", "roomkeeper-demo", "ring", "syn"} & names, "the SBOM names what is not in the program")
    triple = re.search(r"^host: (.*)$", run("rustc", "-vV"), re.MULTILINE)
    tree = ["cargo", "tree", "--locked", "--package=roomkeeper", "--edges=normal,no-proc-macro", "--prefix=none"]
    lines = run(*tree, f"--target={triple[1]}", "--no-dedupe", "--format={p}").splitlines()
    linked = {(line.split()[0], line.split()[1].removeprefix("v")) for line in lines}
    top = document["metadata"]["component"]
    crates = {part for part in parts if part in linked} | {(top["name"], top["version"])}
    elsewhere = parts - crates
    must(crates == linked, f"the SBOM lacks {sorted(linked - crates)}")
    must(len(elsewhere) == 4, f"the SBOM names what cargo does not link: {sorted(elsewhere)}")


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def inside(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Runs the operator in the unpacked image, as its user, with no variable but PATH."""
    command = ["chroot", f"--userspec={USER}", str(root), f"/{PROGRAM}", *arguments]
    return subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60)


def furnish(root: Path, vendor: Vendor) -> None:
    """Brings what every container gets: devices, and how names are looked up."""
    (root / "dev").mkdir()
    for name, minor in (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)):
        os.mknod(root / "dev" / name, stat.S_IFCHR, os.makedev(1, minor))
        (root / "dev" / name).chmod(0o666)
    (root / "etc/hosts").write_text("127.0.0.1 vendor.hosts.example\n")
    (root / "etc/resolv.conf").write_text(vendor.resolv_conf)


def check_vendor(root: Path, vendor: Vendor) -> None:
    """It reaches a vendor by name and TLS, by the image's own list of authorities."""
    furnish(root, vendor)
    (root / "manifests").mkdir()
    own = (root / AUTHORITIES).read_text()
    for host in ("vendor.hosts.example", "vendor.dns.example", "vendor"):
        (root / "manifests/all.yaml").write_text(vendor.manifests(host))
        plan = ["plan", "-f", "/manifests", f"--allowed-endpoint-hosts={host}:{vendor.port},127.0.0.1"]
        (root / AUTHORITIES).write_text(own)
        told = inside(root, *plan)
        must(told.returncode == 1 and "could not connect" in told.stdout, f"it trusts anybody: {told}")
        (root / AUTHORITIES).write_text(own + vendor.authority)
        told = inside(root, *plan)
        must(told.returncode == 2 and "weekly-sync" in told.stdout, f"it does not reach the vendor at {host}: {told}")


def main() -> None:
    first, second = (Path(folder) for folder in sys.argv[1:])
    image = Image(first / "oci")
    must(image.digest == (first / "digest").read_text().strip(), "its digest is not the one that was told")
    again = Image(second / "oci").digest
    must(image.digest == again, f"two builds gave {image.digest} and {again}")
    print(f"two builds in two folders gave {image.digest}")

    check_config(image.config)
    # Not in /tmp, where devices may be forbidden.
    with tempfile.TemporaryDirectory(dir=first) as folder:
        root = Path(folder)
        root.chmod(0o755)
        image.unpack(root)
        check_sbom((root / SBOM).read_text())
        print("its files, its settings and its SBOM are as they must be")
        if os.getuid() != 0:
            sys.exit("only root can enter the image as its user: run `make image-check` as root")
        told = inside(root, "--version")
        must(told.returncode == 0 and told.stdout.startswith("roomkeeper "), f"it does not run: {told}")
        with Vendor() as vendor:
            check_vendor(root, vendor)
        print("the operator runs in it, and reaches a vendor by name and TLS")


if __name__ == "__main__":
    main()
