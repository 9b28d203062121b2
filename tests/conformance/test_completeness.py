"""Whether the vendors' packages make every call that the simulator serves."""

import test_cloud_rtc
import test_iam
import test_meeting
import test_tencent

SEED = "tencent.yaml"
SERVICES = [test_tencent, test_cloud_rtc, test_iam, test_meeting]


def test_no_call_of_the_simulator_is_left_out(simulator):
    made = {operation for service in SERVICES for operation in service.CALLS}
    assert simulator.operations() == made
