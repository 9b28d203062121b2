"""Prints what is in the image as a CycloneDX document: python3 image/sbom.py TRIPLE TARGET-FOLDER <MESSAGES.

MESSAGES are cargo's own about the build that made the program: they name what was compiled for it. Tools that read
`cargo metadata` instead also list what only the simulator and its tests ask for, a second TLS provider among it.
Neither time nor serial number are in it, so that the same build gives the same document.
"""

import json
import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import quote

DEBIAN = "${binary:Package}\t${Version}\t${Architecture}\t${source:Package}"


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def component(kind: str, name: str, version: str, licenses: str | None = None, **more: object) -> dict[str, object]:
    purl = f"pkg:{kind}/{name}@{quote(version)}"
    found: dict[str, object] = {"type": "library", "bom-ref": purl, "name": name.split("/")[-1], "version": version}
    if licenses:
        found["licenses"] = [{"expression": licenses.replace("/", " OR ")}]
    return found | {"purl": purl} | more


def crates(triple: str, folder: str) -> list[dict[str, object]]:
    """The crates that were compiled for the target: not build scripts and macros, which run on the build machine."""
    compiled = {
        message["package_id"]
        for message in map(json.loads, sys.stdin)
        if message["reason"] == "compiler-artifact"
        and any(name.startswith(f"{folder}/{triple}/") for name in message["filenames"])
    }
    lock = tomllib.loads(Path("Cargo.lock").read_text())["package"]
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in lock}
    found = []
    for package in json.loads(run("cargo", "metadata", "--locked", "--format-version=1"))["packages"]:
        if package["id"] not in compiled:
            continue
        crate = component("cargo", package["name"], package["version"], package["license"])
        if checksum := checksums[package["name"], package["version"]]:
            crate["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        else:
            # Ours is in no registry, so it gets no address in one.
            del crate["purl"]
        found.append(crate)
    return found


def c_library(file: str, name: str, version: str) -> dict[str, object]:
    """What the linker took from the build machine: its Debian package, or what the machine itself says."""
    path = Path(run("cc", f"-print-file-name={file}").strip()).resolve()
    try:
        package = run("dpkg-query", "--search", str(path)).split(": ")[0]
        binary, version, architecture, source = run("dpkg-query", "--show", "-f", DEBIAN, package).split("\t")
    except (OSError, subprocess.CalledProcessError):
        return component("generic", name, version)
    release = platform.freedesktop_os_release()
    found = component("deb", f"{release['ID']}/{binary.split(':')[0]}", version)
    found["purl"] = f"{found['purl']}?arch={architecture}&distro={release['ID']}-{release['VERSION_ID']}&upstream={source}"
    return found


def main() -> None:
    triple, folder = sys.argv[1:]
    rust = re.search(r"^release: (.*)$", run("rustc", "-vV"), re.MULTILINE)
    certifi = re.search(r"^certifi==(\S+)", Path("image/requirements.txt").read_text(), re.MULTILINE)
    assert rust and certifi
    parts = [
        *crates(triple, folder),
        component("generic", "rust-std", rust[1], "MIT OR Apache-2.0"),
        c_library("libc.a", "glibc", run("getconf", "GNU_LIBC_VERSION").split()[1]),
        c_library("libgcc_eh.a", "libgcc", run("cc", "-dumpfullversion").strip()),
        component("pypi", "certifi", certifi[1], "MPL-2.0", description="etc/ssl/certs/ca-certificates.crt"),
    ]
    operator = next(part for part in parts if part["name"] == "roomkeeper")
    parts.remove(operator)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": operator | {"type": "application"}},
        "components": sorted(parts, key=lambda part: str(part["bom-ref"])),
    }
    json.dump(document, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
