"""What all checks share. Runs before any vendor's package is imported, so that none reads or writes a person's files."""

import atexit
import os
import shutil
import tempfile

import pytest

# Huawei's packages write a file into the home folder, and listen to the environment.
os.environ["HOME"] = tempfile.mkdtemp(prefix="roomkeeper-conformance-home-")
atexit.register(shutil.rmtree, os.environ["HOME"], ignore_errors=True)
for name in [name for name in os.environ if name.startswith("HUAWEICLOUD_SDK_")]:
    del os.environ[name]
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"

from simulator import Simulator  # noqa: E402


@pytest.fixture
def simulator(request):
    """A simulator for this test alone, with the world that its file names as `SEED`."""
    started = Simulator(request.module.SEED)
    yield started
    started.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Shows what the simulator said when a test fails."""
    report = yield
    if report.failed and report.when == "call" and "simulator" in item.funcargs:
        report.sections.append(("simulator", item.funcargs["simulator"].log()))
    return report
