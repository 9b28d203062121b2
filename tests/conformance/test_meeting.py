"""Huawei Cloud Meeting: its own package against the simulated log-ins, rooms, users and conferences."""

import re

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ConnectionException, ServerResponseException, SslHandShakeException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkmeeting import v1
from huaweicloudsdkmeeting.v1.meeting_credentials import AuthTypeEnum, MeetingCredentials, TenantSceneEnum

from huawei import http, refused

SEED = "meeting.yaml"
APP, APP_KEY = "fdb8e4699586458bbd10c834872dcc62", "appKeyExample0123456789"
PROVIDER, PROVIDER_KEY, CORP = "fdb8e4699586458bbd10c834872dcc63", "appKeyExample9876543210", "807074305"
BOARD_ROOM, LAB, PERSONAL, TOWN_HALL, FREE, ENTRANCE, SHOW, RENTED = (
    f"ff80808167ef1edf0167f33d650c000{number}" for number in range(1, 9)
)
UNKNOWN = "ff80808167ef1edf0167f33d650c0000"
ACCOUNT, USER_ID = 0, 1
MINUTE = 60
# The App ID at the control port.
CONTROL = f"/huaweiMeeting/{APP}"


def app_id(user=None, app=APP, key=APP_KEY):
    """A log-in by the App ID of one enterprise, as a user or as its default administrator."""
    credentials = MeetingCredentials().with_auth_type_enum(AuthTypeEnum.APP_ID).with_app_id(app).with_app_key(key)
    return credentials.with_user_id(user)


def provider(corp=None, user=None):
    """A log-in by the App ID of a service provider."""
    credentials = app_id(user, PROVIDER, PROVIDER_KEY).with_corp_id(corp)
    return credentials.with_tenant_scene_enum(TenantSceneEnum.MULTI_TENANT)


class Meeting:
    """The package's client, which logs in before its first call."""

    def __init__(self, simulator, credentials, config=None):
        builder = v1.MeetingClient.new_builder().with_http_config(config or http(simulator))
        self.v1 = builder.with_credentials(credentials).with_endpoint(simulator.https_url).build()

    def my_rooms(self, **query):
        return self.v1.search_member_vmr(v1.SearchMemberVmrRequest(**query))

    def my_room(self, id):
        return next(room for room in self.my_rooms(limit=100).data if room.id == id)

    def change(self, id, **settings):
        return self.v1.update_member_vmr(v1.UpdateMemberVmrRequest(id=id, body=v1.ModVmrDTO(**settings)))

    def all_rooms(self, **query):
        return self.v1.search_corp_vmr(v1.SearchCorpVmrRequest(**query))

    def room(self, id):
        return next(room for room in self.all_rooms(limit=100).data if room.id == id)

    def assign(self, account, *ids, account_type=USER_ID):
        return self.v1.associate_vmr(
            v1.AssociateVmrRequest(account=account, account_type=account_type, body=list(ids))
        )

    def recycle(self, account, *ids, account_type=USER_ID):
        return self.v1.disassociate_vmr(
            v1.DisassociateVmrRequest(account=account, account_type=account_type, body=list(ids))
        )

    def delete(self, *ids):
        return self.v1.delete_corp_vmr(v1.DeleteCorpVmrRequest(body=list(ids)))

    def user(self, account, account_type=USER_ID):
        return self.v1.show_user_detail(v1.ShowUserDetailRequest(account=account, account_type=account_type))

    def users(self, *ids, id_type="THIRD_ACCOUNT"):
        body = [v1.ShowUserRequestDTO(id=id) for id in ids]
        return self.v1.batch_show_user_details(v1.BatchShowUserDetailsRequest(id_type=id_type, body=body))

    def conferences(self, **query):
        return self.v1.search_online_meetings(v1.SearchOnlineMeetingsRequest(**query))

    def control(self, conference, password):
        request = v1.CreateConfTokenRequest(conference_id=conference, x_password=password, x_login_type=1)
        return self.v1.create_conf_token(request)

    def stop(self, conference, token):
        return self.v1.stop_meeting(v1.StopMeetingRequest(conference_id=conference, x_conference_authorization=token))

    def cancel(self, conference, type=None):
        return self.v1.cancel_meeting(v1.CancelMeetingRequest(conference_id=conference, type=type))

    def renew(self):
        return self.v1.update_token(v1.UpdateTokenRequest())

    def check(self, token, need_gen_new_token=False):
        body = v1.ValidateTokenReqDTO(token=token, need_gen_new_token=need_gen_new_token, need_account_info=True)
        return self.v1.check_token(v1.CheckTokenRequest(body=body))

    def log_out(self):
        return self.v1.delete_token(v1.DeleteTokenRequest())


def enter(simulator, room, *people):
    """Lets people enter a room, and returns the id of the conference that they hold there."""
    for person in people:
        answer = simulator.control("PUT", f"{CONTROL}/rooms/{room}/people/{person}")
    return answer["conference"]


def change_app(simulator, **changes):
    simulator.control("PATCH", CONTROL, changes)


@pytest.fixture
def administrator(simulator):
    return Meeting(simulator, app_id())


@pytest.fixture
def alice(simulator):
    return Meeting(simulator, app_id("alice"))


@pytest.fixture
def carol(simulator):
    """One who logs in with account and password."""
    credentials = MeetingCredentials("carol@example", "a password of hers").with_auth_type_enum(AuthTypeEnum.ACCOUNT)
    return Meeting(simulator, credentials)


class They:
    """Whoever calls, and the conference that runs in alice's room."""

    def __init__(self, administrator, alice, carol, conference):
        self.administrator, self.alice, self.carol, self.conference = administrator, alice, carol, conference


@pytest.fixture
def they(simulator, administrator, alice, carol):
    return They(administrator, alice, carol, enter(simulator, BOARD_ROOM, "alice", "a guest"))


# Every call; the package logs in before.
CALLS = {
    "app_auth": lambda they: they.alice.my_rooms(),
    "account_auth": lambda they: they.carol.my_rooms(),
    "refresh_token": lambda they: they.alice.renew(),
    "validate_token": lambda they: they.alice.check(they.administrator.renew().access_token),
    "log_out": lambda they: they.alice.log_out(),
    "search_member_vmr": lambda they: they.alice.my_rooms(),
    "update_member_vmr": lambda they: they.alice.change(BOARD_ROOM, vmr_name="New"),
    "search_corp_vmr": lambda they: they.administrator.all_rooms(),
    "associate_vmr": lambda they: they.administrator.assign("bob", FREE),
    "disassociate_vmr": lambda they: they.administrator.recycle("bob", TOWN_HALL),
    "delete_corp_vmr": lambda they: they.administrator.delete(FREE),
    "show_member": lambda they: they.administrator.user("alice"),
    "list_users": lambda they: they.administrator.users("alice"),
    "online_conferences": lambda they: they.administrator.conferences(query_all=True),
    "conference_token": lambda they: they.alice.control(they.conference, "123456"),
    "stop_conference": lambda they: they.alice.stop(
        they.conference, they.alice.control(they.conference, "123456").data.token
    ),
    "delete_conference": lambda they: they.administrator.cancel(they.conference, type=1),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_call_is_served(simulator, they, operation):
    answer = CALLS[operation](they)
    assert answer.status_code == 200
    entry = next(entry for entry in reversed(simulator.journal()) if entry["operation"] == operation)
    assert entry["status"] == 200
    assert entry["applied"] == (entry["kind"] == "write")


# Log-ins


def test_an_app_id_logs_in_as_any_user_or_as_the_administrator(simulator, alice, administrator):
    assert {room.id for room in alice.my_rooms().data} == {BOARD_ROOM, LAB, PERSONAL}
    assert administrator.all_rooms().count == 5
    who = [entry["identifier"] for entry in simulator.journal() if entry["operation"] == "app_auth"]
    assert who == ["alice", "administrator"]


def test_a_service_provider_logs_in_for_its_enterprises(simulator):
    frank, their_administrator = Meeting(simulator, provider(CORP, "frank")), Meeting(simulator, provider(CORP))
    assert [room.id for room in frank.my_rooms().data] == [RENTED]
    assert [room.id for room in their_administrator.all_rooms().data] == [RENTED]
    assert Meeting(simulator, provider("807074306")).all_rooms().count == 0


def test_a_service_providers_own_administrator_has_no_rooms(simulator):
    itself = Meeting(simulator, provider())
    assert itself.renew().user.user_type == 1
    with refused(403):
        Meeting(simulator, provider()).all_rooms()


def test_an_account_logs_in_with_its_password(carol):
    assert carol.my_rooms().count == 0
    with refused(403):
        carol.all_rooms()


def test_one_log_in_serves_many_calls(simulator, alice):
    for _ in range(3):
        alice.my_rooms()
    assert [entry["operation"] for entry in simulator.journal()] == ["app_auth"] + ["search_member_vmr"] * 3


@pytest.mark.parametrize("credentials", [
    lambda: app_id("alice", key="appKeyExample0123456780"),
    lambda: app_id(app="fdb8e4699586458bbd10c834872dcc00"),
    lambda: app_id("alice").with_tenant_scene_enum(TenantSceneEnum.MULTI_TENANT),
    lambda: app_id("frank", PROVIDER, PROVIDER_KEY),
    lambda: provider("807074307"),
    lambda: provider(None, "frank"),
], ids=["wrong key", "unknown app", "signed as a provider", "signed as one enterprise", "unknown corp", "no corp"])
def test_a_log_in_with_a_wrong_signature_or_enterprise_is_refused(simulator, credentials):
    with refused(401, "USG.206010025"):
        Meeting(simulator, credentials()).my_rooms()
    assert [entry["operation"] for entry in simulator.journal()] == ["app_auth"]


def test_a_log_in_that_was_signed_too_long_ago_is_refused(simulator):
    simulator.advance(9 * MINUTE)
    Meeting(simulator, app_id("alice")).my_rooms()
    simulator.advance(2 * MINUTE)
    with refused(401, "USG.206010057"):
        Meeting(simulator, app_id("alice")).my_rooms()


@pytest.mark.parametrize("account, password", [("carol@example", "another"), ("nobody@example", "a password of hers")])
def test_a_wrong_account_or_password_is_refused(simulator, account, password):
    with refused(401, "USG.206010000"):
        Meeting(simulator, MeetingCredentials(account, password)).my_rooms()


def test_a_disabled_or_locked_user_does_not_log_in(simulator):
    with refused(412):
        Meeting(simulator, app_id("dave")).my_rooms()
    with refused(423):
        Meeting(simulator, app_id("erin")).my_rooms()


def test_an_unknown_user_id_is_registered_by_logging_in(simulator, administrator):
    assert administrator.users("gina").body[0].status_code == 2
    assert Meeting(simulator, app_id("gina")).my_rooms().count == 0
    assert administrator.user("gina").third_account == "gina"


def test_an_enterprise_may_register_nobody(simulator):
    with refused(401, "USG.206030000"):
        Meeting(simulator, provider(CORP, "gina")).my_rooms()


# Tokens


def test_a_token_ends_and_the_package_does_not_log_in_again(simulator, alice):
    change_app(simulator, answers={"validPeriod": 300})
    alice.my_rooms()
    simulator.advance(240)
    alice.my_rooms()
    simulator.advance(60)
    with refused(401, "USG.000000004"):
        alice.my_rooms()
    Meeting(simulator, app_id("alice")).my_rooms()


def test_a_log_in_too_many_ends_the_oldest_token_of_the_user(simulator, administrator):
    oldest, next_oldest, *_ = clients = [Meeting(simulator, app_id("alice")) for _ in range(65)]
    administrator.all_rooms()
    for client in clients:
        client.my_rooms()
    with refused(401, "USG.000000004"):
        oldest.my_rooms()
    next_oldest.my_rooms()
    administrator.all_rooms()


def test_a_token_is_renewed_and_checked(alice, administrator):
    renewed = alice.renew()
    assert renewed.access_token and renewed.refresh_token
    # Seconds for the ends, milliseconds for the beginning.
    assert renewed.expire_time - renewed.create_time // 1000 == renewed.valid_period
    assert 12 * 3600 <= renewed.valid_period <= 24 * 3600
    assert (renewed.client_type, renewed.token_type) == (72, 0)
    assert (renewed.user.third_account, renewed.user.admin_type, renewed.user.status) == ("alice", 2, 0)
    assert administrator.check(renewed.access_token).access_token == renewed.access_token
    assert administrator.check(renewed.access_token, need_gen_new_token=True).access_token != renewed.access_token
    with refused(401, "USG.000000004"):
        administrator.check("stbexample")


def test_a_log_out_ends_the_token(alice):
    alice.my_rooms()
    alice.log_out()
    with refused(401, "USG.000000004"):
        alice.my_rooms()


# The rooms of a user


def test_a_room_is_shown_to_its_owner_with_all_settings(alice):
    room = alice.my_room(BOARD_ROOM)
    assert (room.vmr_id, room.vmr_name, room.vmr_mode, room.status) == ("938305101", "Board room", 1, 0)
    assert (room.chair_pwd, room.gust_pwd) == ("123456", "654321")
    assert (room.allow_gust_first, room.gust_first_notice) == (False, False)
    assert room.chair_join_url.startswith("https://") and room.gust_join_url.startswith("https://")
    assert room.chair_join_url != room.gust_join_url
    assert room.vmr_pkg_id and room.vmr_pkg_name and room.vmr_pkg_parties
    personal = alice.my_room(PERSONAL)
    assert (personal.vmr_id, personal.vmr_mode, personal.gust_pwd) == ("938305103", 0, None)
    assert alice.my_room(LAB).status == 1


def test_rooms_are_found_by_kind_name_and_number(alice):
    assert {room.id for room in alice.my_rooms(special_vmr=True).data} == {BOARD_ROOM, LAB}
    assert {room.id for room in alice.my_rooms(special_vmr=False).data} == {PERSONAL}
    assert [room.id for room in alice.my_rooms(search_key="board").data] == [BOARD_ROOM]
    assert [room.id for room in alice.my_rooms(search_key="305102").data] == [LAB]


def test_beyond_the_end_the_last_page_is_shown_again(alice, administrator):
    for search, count in [(alice.my_rooms, 3), (administrator.all_rooms, 5)]:
        pages = [search(offset=offset, limit=2).data for offset in (0, 2, 4, 6, 100)]
        ids = [[room.id for room in page] for page in pages]
        assert {search(offset=offset, limit=2).count for offset in (0, 100)} == {count}
        last = (count - 1) // 2
        assert len({id for page in ids[: last + 1] for id in page}) == count
        assert all(page == ids[last] for page in ids[last:])


def test_passwords_may_be_masked(simulator, alice):
    change_app(simulator, answers={"passwords": "masked"})
    room = alice.my_room(BOARD_ROOM)
    assert (room.chair_pwd, room.gust_pwd) == ("******", "******")
    assert alice.my_room(LAB).gust_pwd is None
    with refused(400):
        alice.change(BOARD_ROOM, chair_pwd=room.chair_pwd)


def test_all_settings_of_a_room_are_changed(alice):
    alice.change(
        BOARD_ROOM, vmr_name="会议", chair_pwd="1234", gust_pwd="1234567890123456",
        allow_gust_first=True, gust_first_notice=True,
    )
    room = alice.my_room(BOARD_ROOM)
    assert (room.vmr_name, room.chair_pwd, room.gust_pwd) == ("会议", "1234", "1234567890123456")
    assert (room.allow_gust_first, room.gust_first_notice) == (True, True)


def test_the_package_leaves_out_what_is_not_set_and_that_is_kept(simulator, alice):
    alice.change(BOARD_ROOM, vmr_name="New")
    assert simulator.last()["body"] == {"vmrName": "New"}
    room = alice.my_room(BOARD_ROOM)
    assert (room.vmr_name, room.chair_pwd, room.gust_pwd) == ("New", "123456", "654321")


def test_an_empty_guest_password_is_none(alice):
    alice.change(BOARD_ROOM, gust_pwd="")
    assert alice.my_room(BOARD_ROOM).gust_pwd is None


def test_host_and_guests_have_different_passwords(alice):
    with refused(400, "USG.201080006"):
        alice.change(BOARD_ROOM, chair_pwd="1234", gust_pwd="1234")
    with refused(400, "USG.201080006"):
        alice.change(BOARD_ROOM, gust_pwd="123456")


@pytest.mark.parametrize("settings", [
    {"vmr_name": ""}, {"vmr_name": "n" * 129},
    {"chair_pwd": "123"}, {"chair_pwd": "1" * 17}, {"chair_pwd": "abcd"}, {"chair_pwd": ""},
    {"gust_pwd": "123"}, {"gust_pwd": "1" * 17}, {"gust_pwd": "12 34"},
])
def test_a_setting_out_of_bounds_is_refused(alice, settings):
    before = alice.my_room(BOARD_ROOM).to_dict()
    with refused(400):
        alice.change(BOARD_ROOM, **settings)
    assert alice.my_room(BOARD_ROOM).to_dict() == before


@pytest.mark.parametrize("id", [TOWN_HALL, FREE, UNKNOWN])
def test_only_its_owner_changes_a_room(alice, id):
    with refused(400):
        alice.change(id, vmr_name="New")


# The rooms of the enterprise


def test_the_administrator_sees_who_has_a_room_but_not_its_settings(administrator):
    room = administrator.room(BOARD_ROOM)
    assert (room.vmr_id, room.vmr_name, room.status, room.device) == ("938305101", "Board room", 0, None)
    assert (room.member.id, room.member.mark) == ("alice@example", "Alice")
    assert administrator.room(LAB).status == 1
    free = administrator.room(FREE)
    assert (free.status, free.member, free.device) == (2, None, None)
    entrance = administrator.room(ENTRANCE)
    assert (entrance.status, entrance.member, entrance.device.id) == (0, None, "board-1")
    assert isinstance(entrance.expire_date, int)


def test_the_rooms_of_the_enterprise_are_found_by_mode_status_and_name(administrator):
    assert {room.id for room in administrator.all_rooms().data} == {BOARD_ROOM, LAB, TOWN_HALL, FREE, ENTRANCE}
    for query, ids in [
        ({"vmr_mode": 2}, {SHOW}),
        ({"status": 1}, {LAB}),
        ({"status": 2}, {FREE}),
        ({"search_key": "alice"}, {BOARD_ROOM, LAB}),
        ({"search_key": "Board 1"}, {ENTRANCE}),
        ({"search_key": "938305104"}, {TOWN_HALL}),
    ]:
        assert {room.id for room in administrator.all_rooms(**query).data} == ids


def test_a_user_does_not_administrate(alice):
    for call in (
        lambda: alice.all_rooms(),
        lambda: alice.assign("alice", FREE),
        lambda: alice.recycle("alice", BOARD_ROOM),
        lambda: alice.delete(FREE),
        lambda: alice.user("bob"),
    ):
        with refused(403):
            call()


@pytest.mark.parametrize("bob, account_type", [("bob", USER_ID), ("bob@example", ACCOUNT)], ids=["user id", "account"])
def test_a_room_changes_its_owner_by_recycling_and_assigning(simulator, administrator, bob, account_type):
    administrator.recycle("alice", BOARD_ROOM)
    assert (administrator.room(BOARD_ROOM).status, administrator.room(BOARD_ROOM).member) == (2, None)
    administrator.assign(bob, BOARD_ROOM, account_type=account_type)
    assert administrator.room(BOARD_ROOM).member.id == "bob@example"
    assert Meeting(simulator, app_id("bob")).my_room(BOARD_ROOM).vmr_name == "Board room"


def test_an_unknown_user_gets_no_room(administrator):
    for account, account_type in [("nobody", USER_ID), ("bob@example", USER_ID), ("bob", ACCOUNT)]:
        with refused(400, "USG.201040000"):
            administrator.assign(account, FREE, account_type=account_type)
        with refused(400, "USG.201040000"):
            administrator.user(account, account_type)


@pytest.mark.parametrize("id", [BOARD_ROOM, ENTRANCE, PERSONAL, UNKNOWN])
def test_a_room_that_is_taken_or_unknown_is_not_assigned(administrator, id):
    with refused(400):
        administrator.assign("bob", FREE, id)
    assert administrator.room(FREE).status == 2


@pytest.mark.parametrize("id", [TOWN_HALL, FREE, PERSONAL, UNKNOWN])
def test_a_room_that_the_user_has_not_is_not_recycled(administrator, id):
    with refused(400):
        administrator.recycle("alice", BOARD_ROOM, id)
    assert administrator.room(BOARD_ROOM).member.id == "alice@example"


def test_a_call_names_up_to_a_hundred_rooms(administrator):
    for ids in ([], [FREE] * 101):
        with refused(400):
            administrator.assign("bob", *ids)


def test_an_account_has_up_to_32_rooms(simulator, administrator):
    ids = [f"ff80808167ef1edf0167f33d650d{number:04}" for number in range(33)]
    change_app(simulator, enterprises={"807074304": {"rooms": {id: {} for id in ids}}})
    administrator.assign("boss", *ids[:32])
    with refused(400):
        administrator.assign("boss", ids[32])


def test_a_deleted_room_is_gone(administrator):
    administrator.delete(FREE)
    assert FREE not in {room.id for room in administrator.all_rooms().data}
    with refused(400):
        administrator.delete(FREE)


# Users


@pytest.mark.parametrize("name, account_type", [("alice", USER_ID), ("alice@example", ACCOUNT)])
def test_a_user_is_shown_with_the_rooms(administrator, name, account_type):
    user = administrator.user(name, account_type)
    assert (user.user_account, user.third_account, user.name) == ("alice@example", "alice", "Alice")
    assert (user.status, user.user_type, user.admin_type) == (0, 2, 2)
    rooms = {room.id: (room.vmr_id, room.vmr_mode, room.status) for room in user.vmr_list}
    assert rooms == {
        BOARD_ROOM: ("938305101", 1, 0), LAB: ("938305102", 1, 1), PERSONAL: ("938305103", 0, 0),
    }


def test_a_disabled_user_is_shown_as_such(administrator):
    assert administrator.user("dave").status == 1
    assert administrator.user("boss").admin_type == 0


def test_users_are_looked_up_without_registering_them(simulator, administrator):
    found, unknown = administrator.users("alice", "nobody").body
    assert (found.id, found.status_code, found.account, found.email) == ("alice", 0, "alice@example", "alice@mail.example")
    assert (unknown.id, unknown.status_code) == ("nobody", 2)
    users = simulator.state()["huaweiMeeting"][APP]["enterprises"]["807074304"]["users"]
    assert len(users) == 6
    by_id = administrator.users(administrator.user("alice").id, id_type="USER_ID").body
    assert [user.account for user in by_id] == ["alice@example"]


def test_a_look_names_up_to_two_hundred_users(administrator):
    assert len(administrator.users(*["alice"] * 200).body) == 200
    with refused(400):
        administrator.users(*["alice"] * 201)


# Conferences


def test_a_conference_runs_while_people_are_in_a_room(simulator, administrator, alice):
    assert administrator.conferences(query_all=True).count == 0
    conference = enter(simulator, BOARD_ROOM, "alice", "a guest")
    shown = administrator.conferences(query_all=True, search_key="938305101").data
    assert [(one.conference_id, one.conference_state) for one in shown] == [(conference, "Created")]
    one = shown[0]
    assert (one.vmr_flag, one.vmr_id, one.vmr_conference_id) == (1, BOARD_ROOM, "938305101")
    assert (one.subject, one.online_attendee_amount) == ("Board room", 2)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", one.start_time)
    assert [one.conference_id for one in alice.conferences().data] == [conference]
    for person in ("alice", "a guest"):
        simulator.control("DELETE", f"{CONTROL}/rooms/{BOARD_ROOM}/people/{person}")
    assert administrator.conferences(query_all=True).count == 0


def test_people_see_their_own_conferences_and_the_administrator_all(simulator, administrator, alice):
    earlier = enter(simulator, TOWN_HALL, "bob")
    simulator.advance(MINUTE)
    later = enter(simulator, BOARD_ROOM, "alice")
    assert [one.conference_id for one in administrator.conferences(query_all=True).data] == [earlier, later]
    assert administrator.conferences(query_all=False).count == administrator.conferences().count == 0
    assert [one.conference_id for one in alice.conferences(query_all=True).data] == [later]
    page = administrator.conferences(query_all=True, offset=1, limit=1)
    assert (page.count, page.offset, page.limit, len(page.data)) == (2, 1, 1, 1)


def test_a_conference_is_stopped_with_a_token_that_the_host_password_gives(simulator, alice, administrator):
    conference = enter(simulator, BOARD_ROOM, "alice", "a guest")
    control = alice.control(conference, "123456").data
    assert control.token
    assert (control.conf_token_expire_time, control.vmr_current_conf_id) == (30 * MINUTE, conference)
    assert 0 <= simulator.now() + 30 * MINUTE - control.expire_time // 1000 <= MINUTE
    alice.stop(conference, control.token)
    assert administrator.conferences(query_all=True).count == 0
    with refused(400, "MMC.111072005"):
        alice.stop(conference, control.token)
    with refused(400, "MMC.111072005"):
        alice.control(conference, "123456")


def test_a_conference_is_not_stopped_with_a_wrong_password_or_token(simulator, alice, administrator):
    conference = enter(simulator, BOARD_ROOM, "alice")
    with refused(400):
        alice.control(conference, "654321")
    with refused(401):
        alice.stop(conference, "made up")
    assert administrator.conferences(query_all=True).count == 1
    token = alice.control(conference, "123456").data.token
    simulator.advance(30 * MINUTE)
    with refused(401):
        alice.stop(conference, token)
    assert administrator.conferences(query_all=True).count == 1


def test_a_running_conference_is_cancelled_only_if_that_is_said(simulator, administrator):
    conference = enter(simulator, BOARD_ROOM, "alice")
    with refused(400):
        administrator.cancel(conference)
    administrator.cancel(conference, type=1)
    with refused(400, "MMC.111070005"):
        administrator.cancel(conference, type=1)


def test_an_unknown_conference_is_refused(alice, administrator):
    with refused(400, "MMC.111070005"):
        alice.control("989123456", "123456")
    with refused(400, "MMC.111070005"):
        administrator.cancel("989123456", type=1)


# Trouble


def test_a_lost_reply_may_hide_a_change(simulator, alice):
    simulator.fault("update_member_vmr", "applyThenDrop")
    with pytest.raises(ConnectionException):
        alice.change(BOARD_ROOM, vmr_name="New")
    assert alice.my_room(BOARD_ROOM).vmr_name == "New"


def test_a_log_in_that_fails_is_made_anew_by_the_next_call(simulator, alice):
    simulator.fault("app_auth", {"status": {"code": 500}})
    with pytest.raises(ServerResponseException):
        alice.my_rooms()
    alice.my_rooms()


def test_a_call_that_came_too_often_is_refused(simulator, alice, administrator):
    change_app(simulator, limits={"perOperation": {"search_member_vmr": 2, "associate_vmr": 0}})
    alice.my_rooms()
    alice.my_rooms()
    with refused(429):
        alice.my_rooms()
    assert simulator.last()["status"] == 429
    with refused(429, "APIGW.0308"):
        administrator.assign("bob", FREE)
    simulator.advance(MINUTE)
    alice.my_rooms()


def test_it_is_served_over_tls_only_to_who_trusts_it(simulator):
    with pytest.raises(SslHandShakeException):
        Meeting(simulator, app_id(), HttpConfig()).all_rooms()
    assert simulator.journal() == []
