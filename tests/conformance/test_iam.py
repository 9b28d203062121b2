"""Huawei's IAM: its own package's log-in with a password, and what the token and the access key then open."""

import datetime

import pytest
from huaweicloudsdkcloudrtc import v2
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiam import v3

from huawei import http, refused
from test_cloud_rtc import APP, FOREIGN_KEY, KEY, MINUTE, PROJECT, SECRET, CloudRtc

SEED = "huawei.yaml"
DAY = 24 * 3600


def iam(simulator):
    builder = v3.IamClient.new_builder().with_http_config(http(simulator))
    return builder.with_credentials(GlobalCredentials(KEY, SECRET, "domain")).with_endpoint(simulator.url).build()


def log_in(simulator, user="operator", password="a password of a user", domain="example", project=PROJECT, scope=None):
    """Logs in for a project, as the vendor's pages for IAM show it."""
    user = v3.PwdPasswordUser(domain=v3.PwdPasswordUserDomain(name=domain), name=user, password=password)
    identity = v3.PwdIdentity(methods=["password"], password=v3.PwdPassword(user=user))
    scope = scope or v3.AuthScope(project=v3.AuthScopeProject(id=project))
    body = v3.KeystoneCreateUserTokenByPasswordRequestBody(auth=v3.PwdAuth(identity=identity, scope=scope))
    request = v3.KeystoneCreateUserTokenByPasswordRequest(nocatalog="true", body=body)
    return iam(simulator).keystone_create_user_token_by_password(request)


def with_token(simulator, token):
    """A client of CloudRTC that sends a token instead of a signature: the package's models have no field for it."""

    def replace(request, **_):
        del request.header_params["Authorization"]
        request.header_params["X-Auth-Token"] = token

    return CloudRtc(simulator, handler=HttpHandler().add_request_handler(replace))


CALLS = {
    "create_token": lambda simulator: log_in(simulator),
    "list_projects": lambda simulator: projects(simulator),
}


def projects(simulator, **query):
    return iam(simulator).keystone_list_projects(v3.KeystoneListProjectsRequest(**query)).projects


@pytest.mark.parametrize("operation", CALLS)
def test_a_call_is_served(simulator, operation):
    CALLS[operation](simulator)
    assert simulator.last()["operation"] == operation


def test_a_password_gives_a_token_for_a_day(simulator):
    answer = log_in(simulator)
    assert answer.status_code == 201
    assert answer.x_subject_token
    assert answer.token.project.id == PROJECT
    assert (answer.token.user.name, answer.token.user.domain.name) == ("operator", "example")
    issued, expires = (
        datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%S.%fZ")
        for time in (answer.token.issued_at, answer.token.expires_at)
    )
    assert (expires - issued).total_seconds() == DAY


def test_a_token_may_be_asked_for_by_the_name_of_the_project(simulator):
    answer = log_in(simulator, scope=v3.AuthScope(project=v3.AuthScopeProject(name="cn-north-4")))
    assert answer.token.project.id == PROJECT


def test_a_token_opens_what_a_signature_opens(simulator):
    rtc = with_token(simulator, log_in(simulator).x_subject_token)
    assert rtc.app().app_id == APP
    assert rtc.rooms().total == 0
    with refused(404, "RTC.00001003"):
        rtc.dismiss()
    assert simulator.last()["identifier"] == "operator"


def test_a_further_token_leaves_the_earlier_one_as_it_is(simulator):
    earlier = log_in(simulator).x_subject_token
    assert log_in(simulator).x_subject_token != earlier
    with_token(simulator, earlier).app()


def test_a_token_ends(simulator):
    rtc = with_token(simulator, log_in(simulator).x_subject_token)
    simulator.advance(DAY - MINUTE)
    rtc.app()
    simulator.advance(MINUTE)
    with refused(401, "APIGW.0301"):
        rtc.app()


def test_a_made_up_token_opens_nothing(simulator):
    with refused(401, "APIGW.0301"):
        with_token(simulator, "MIIexample").app()


@pytest.mark.parametrize("wrong", [
    {"password": "another password"},
    {"user": "nobody"},
    {"domain": "nowhere"},
    {"user": "away"},
    {"project": "00000000000000000000000000000000"},
])
def test_a_log_in_with_something_wrong_is_refused(simulator, wrong):
    with refused(401):
        log_in(simulator, **wrong)


# The project of a region: what the package asks IAM for where no project is named.


def in_region(simulator, region, key=KEY, secret=SECRET):
    """A client without a project; what one looked up with an access key, later ones of the same run know."""
    credentials = BasicCredentials(key, secret).with_iam_endpoint(simulator.url)
    builder = v2.CloudRTCClient.new_builder().with_http_config(http(simulator)).with_credentials(credentials)
    return builder.with_region(Region(region, simulator.url)).build()


def test_an_access_key_finds_the_project_of_a_region(simulator):
    client = in_region(simulator, "cn-north-4")
    assert client.show_app(v2.ShowAppRequest(app_id=APP)).app_id == APP
    looked_up, shown = simulator.journal()
    assert (looked_up["operation"], shown["operation"]) == ("list_projects", "show_app")
    assert shown["account"] == PROJECT


def test_there_may_be_no_project_in_a_region(simulator):
    with pytest.raises(SdkException, match="Failed to get project id of region 'eu-west-101'"):
        in_region(simulator, "eu-west-101")


def test_a_wrong_secret_finds_no_project(simulator):
    with pytest.raises(SdkException, match="APIGW.0301"):
        in_region(simulator, "cn-north-4", FOREIGN_KEY, SECRET)


def test_projects_are_listed_by_name(simulator):
    assert [project.id for project in projects(simulator)] == [PROJECT]
    assert [project.id for project in projects(simulator, name="cn-north-4")] == [PROJECT]
    assert projects(simulator, name="eu-west-101") == []
