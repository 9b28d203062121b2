"""The simulator as a process, and its control port. Knows no vendor's package."""

import os
import pathlib
import subprocess
import tempfile
import time

import requests

HERE = pathlib.Path(__file__).parent
# How long anything on this machine may take, in seconds.
PATIENCE = 20


class Simulator:
    """A running simulator with a world of its own."""

    def __init__(self, seed):
        """Starts it with a seed file of this folder, and returns as soon as it listens."""
        self._folder = tempfile.TemporaryDirectory(prefix="roomkeeper-conformance-")
        folder = pathlib.Path(self._folder.name)
        self.ca_file = str(folder / "ca.pem")
        self._log = (folder / "log").open("w+")
        self._process = subprocess.Popen(
            [program(), "--seed", str(HERE / seed), "--port=0", "--control-port=0", "--tls-port=0"]
            + ["--tls-ca-file", self.ca_file],
            stdout=subprocess.PIPE, stderr=self._log, text=True,
        )
        try:
            self.url, self.https_url, self._control = (self._announced() for _ in range(3))
        except BaseException:
            self.stop()
            raise

    def _announced(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the simulator did not start:\n{self.log()}")
        return line.split(": ", 1)[1].strip()

    def stop(self):
        self._process.kill()
        self._process.wait(PATIENCE)
        self._process.stdout.close()
        self._log.close()
        self._folder.cleanup()

    def log(self):
        """Everything that it said so far."""
        self._log.seek(0)
        return self._log.read()

    def control(self, method, path, body=None):
        """A request to the control port, which must be taken."""
        answer = requests.request(method, self._control + path, json=body, timeout=PATIENCE)
        assert answer.ok, f"{method} {path}: {answer.text}"
        return answer.json()

    def operations(self):
        """The names of all calls that the simulator serves."""
        unknown = {"operation": "?", "effect": "throttle"}
        answer = requests.post(f"{self._control}/faults", json=unknown, timeout=PATIENCE)
        return set(answer.json()["error"].split("one of: ")[1].split(", "))

    def journal(self):
        """All requests so far, in the order of arrival."""
        return self.control("GET", "/journal")

    def last(self):
        """The newest request."""
        return self.journal()[-1]

    def state(self):
        """Everything that the vendors know."""
        return self.control("GET", "/state")

    def fault(self, operation, effect):
        """Lets the next request of an operation meet a fault."""
        self.control("POST", "/faults", {"operation": operation, "effect": effect})

    def advance(self, seconds):
        """Moves the vendors' clock forward; the packages' own clock stays."""
        self.control("POST", "/clock", {"advanceSeconds": seconds})

    def now(self):
        """The vendors' time, in unix seconds."""
        return self.control("GET", "/clock")["nowUnixMillis"] // 1000


def program():
    """The simulator's program, which `make conformance` builds and names."""
    return os.environ.get("ROOMKEEPER_SIM") or str(HERE.parents[1] / "target/debug/roomkeeper-sim")
