"""A vendor for image/check.py: the simulator over TLS, and a name server that knows where it is."""

import os
import socket
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

# An address of this machine that no other name server has.
NAME_SERVER = "127.82.75.53"
NAMES = ("vendor.hosts.example", "vendor.dns.example", "vendor")
# What the name server knows; the last one is found through the search list, as a cluster's names are.
KNOWN = ("vendor.dns.example", "vendor.search.example")
SEED = Path("crates/sim/examples/seed.yaml")
KEY = "0123456789abcdef" * 4


class Vendor:
    """A running simulator and name server; leaving the context ends both."""

    resolv_conf = f"nameserver {NAME_SERVER}\nsearch other.example search.example\noptions ndots:5\n"

    def __enter__(self) -> "Vendor":
        self._names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._names.bind((NAME_SERVER, 53))
        threading.Thread(target=self._answer, daemon=True).start()
        self._folder = tempfile.TemporaryDirectory(prefix="roomkeeper-vendor-")
        authority = Path(self._folder.name) / "ca.pem"
        command = [os.environ["ROOMKEEPER_SIM"], f"--seed={SEED}", "--port=0", "--control-port=0", "--tls-port=0"]
        command += [f"--tls-ca-file={authority}", *(f"--tls-name={name}" for name in NAMES)]
        self._log = (Path(self._folder.name) / "log").open("w+")
        self._simulator = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True)
        # It says the addresses of the room services, then of their TLS, then of its control port.
        told = [self._simulator.stdout.readline() for _ in range(3)]
        self.port = next(line for line in told if "https://" in line).strip().rsplit(":", 1)[1]
        self.authority = authority.read_text()
        return self

    def __exit__(self, *_: object) -> None:
        self._simulator.kill()
        self._simulator.wait()
        self._simulator.stdout.close()
        self._log.close()
        self._folder.cleanup()

    def manifests(self, host: str) -> str:
        """The first example, with this vendor's address and key."""
        files = sorted(Path("examples/tencent-room").glob("*.yaml"))
        text = "\n---\n".join(file.read_text() for file in files)
        text = text.replace("region: Singapore", f"endpoint: https://{host}:{self.port}")
        return text.replace("the-secret-key-of-your-app", KEY)

    def _answer(self) -> None:
        """Answers questions for an address (A); names that it does not know do not exist."""
        while True:
            question, caller = self._names.recvfrom(512)
            end = question.index(0, 12) + 5
            name, at = [], 12
            while question[at]:
                name.append(question[at + 1 : at + 1 + question[at]].decode())
                at += 1 + question[at]
            known = ".".join(name) in KNOWN
            wanted = question[end - 4 : end] == struct.pack(">HH", 1, 1)
            found = b"\xc0\x0c" + struct.pack(">HHIH4B", 1, 1, 60, 4, 127, 0, 0, 1) if known and wanted else b""
            flags = 0x8180 if known else 0x8183
            header = struct.pack(">HHHHH", flags, 1, len(found) > 0, 0, 0)
            self._names.sendto(question[:2] + header + question[12:end] + found, caller)
