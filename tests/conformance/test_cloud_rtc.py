"""Huawei's CloudRTC: its own package against the simulated apps, rooms and lists."""

import datetime
import re

import pytest
from huaweicloudsdkcloudrtc import v1, v2
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ConnectionException, ServerResponseException, SslHandShakeException
from huaweicloudsdkcore.http.http_config import HttpConfig

from huawei import http, refused

SEED = "huawei.yaml"
PROJECT = "0123456789abcdef0123456789abcdef"
KEY, SECRET = "AKEXAMPLE0000000000A", "skExample/0000000000000000000000000000000"
TEMPORARY_KEY, TEMPORARY_SECRET = "ASEXAMPLE0000000000T", "skExample/1111111111111111111111111111111"
FOREIGN_KEY, FOREIGN_SECRET = "AKEXAMPLE0000000000B", "skExample/2222222222222222222222222222222"
APP, STOPPED, UNPAID = "5ff9701f2346968bb306cb43", "5ff9701f2346968bb306cb44", "5ff9701f2346968bb306cb45"
MISSING = "5ff9701f2346968bb306cb00"
ROOM = "room-1"
MINUTE, HOUR = 60, 3600
# The project at the control port.
CONTROL = f"/huaweiRtc/{PROJECT}"


def signing(key=KEY, secret=SECRET, project=PROJECT):
    return BasicCredentials(key, secret, project)


class CloudRtc:
    """Both versions of the package's client: v2 has apps and what is done to rooms, v1 the lists."""

    def __init__(self, simulator, credentials=None, url=None, config=None, handler=None):
        self.v1, self.v2 = (
            version.CloudRTCClient.new_builder()
            .with_http_config(config or http(simulator))
            .with_http_handler(handler)
            .with_credentials(credentials or signing())
            .with_endpoint(url or simulator.url)
            .build()
            for version in (v1, v2)
        )

    def apps(self, **query):
        return self.v2.list_apps(v2.ListAppsRequest(**query))

    def app(self, app=APP):
        return self.v2.show_app(v2.ShowAppRequest(app_id=app))

    def create(self, name):
        return self.v2.create_app(v2.CreateAppRequest(body=v2.AppReq(app_name=name)))

    def start(self, app):
        return self.v2.start_app(v2.StartAppRequest(app_id=app))

    def stop(self, app):
        return self.v2.stop_app(v2.StopAppRequest(app_id=app))

    def delete(self, app):
        return self.v2.delete_app(v2.DeleteAppRequest(app_id=app))

    def dismiss(self, room=ROOM, app=APP):
        return self.v2.remove_room(v2.RemoveRoomRequest(app_id=app, room_id=room))

    def remove(self, *users, room=ROOM, app=APP):
        body = v2.RemoveUsersReq(user_ids=list(users))
        return self.v2.remove_users(v2.RemoveUsersRequest(app_id=app, room_id=room, body=body))

    def rooms(self, app=APP, **query):
        return self.v1.list_rtc_room_list(v1.ListRtcRoomListRequest(app=app, **query))

    def users(self, app=APP, **query):
        return self.v1.list_rtc_user_list(v1.ListRtcUserListRequest(app=app, **query))

    def scale(self, metric, **query):
        return self.v1.list_rtc_realtime_scale(v1.ListRtcRealtimeScaleRequest(app=APP, metric=metric, **query))


# Every call, while alice is in ROOM, and the HTTP status of its success.
CALLS = {
    "list_apps": (200, lambda rtc: rtc.apps()),
    "show_app": (200, lambda rtc: rtc.app()),
    "create_app": (201, lambda rtc: rtc.create("new")),
    "start_app": (200, lambda rtc: rtc.start(STOPPED)),
    "stop_app": (200, lambda rtc: rtc.stop(APP)),
    "delete_app": (204, lambda rtc: rtc.delete(STOPPED)),
    "dismiss_room": (202, lambda rtc: rtc.dismiss()),
    "remove_users": (202, lambda rtc: rtc.remove("alice")),
    "list_rooms": (200, lambda rtc: rtc.rooms()),
    "list_users": (200, lambda rtc: rtc.users()),
    "realtime_scale": (200, lambda rtc: rtc.scale("OnlineUsers")),
}


@pytest.fixture
def rtc(simulator):
    """A client whose requests are signed as they should be."""
    return CloudRtc(simulator)


def enter(simulator, room, *users):
    for user in users:
        simulator.control("PUT", f"{CONTROL}/apps/{APP}/rooms/{room}/users/{user}")


def leave(simulator, room, *users):
    for user in users:
        simulator.control("DELETE", f"{CONTROL}/apps/{APP}/rooms/{room}/users/{user}")


def change_project(simulator, **changes):
    simulator.control("PATCH", CONTROL, changes)


def text(unix_seconds):
    """A time as the lists write it."""
    return datetime.datetime.fromtimestamp(unix_seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def unix_seconds(text):
    return int(datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp())


@pytest.mark.parametrize("operation", CALLS)
def test_a_signed_call_is_served(simulator, rtc, operation):
    enter(simulator, ROOM, "alice")
    status, call = CALLS[operation]
    answer = call(rtc)
    assert answer.status_code == status
    assert answer.x_request_id
    entry = simulator.last()
    assert entry["operation"] == operation
    assert entry["applied"] == (entry["kind"] == "write")


# Who may call


@pytest.mark.parametrize("operation", CALLS)
def test_a_wrong_secret_opens_no_call(simulator, operation):
    enter(simulator, ROOM, "alice")
    before = simulator.state()["huaweiRtc"]
    with refused(401, "APIGW.0301"):
        CALLS[operation][1](CloudRtc(simulator, signing(secret=FOREIGN_SECRET)))
    assert simulator.state()["huaweiRtc"] == before


def test_an_unknown_access_key_is_refused(simulator):
    with refused(401, "APIGW.0301"):
        CloudRtc(simulator, signing(key="AKEXAMPLE0000000000Z")).app()


def test_an_access_key_opens_no_project_of_another_customer(simulator):
    with refused(400, "RTC.00001001"):
        CloudRtc(simulator, signing(FOREIGN_KEY, FOREIGN_SECRET)).app()
    with refused(404, "RTC.00001003"):
        CloudRtc(simulator, signing(FOREIGN_KEY, FOREIGN_SECRET, "fedcba9876543210fedcba9876543210")).app()


def test_a_temporary_access_key_goes_with_its_token(simulator):
    def temporary():
        return signing(TEMPORARY_KEY, TEMPORARY_SECRET)

    assert CloudRtc(simulator, temporary().with_security_token("STS-TOKEN-EXAMPLE")).app().app_id == APP
    with refused(401, "APIGW.0301"):
        CloudRtc(simulator, temporary()).app()
    with refused(401, "APIGW.0301"):
        CloudRtc(simulator, temporary().with_security_token("STS-TOKEN-OF-ANOTHER-KEY")).app()


def test_a_clock_may_differ_by_a_quarter_of_an_hour(simulator, rtc):
    simulator.advance(14 * MINUTE)
    rtc.app()
    simulator.advance(2 * MINUTE)
    with refused(401, "APIGW.0303"):
        rtc.app()


def test_five_wrong_signatures_lock_an_access_key_for_five_minutes(simulator, rtc):
    wrong = CloudRtc(simulator, signing(secret=FOREIGN_SECRET))
    for _ in range(5):
        with refused(401, "APIGW.0301"):
            wrong.app()
    with refused(401, "APIGW.0301"):
        rtc.app()
    simulator.advance(5 * MINUTE)
    rtc.app()


def test_a_call_that_the_customer_may_not_make_is_refused(simulator, rtc):
    enter(simulator, ROOM, "alice")
    change_project(simulator, deniedOperations=["dismiss_room"])
    with refused(400, "RTC.00001021"):
        rtc.dismiss()
    rtc.remove("alice")


def test_it_is_served_over_tls(simulator):
    assert CloudRtc(simulator, url=simulator.https_url).app().app_id == APP
    with pytest.raises(SslHandShakeException):
        CloudRtc(simulator, url=simulator.https_url, config=HttpConfig()).app()


# How often


@pytest.mark.parametrize("call, others, quota", [
    (lambda rtc: rtc.app(), lambda rtc: rtc.apps(), 60),
    (lambda rtc: rtc.remove("bob"), lambda rtc: rtc.dismiss(), 60),
    (lambda rtc: rtc.rooms(), lambda rtc: rtc.users(), 30),
], ids=["apps", "rooms", "statistics"])
def test_a_quota_of_a_minute_is_shared_by_its_calls(simulator, rtc, call, others, quota):
    enter(simulator, ROOM, "alice", "bob")
    for _ in range(quota):
        call(rtc)
    with refused(429):
        others(rtc)
    assert simulator.last()["code"] == "APIGW.0308"
    simulator.advance(MINUTE)
    others(rtc)


def test_a_throttled_post_tells_code_and_request_id(simulator, rtc):
    change_project(simulator, limits={"roomManagement": 0})
    with refused(429, "APIGW.0308"):
        rtc.dismiss()


# Trouble


def test_a_lost_reply_may_hide_a_dismissal(simulator, rtc):
    enter(simulator, ROOM, "alice")
    simulator.fault("dismiss_room", "applyThenDrop")
    with pytest.raises(ConnectionException):
        rtc.dismiss()
    assert [room.state for room in rtc.rooms().room_info_list] == ["CLOSED"]


def test_a_dismissal_may_be_accepted_without_effect(simulator, rtc):
    enter(simulator, ROOM, "alice")
    simulator.fault("dismiss_room", "acceptOnly")
    assert rtc.dismiss().status_code == 202
    assert [room.state for room in rtc.rooms().room_info_list] == ["RUNNING"]


@pytest.mark.parametrize("effect, code", [
    ({"refuse": {"code": "RTC.00002001"}}, "RTC.00002001"),
    ({"refuse": {"code": "APIGW.0201"}}, "APIGW.0201"),
    ({"html": {"status": 502}}, "502"),
])
def test_a_failure_of_the_service_is_not_taken_for_a_refusal(simulator, rtc, effect, code):
    simulator.fault("show_app", effect)
    with pytest.raises(ServerResponseException) as caught:
        rtc.app()
    assert caught.value.error_code == code


# Dismissals


def test_a_dismissal_ends_the_room(simulator, rtc):
    enter(simulator, ROOM, "alice", "bob")
    rtc.dismiss()
    assert [room.state for room in rtc.rooms().room_info_list] == ["CLOSED"]
    assert {user.state for user in rtc.users().users} == {"OFFLINE"}


def test_a_dismissal_may_take_its_time(simulator, rtc):
    change_project(simulator, effectSeconds=5 * MINUTE)
    enter(simulator, ROOM, "alice")
    rtc.dismiss()
    assert [room.state for room in rtc.rooms().room_info_list] == ["RUNNING"]
    simulator.advance(5 * MINUTE)
    assert [room.state for room in rtc.rooms().room_info_list] == ["CLOSED"]


def test_a_room_that_does_not_run_cannot_be_dismissed(simulator, rtc):
    with refused(404, "RTC.00001003"):
        rtc.dismiss()
    enter(simulator, ROOM, "alice")
    rtc.dismiss()
    with refused(404, "RTC.00001003"):
        rtc.dismiss()


def test_an_unknown_app_looks_like_an_unknown_room(simulator, rtc):
    enter(simulator, ROOM, "alice")
    with refused(404, "RTC.00001003"):
        rtc.dismiss(app=MISSING)


def test_people_may_come_back_into_a_dismissed_room(simulator, rtc):
    enter(simulator, ROOM, "alice")
    rtc.dismiss()
    enter(simulator, ROOM, "alice")
    assert sorted(room.state for room in rtc.rooms().room_info_list) == ["CLOSED", "RUNNING"]


@pytest.mark.parametrize("room", ["room 1", "room.1", "r" * 65, None])
def test_a_room_id_that_cannot_be_is_refused(rtc, room):
    with refused(400, "RTC.00001003"):
        rtc.dismiss(room)


def test_a_room_id_of_dots_leads_to_another_path(rtc):
    """Every HTTP library takes dots out of a path, so that this 404 says nothing of a room."""
    with refused(404, "APIGW.0101"):
        rtc.dismiss("..")


def test_removed_people_are_out_and_the_others_stay(simulator, rtc):
    enter(simulator, ROOM, "alice", "bob", "carol")
    rtc.remove("alice", "bob", "nobody")
    assert {user.uid: user.state for user in rtc.users().users} == {
        "alice": "OFFLINE", "bob": "OFFLINE", "carol": "ONLINE",
    }


def test_a_removal_names_people(simulator, rtc):
    enter(simulator, ROOM, "alice")
    with refused(400, "RTC.00001005"):
        rtc.v2.remove_users(v2.RemoveUsersRequest(app_id=APP, room_id=ROOM, body=v2.RemoveUsersReq()))


@pytest.mark.parametrize("app", [STOPPED, UNPAID])
def test_a_room_of_an_app_that_is_out_of_use_is_not_dismissed(rtc, app):
    with refused(400, "RTC.00001016"):
        rtc.dismiss(app=app)


# Apps


def test_an_app_is_shown(rtc):
    app = rtc.app()
    assert (app.app_id, app.app_name, app.state.state) == (APP, "events", "ACTIVATION")
    assert app.scope in ("DOMESTIC", "OVERSEA", "GLOBAL")
    assert (app.authentication.app_key, app.authentication.expire) == ("key-of-the-app", 300)
    for time in (app.create_time, app.state.update_time, app.authentication.update_time):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)


def test_an_unknown_app_is_404(rtc):
    for call in (rtc.app, rtc.start, rtc.stop, rtc.delete):
        with refused(404, "RTC.00001003"):
            call(MISSING)


def test_apps_are_listed_by_page_and_state(rtc):
    everything = rtc.apps()
    assert everything.count == 3
    assert {app.app_id for app in everything.apps} == {APP, STOPPED, UNPAID}
    # Here the offset counts pages.
    pages = [rtc.apps(offset=page, limit=2) for page in range(3)]
    assert [(page.count, len(page.apps)) for page in pages] == [(3, 2), (3, 1), (3, 0)]
    assert [app.app_id for app in rtc.apps(state="DEACTIVATION").apps] == [STOPPED]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"state": "RUNNING"}])
def test_a_page_of_apps_out_of_bounds_is_refused(rtc, query):
    with refused(400, "RTC.00001003"):
        rtc.apps(**query)


def test_an_app_is_created_stopped_started_and_deleted(rtc):
    app = rtc.create("会议").app_id
    assert (rtc.app(app).app_name, rtc.app(app).state.state) == ("会议", "ACTIVATION")
    stopped = rtc.stop(app)
    assert (stopped.app_id, stopped.state.state) == (app, "DEACTIVATION")
    started = rtc.start(app)
    assert (started.app_id, started.state.state) == (app, "ACTIVATION")
    rtc.delete(app)
    with refused(404, "RTC.00001003"):
        rtc.app(app)


def test_two_apps_have_no_common_name(rtc):
    with refused(400, "RTC.00001020"):
        rtc.create("events")


def test_a_project_has_only_so_many_apps(simulator, rtc):
    change_project(simulator, mostApps=3)
    with refused(400, "RTC.00001017"):
        rtc.create("one-more")


# Lists


def test_a_room_is_listed_until_and_after_it_is_over(simulator, rtc):
    enter(simulator, ROOM, "alice")
    room = rtc.rooms().room_info_list[0]
    assert (room.app, room.room_id, room.state, room.end_time) == (APP, ROOM, "RUNNING", "-")
    assert abs(simulator.now() - unix_seconds(room.start_time)) < MINUTE
    simulator.advance(MINUTE)
    leave(simulator, ROOM, "alice")
    room = rtc.rooms().room_info_list[0]
    assert room.state == "CLOSED"
    assert abs(unix_seconds(room.end_time) - unix_seconds(room.start_time) - room.duration) <= 1
    assert MINUTE <= room.duration < 2 * MINUTE


def test_rooms_are_listed_by_state_and_id(simulator, rtc):
    enter(simulator, "over", "alice")
    leave(simulator, "over", "alice")
    enter(simulator, "on", "alice")
    assert rtc.rooms().total == 2
    assert [room.room_id for room in rtc.rooms(state="RUNNING").room_info_list] == ["on"]
    assert [room.room_id for room in rtc.rooms(state="CLOSED").room_info_list] == ["over"]
    assert [room.state for room in rtc.rooms(room_id="over").room_info_list] == ["CLOSED"]


def test_rooms_are_listed_in_pages(simulator, rtc):
    for number in range(5):
        enter(simulator, f"room-{number}", "alice")
    pages = [rtc.rooms(limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [(page.total, page.limit, page.offset) for page in pages] == [(5, 2, 0), (5, 2, 2), (5, 2, 4)]
    shown = [room.room_id for page in pages for room in page.room_info_list]
    assert sorted(shown) == [f"room-{number}" for number in range(5)]


def test_a_list_shows_what_began_in_the_period(simulator, rtc):
    began = simulator.now()
    enter(simulator, ROOM, "alice")
    simulator.advance(10 * MINUTE)
    assert rtc.rooms().total == rtc.users().total == 1
    for period, total in [
        ({"start_time": text(began - MINUTE)}, 1),
        ({"start_time": text(began + 5 * MINUTE)}, 0),
        ({"start_time": text(began - HOUR), "end_time": text(began - MINUTE)}, 0),
    ]:
        assert rtc.rooms(**period).total == rtc.users(**period).total == total


def test_a_list_lags_behind(simulator, rtc):
    change_project(simulator, listLagSeconds=5 * MINUTE)
    enter(simulator, ROOM, "alice")
    assert rtc.rooms().total == rtc.users().total == 0
    simulator.advance(5 * MINUTE)
    assert rtc.rooms().total == rtc.users().total == 1


@pytest.mark.parametrize("query", [
    {"state": "ENDED"},
    {"start_time": "yesterday"},
    {"start_time": "2026-01-01T00:00:00Z", "end_time": "2026-05-01T00:00:00Z"},
    {"limit": -1},
    {"app": None},
])
def test_a_wrong_or_missing_value_of_a_list_is_refused(rtc, query):
    with refused(400, "DATA.100011001"):
        rtc.rooms(**query)


def test_people_are_listed_by_state_and_id(simulator, rtc):
    enter(simulator, ROOM, "alice", "bob", "carol")
    leave(simulator, ROOM, "bob")
    answer = rtc.users(room_id=ROOM)
    assert answer.total == 3
    shown = {user.uid: user for user in answer.users}
    assert (shown["alice"].state, shown["alice"].leave_time) == ("ONLINE", "-")
    assert (shown["bob"].state, shown["bob"].room_id, shown["bob"].app) == ("OFFLINE", ROOM, APP)
    assert unix_seconds(shown["bob"].leave_time) >= unix_seconds(shown["bob"].join_time)
    assert [user.uid for user in rtc.users(state=["OFFLINE"]).users] == ["bob"]
    assert rtc.users(state=["ONLINE", "OFFLINE"]).total == 3
    assert [user.uid for user in rtc.users(uid="carol").users] == ["carol"]


def test_whatever_is_asked_for_is_signed_as_it_is_sent(rtc):
    for nickname in ("Jörg & Söhne", "a=b+c d%20e/f?g", "会议", "~'()*!"):
        assert rtc.users(nickname=nickname, region=["b", "a", ""], isp=["x y"]).total == 0


def test_people_are_listed_once_or_for_each_time_that_they_were_in(simulator, rtc):
    enter(simulator, ROOM, "alice", "bob")
    leave(simulator, ROOM, "alice")
    enter(simulator, ROOM, "alice")
    assert rtc.users(uid="alice").total == rtc.users(uid="alice", type="summary").total == 1
    assert rtc.users(uid="alice", type="detail").total == 2


def test_the_scale_counts_people_and_rooms_minute_by_minute(simulator, rtc):
    enter(simulator, ROOM, "alice", "bob")
    enter(simulator, "room-2", "carol")
    simulator.advance(MINUTE)
    for metric, value in [("OnlineUsers", 3), ("RoomCount", 2)]:
        newest = rtc.scale(metric).scale[-1]
        assert newest.value == value
        assert 0 <= simulator.now() - unix_seconds(newest.time) <= MINUTE
