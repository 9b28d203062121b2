//! Each call of CloudRTC: what is sent, byte for byte, and what its answer becomes.

use roomkeeper_providers::huawei::Page;
use roomkeeper_providers::huawei::cloud_rtc::{
    App, AppState, Config, ConfigError, Dismissal, Login, Region, Room, RoomQuery, RoomState, User, UserQuery,
    UserState,
};
use roomkeeper_providers::huawei::{CloudRtc, signature::AccessKey};
use roomkeeper_providers::{Class, Code, Outcome, Reply, What};
use serde_json::json;

use super::{APP, LONGEST, NOW, PROJECT, SECRET_KEY, SECURITY_TOKEN, access_key, cloud_rtc, pace, refused, shown};
use crate::connections;
use crate::vendor::{Vendor, http};

fn rooms() -> RoomQuery {
    RoomQuery { app: APP.into(), room: None, state: Some(RoomState::Running), since: NOW - 86_400, until: Some(NOW) }
}

#[tokio::test]
async fn a_dismissal_is_sent_byte_for_byte_as_the_vendor_wants_it() {
    let accepted = "X-request-Id: req-1\r\nDate: Thu, 01 Jan 2026 00:00:07 GMT\r\n";
    let vendor = Vendor::start([http("202 Accepted", accepted, "")]).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    let reply = client.dismiss_room(APP, "room-1").await.expect("accepted");
    let request_id = Some("req-1".to_owned());
    assert_eq!(reply, Reply { value: Dismissal::Accepted, request_id, date: Some(NOW + 7) });

    let [request] = <[_; 1]>::try_from(vendor.requests()).expect("one call");
    let authority = vendor.endpoint.authority();
    let authorization = request.header("authorization").expect("a signature");
    let (head, signature) = authorization.split_once("Signature=").expect("the last part");
    assert_eq!(
        head,
        "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000000A, SignedHeaders=content-type;host;x-project-id;x-sdk-date, "
    );
    assert_eq!(signature.len(), 64);
    assert_eq!(
        request.head,
        format!(
            "POST /v2/apps/{APP}/rooms/room-1/dismiss HTTP/1.1\r\n\
             content-type: application/json\r\n\
             x-project-id: {PROJECT}\r\n\
             authorization: {authorization}\r\n\
             x-sdk-date: 20260101T000000Z\r\n\
             content-length: 0\r\n\
             accept: */*\r\n\
             user-agent: roomkeeper/{}\r\n\
             host: {authority}",
            env!("CARGO_PKG_VERSION")
        )
    );
    assert_eq!(request.body, "");
}

#[tokio::test]
async fn a_temporary_key_sends_its_token_and_signs_it() {
    let vendor = Vendor::start([http("202 Accepted", "", "")]).await;
    let key = AccessKey::new("AK", SECRET_KEY.into(), Some(SECURITY_TOKEN.into())).expect("a well-formed key");
    let client = cloud_rtc(&vendor.endpoint, Login::AccessKey(key), || NOW);
    client.dismiss_room(APP, "room-1").await.expect("accepted");
    let request = vendor.requests().remove(0);
    assert_eq!(request.header("x-security-token"), Some(SECURITY_TOKEN));
    assert!(request.header("authorization").is_some_and(|text| text.contains(";x-sdk-date;x-security-token,")));
}

#[tokio::test]
async fn a_room_that_is_not_there_is_told_by_the_status_and_only_by_the_vendor() {
    let rows = [
        (refused("404 Not Found", "RTC.00001003"), Ok(Dismissal::NoSuchRoom)),
        (http("404 Not Found", "", ""), Ok(Dismissal::NoSuchRoom)),
        (http("404 Not Found", "", "{\"message\":\"no\"}"), Ok(Dismissal::NoSuchRoom)),
        (refused("404 Not Found", "APIGW.0101"), Err(Class::Unknown)),
        (http("404 Not Found", "", "<html>"), Err(Class::Unknown)),
        (http("404 Not Found", "", "not here"), Err(Class::Unknown)),
        (http("404 Not Found", "", "{}"), Err(Class::Unknown)),
        (http("200 OK", "", "<html>log in</html>"), Err(Class::Unknown)),
        (http("204 No Content", "", ""), Ok(Dismissal::Accepted)),
        (refused("400 Bad Request", "RTC.00001003"), Err(Class::Invalid)),
        (refused("400 Bad Request", "RTC.00001016"), Err(Class::Quota)),
    ];
    for (row, (answer, wanted)) in rows.into_iter().enumerate() {
        let vendor = Vendor::start([answer]).await;
        let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
        let seen = client.dismiss_room(APP, "room-1").await;
        assert_eq!(seen.map(|reply| reply.value).map_err(|error| error.class()), wanted, "row {row}");
        assert_eq!(vendor.requests().len(), 1, "row {row}");
    }
}

#[tokio::test]
async fn an_id_that_could_change_the_path_is_never_sent() {
    let vendor = Vendor::start([]).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    let long = "x".repeat(65);
    for id in ["", ".", "..", "a/b", "a b", "a%2Fb", "ü", "a?b", long.as_str()] {
        for result in [client.dismiss_room(APP, id).await.map(drop), client.dismiss_room(id, "room-1").await.map(drop)]
        {
            let error = result.expect_err("refused here");
            assert_eq!((error.class(), error.outcome()), (Class::Invalid, Outcome::Refused), "{id}");
        }
        assert_eq!(client.get_app(id).await.expect_err("refused here").class(), Class::Invalid);
        let query = RoomQuery { app: id.into(), ..rooms() };
        assert_eq!(client.get_rooms(&query, pace).await.expect_err("refused here").class(), Class::Invalid);
    }
    assert!(vendor.requests().is_empty());
}

#[tokio::test]
async fn applications_are_shown_without_their_keys() {
    let app = json!({
        "app_name": "demo", "app_id": APP, "domain": "d", "state": {"state": "ACTIVATION", "update_time": "t"},
        "authentication": {"enable": true, "app_key": "hunter2"},
    });
    let other = json!({"app_id": "other", "state": {"state": "FROZEN"}});
    let bare = json!({"app_id": APP, "state": null});
    let answers = [shown(&app), shown(&bare), shown(&other), shown(&json!({"count": 7, "apps": [app, other]}))];
    let vendor = Vendor::start(answers).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);

    let active = App { id: APP.into(), state: Some(AppState::Active) };
    let reply = client.get_app(APP).await.expect("shown");
    assert!(!format!("{reply:?}").contains("hunter2"));
    assert_eq!(reply, Reply { value: active.clone(), request_id: Some("req-1".into()), date: Some(NOW + 7) });
    assert_eq!(client.get_app(APP).await.expect("shown").value.state, None);
    let error = client.get_app(APP).await.expect_err("another application");
    assert_eq!((error.class(), error.request_id()), (Class::Unknown, Some("req-1")));
    let frozen = App { id: "other".into(), state: Some(AppState::Other("FROZEN".into())) };
    assert_eq!(client.get_apps(1).await.expect("listed").value, [active, frozen]);

    let [first, .., last] = <[_; 4]>::try_from(vendor.requests()).expect("four calls");
    assert_eq!((first.line(), first.body.as_str()), (format!("GET /v2/apps/{APP} HTTP/1.1").as_str(), ""));
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert_eq!(first.header("content-length"), None);
    assert_eq!(last.target(), "/v2/apps?limit=1&offset=0");
}

#[tokio::test]
async fn an_application_that_is_not_there_is_told_as_such() {
    let vendor = Vendor::start([refused("404 Not Found", "RTC.1"), refused("404 Not Found", "RTC.1")]).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    let error = client.get_app(APP).await.expect_err("not there");
    assert_eq!((error.class(), error.outcome()), (Class::NotFound { what: What::App }, Outcome::Refused));
    assert_eq!(error.code(), Some(&Code::Huawei("RTC.1".into())));
    assert_eq!((error.message(), error.request_id()), ("a text", Some("req-2")));
    let error = client.get_rooms(&rooms(), pace).await.expect_err("not there");
    assert_eq!(error.class(), Class::NotFound { what: What::App });
}

#[tokio::test]
async fn sessions_of_rooms_are_asked_for_with_an_explicit_period_and_read_with_their_times() {
    let list = json!({"total": 3, "limit": 100, "offset": 0, "room_info_list": [
        {"domain": "d", "app": APP, "room_id": "room-1", "state": "RUNNING", "duration": 60,
         "start_time": "2026-01-01T00:00:00Z", "end_time": "-"},
        {"room_id": "room-1", "state": "CLOSED", "start_time": "2025-12-31T23:00:00Z",
         "end_time": "2025-12-31T23:30:00Z"},
        {"room_id": 42, "state": "PAUSED", "start_time": "", "end_time": null},
    ]});
    let vendor = Vendor::start([shown(&list)]).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    let query = RoomQuery { room: Some("room-1".into()), ..rooms() };
    let reply = client.get_rooms(&query, pace).await.expect("listed");
    let room =
        |room_id: &str, state, started, ended| Room { room_id: room_id.into(), state: Some(state), started, ended };
    assert_eq!(
        reply.value,
        [
            room("room-1", RoomState::Running, Some(NOW), None),
            room("room-1", RoomState::Closed, Some(NOW - 3600), Some(NOW - 1800)),
            room("42", RoomState::Other("PAUSED".into()), None, None),
        ]
    );
    assert_eq!((reply.request_id.as_deref(), reply.date), (Some("req-1"), Some(NOW + 7)));
    assert_eq!(
        vendor.requests()[0].target(),
        format!(
            "/v1/{PROJECT}/rtc/rooms?app={APP}&end_time=2026-01-01T00%3A00%3A00Z&limit=100&offset=0&room_id=room-1\
             &start_time=2025-12-31T00%3A00%3A00Z&state=RUNNING"
        )
    );
}

#[tokio::test]
async fn users_are_asked_for_by_state_and_read_with_their_times() {
    let list = json!({"total": 1, "users": [
        {"app": APP, "room_id": "room-1", "uid": "alice", "session": "s1", "state": "ONLINE", "ip": "192.0.2.1",
         "join_time": "2026-01-01T00:00:00Z", "leave_time": "-"},
    ]});
    let vendor = Vendor::start([shown(&list)]).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    let query = UserQuery {
        app: APP.into(),
        room: Some("room-1".into()),
        states: vec![UserState::Online, UserState::Failed],
        since: NOW - 3600,
        until: Some(NOW),
    };
    let alice = User {
        user_id: "alice".into(),
        room_id: Some("room-1".into()),
        session: Some("s1".into()),
        state: Some(UserState::Online),
        joined: Some(NOW),
        left: None,
    };
    assert_eq!(client.get_users(&query, pace).await.expect("listed").value, [alice]);
    assert_eq!(
        vendor.requests()[0].target(),
        format!(
            "/v1/{PROJECT}/rtc/users?app={APP}&end_time=2026-01-01T00%3A00%3A00Z&limit=100&offset=0&room_id=room-1\
             &start_time=2025-12-31T23%3A00%3A00Z&state=FAIL&state=ONLINE&type=summary"
        )
    );
}

#[tokio::test]
async fn a_period_up_to_now_is_left_to_the_vendors_clock() {
    let vendor = Vendor::start([shown(&json!({"total": 0})), shown(&json!({"total": "0", "users": []}))]).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    let rooms = RoomQuery { until: None, state: None, ..rooms() };
    assert!(client.get_rooms(&rooms, pace).await.expect("listed").value.is_empty());
    let users = UserQuery { app: APP.into(), room: None, states: Vec::new(), since: NOW, until: None };
    assert!(client.get_users(&users, pace).await.expect("listed").value.is_empty());
    for request in vendor.requests() {
        assert!(!request.target().contains("end_time"), "{}", request.target());
    }
}

#[tokio::test]
async fn a_page_of_applications_counts_pages() {
    let vendor = Vendor::start([shown(&json!({"count": 0, "apps": null}))]).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    let page = client.get_app_page(Some(AppState::Arrears), Page { offset: 2, limit: 50 }).await.expect("listed");
    assert_eq!((page.value.items, page.value.total), (Vec::new(), 0));
    assert_eq!(vendor.requests()[0].target(), "/v2/apps?limit=50&offset=2&state=ARREARS");
}

#[test]
fn a_configuration_that_cannot_work_says_why() {
    let config = |login| Config {
        endpoint: Region::CnNorth4.endpoint(),
        iam_endpoint: Region::CnNorth4.iam_endpoint(),
        project_id: PROJECT.into(),
        login,
        http: connections(LONGEST),
    };
    let password = |domain: &str, user: &str, password: &str| Login::Password {
        domain: domain.into(),
        user: user.into(),
        password: password.into(),
    };
    let good = || config(access_key());
    let url = |text: &str| text.parse().expect("a URL");
    let rows = [
        (Config { endpoint: url("ftp://h.example/"), ..good() }, ConfigError::Endpoint),
        (Config { endpoint: url("https://u:p@h.example/"), ..good() }, ConfigError::Endpoint),
        (Config { iam_endpoint: url("https://h.example/?q=1"), ..good() }, ConfigError::IamEndpoint),
        (Config { project_id: "..".into(), ..good() }, ConfigError::ProjectId),
        (Config { project_id: String::new(), ..good() }, ConfigError::ProjectId),
        (config(password("", "u", "p")), ConfigError::User),
        (config(password("d", "", "p")), ConfigError::User),
        (config(password("d", "u", "")), ConfigError::PasswordEmpty),
        (config(password("d", "u", "p\n")), ConfigError::PasswordLine),
    ];
    for (config, wanted) in rows {
        assert_eq!(CloudRtc::new(config).map(drop), Err(wanted));
    }
    let client = CloudRtc::new(good()).expect("a configuration that can work");
    let shown = format!("{client:?}");
    assert!(shown.contains(PROJECT) && !shown.contains(SECRET_KEY), "{shown}");
}
