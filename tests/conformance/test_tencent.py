"""Tencent: signatures of its own packages, from PyPI and from npm, against the simulated room services."""

import subprocess

import pytest
import requests
from TLSSigAPIv2 import TLSSigAPIv2

from simulator import HERE, PATIENCE

SEED = "tencent.yaml"
APP, KEY = 1400000000, "0123456789abcdef" * 4
OTHER_APP, OTHER_KEY = 1400000001, "fedcba9876543210" * 4
ADMINISTRATOR = "administrator"
DAY = 24 * 3600


class PyPI:
    """tls-sig-api-v2 from PyPI."""

    def sign(self, identifier=ADMINISTRATOR, app=APP, key=KEY, expire=DAY):
        return TLSSigAPIv2(app, key).gen_sig(identifier, expire)

    def sign_with_userbuf(self, userbuf):
        return TLSSigAPIv2(APP, KEY).gen_sig_with_userbuf(ADMINISTRATOR, DAY, userbuf.encode())


class Npm:
    """tls-sig-api-v2 from npm."""

    def sign(self, identifier=ADMINISTRATOR, app=APP, key=KEY, expire=DAY):
        return self._run(app, key, identifier, expire)

    def sign_with_userbuf(self, userbuf):
        return self._run(APP, KEY, ADMINISTRATOR, DAY, userbuf)

    def _run(self, *arguments):
        command = ["node", HERE / "usersig.js", *map(str, arguments)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout.strip()


@pytest.fixture(params=[PyPI(), Npm()], ids=["PyPI", "npm"])
def package(request):
    return request.param


SERVICES = {
    "room_engine": "room_engine_http_srv",
    "live_engine": "live_engine_http_srv",
    "accounts": "im_open_login_svc",
}


def call(simulator, usersig, operation, body, app=APP, identifier=ADMINISTRATOR):
    """Sends a request as the vendor's pages describe it, and returns the envelope."""
    service, command = operation.split("/")
    query = {"sdkappid": app, "identifier": identifier, "usersig": usersig, "random": 4294967295, "contenttype": "json"}
    url = f"{simulator.url}/v4/{SERVICES[service]}/{command}"
    answer = requests.post(url, params=query, json=body, timeout=PATIENCE)
    assert answer.status_code == 200
    return answer.json()


def look(simulator, usersig, **others):
    return call(simulator, usersig, "room_engine/get_room_info", {"RoomId": "town-hall"}, **others)


def assert_refused(envelope, code):
    assert (envelope["ActionStatus"], envelope["ErrorCode"]) == ("FAIL", code), envelope["ErrorInfo"]
    assert envelope["ErrorInfo"]
    assert envelope["RequestId"]


# Every call with a body that the seed takes, and the part of the answer that shows its effect.
CALLS = {
    "accounts/account_check": (
        {"CheckItem": [{"UserID": "alice"}, {"UserID": "nobody"}]},
        {"ResultItem": [
            {"UserID": "alice", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "Imported"},
            {"UserID": "nobody", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "NotImported"},
        ]},
    ),
    "accounts/account_import": ({"UserID": "dave", "Nick": "Dave"}, {}),
    "room_engine/create_room": (
        {"RoomInfo": {"RoomId": "new", "RoomType": "Conference", "RoomName": "会议", "Owner_Account": "bob"}},
        {},
    ),
    "room_engine/get_room_info": (
        {"RoomId": "town-hall"},
        {"Response": {"RoomInfo": {
            "RoomId": "town-hall", "RoomType": "Conference", "RoomName": "Town hall", "Owner_Account": "alice",
            "MaxMemberCount": 50, "MemberCount": 2, "RoomStatus": "Running",
        }}},
    ),
    "room_engine/update_room_info": ({"RoomInfo": {"RoomId": "town-hall", "RoomName": "New", "MaxMemberCount": 60}}, {}),
    "room_engine/change_room_owner": (
        {"RoomId": "town-hall", "From_Account": "alice", "NewOwner_Account": "bob"},
        {},
    ),
    "room_engine/get_room_member_list": (
        {"RoomId": "town-hall", "Count": 1, "Next": ""},
        {"Response": {"MemberList": [{"Member_Account": "alice"}], "Next": "1"}},
    ),
    "room_engine/destroy_room": ({"RoomId": "town-hall"}, {}),
    "live_engine/create_room": (
        {"RoomInfo": {"RoomId": "show", "RoomType": "Live", "SeatTemplate": "AudioSalon", "Owner_Account": "bob"}},
        {"Response": {"RoomId": "show"}},
    ),
    "live_engine/get_room_info": (
        {"RoomId": "launch"},
        {"Response": {"RoomInfo": {"RoomId": "launch", "RoomType": "Live", "Owner_Account": "alice"}}},
    ),
    "live_engine/update_room_info": ({"RoomInfo": {"RoomId": "launch", "Notice": "Starts at eight"}}, {}),
    "live_engine/change_room_owner": ({"RoomId": "launch", "NewOwner_Account": "carol"}, {}),
    "live_engine/set_room_metadata": ({"RoomId": "launch", "Metadata": [{"Key": "stage", "Value": "main"}]}, {}),
    "live_engine/get_room_metadata": (
        {"RoomId": "launch", "Keys": []},
        {"Response": {"Metadata": [{"Key": "campaign", "Value": "spring"}]}},
    ),
    "live_engine/del_room_metadata": ({"RoomId": "launch", "Keys": ["campaign"]}, {}),
    "live_engine/destroy_room": ({"RoomId": "launch"}, {"Response": {"Statistic": {"TotalLikesReceived": 12}}}),
}


def assert_shows(shown, wanted):
    """Compares what is wanted; an answer may show more."""
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            assert_shows(shown[name], value)
    elif isinstance(wanted, list):
        assert len(shown) == len(wanted)
        for each, value in zip(shown, wanted):
            assert_shows(each, value)
    else:
        assert shown == wanted


@pytest.mark.parametrize("operation", CALLS)
def test_a_signature_opens_the_call(simulator, package, operation):
    body, shown = CALLS[operation]
    envelope = call(simulator, package.sign(), operation, body)
    assert (envelope["ActionStatus"], envelope["ErrorCode"]) == ("OK", 0), envelope["ErrorInfo"]
    assert_shows(envelope, shown)
    entry = simulator.last()
    assert entry["operation"] == operation
    assert entry["applied"] == (entry["kind"] == "write")


@pytest.mark.parametrize("operation", CALLS)
def test_a_wrong_key_opens_no_call(simulator, package, operation):
    before = simulator.state()["tencent"]["1400000000"]["rooms"]
    body, _ = CALLS[operation]
    assert_refused(call(simulator, package.sign(key=OTHER_KEY), operation, body), 70009)
    assert not simulator.last()["applied"]
    assert simulator.state()["tencent"]["1400000000"]["rooms"] == before


def test_a_name_with_a_space_is_signed_and_sent_alike(simulator, package):
    usersig = package.sign(identifier="second admin")
    assert look(simulator, usersig, identifier="second admin")["ErrorCode"] == 0


def test_extra_bytes_are_signed_too(simulator, package):
    assert look(simulator, package.sign_with_userbuf("room and privileges"))["ErrorCode"] == 0


def test_a_signature_serves_until_it_expires(simulator, package):
    usersig = package.sign(expire=DAY)
    simulator.advance(DAY - 60)
    assert look(simulator, usersig)["ErrorCode"] == 0
    simulator.advance(60)
    assert_refused(look(simulator, usersig), 70001)


def test_a_signature_of_another_app_is_refused(simulator, package):
    usersig = package.sign(app=OTHER_APP, key=OTHER_KEY)
    assert_refused(look(simulator, usersig), 70014)
    assert look(simulator, usersig, app=OTHER_APP)["ErrorCode"] == 100004


def test_an_app_of_another_data_centre_is_unknown(simulator, package):
    assert_refused(look(simulator, package.sign(app=1400000002), app=1400000002), 70020)


def test_a_signature_of_another_user_is_refused(simulator, package):
    assert_refused(look(simulator, package.sign(identifier="alice")), 70013)


def test_a_user_who_is_no_administrator_is_refused(simulator, package):
    assert_refused(look(simulator, package.sign(identifier="alice"), identifier="alice"), 60010)


def test_a_missing_or_damaged_signature_is_refused(simulator, package):
    usersig = package.sign()
    assert_refused(look(simulator, ""), 70002)
    assert_refused(look(simulator, usersig[: len(usersig) // 8 * 4]), 70005)
    assert_refused(look(simulator, "*" + usersig[1:]), 70003)
    standard = usersig.replace("*", "+").replace("-", "/").replace("_", "=")
    if standard != usersig:
        assert_refused(look(simulator, standard), 70003)


def test_guessing_a_key_locks_the_caller_out_for_a_minute(simulator, package):
    wrong, right = package.sign(key=OTHER_KEY), package.sign()
    codes = [look(simulator, wrong)["ErrorCode"] for _ in range(11)]
    assert codes == [70009] * 10 + [70050]
    assert_refused(look(simulator, right), 70050)
    simulator.advance(60)
    assert look(simulator, right)["ErrorCode"] == 0


def test_both_packages_sign_the_same_words(simulator):
    """The strings differ, so each must be read, not compared."""
    pypi, npm = PyPI().sign(), Npm().sign()
    assert pypi != npm
    assert look(simulator, pypi)["ErrorCode"] == look(simulator, npm)["ErrorCode"] == 0
