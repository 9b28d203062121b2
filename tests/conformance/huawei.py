"""What the checks of Huawei's services share: how its packages are pointed at the simulator, and how they report a refusal."""

import contextlib

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig

from simulator import PATIENCE


def http(simulator):
    """The simulator's authority is trusted, and nothing waits for long."""
    return HttpConfig(timeout=PATIENCE, ssl_ca_cert=simulator.ca_file)


@contextlib.contextmanager
def refused(status, code=None):
    """Expects that the package raises a refusal with this HTTP status and code; without one the vendor documents none."""
    with pytest.raises(ServiceResponseException) as caught:
        yield caught
    refusal = caught.value
    assert (refusal.status_code, refusal.error_code) == (status, code or refusal.error_code), str(refusal)
    assert refusal.error_msg
    # A 429 to anything but a POST is turned into an exception that has lost the answer.
    assert refusal.request_id or refusal.error_code == "429"


