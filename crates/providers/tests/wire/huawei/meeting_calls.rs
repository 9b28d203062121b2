//! Each call of Cloud Meeting: what is sent, byte for byte, and what its answer becomes.

use std::collections::BTreeMap;

use roomkeeper_providers::huawei::Page;
use roomkeeper_providers::huawei::meeting::{
    Account, Conference, Config, ConfigError, CorpVmr, CorpVmrQuery, GuestPassword, HeldVmr, Holder, Language, Meeting,
    Member, MemberStatus, MemberVmrKind, MemberVmrQuery, Region, VmrMode, VmrStatus, VmrUpdate,
};
use roomkeeper_providers::{Class, Code, ExposeSecret, Outcome, Reply, SecretString};
use serde_json::{Value, json};

use super::{APP_ID, APP_KEY, LONGEST, NOW, TOKEN, VMR, meeting, meeting_token, pace, refused, shown};
use crate::connections;
use crate::vendor::{Answer, Request, Vendor, http};

/// Starts a vendor that lets everybody in and then gives these answers, and a client of it.
async fn client(answers: impl IntoIterator<Item = Answer>) -> (Vendor, Meeting) {
    let vendor = Vendor::start([meeting_token(TOKEN, 40_000)].into_iter().chain(answers)).await;
    let client = meeting(&vendor.endpoint, None, || NOW);
    (vendor, client)
}

fn done() -> Answer {
    http("200 OK", "X-Request-Id: req-1\r\nDate: Thu, 01 Jan 2026 00:00:07 GMT\r\n", "")
}

fn reply<T>(value: T) -> Reply<T> {
    Reply { value, request_id: Some("req-1".into()), date: Some(NOW + 7) }
}

/// Returns the user that a log-in names.
fn user(request: &Request) -> Value {
    assert_eq!(request.target(), "/v2/usg/acs/auth/appauth");
    request.json()["userId"].clone()
}

#[tokio::test]
async fn a_log_in_is_sent_byte_for_byte_as_the_vendor_wants_it() {
    let (vendor, client) = client([]).await;
    assert_eq!(client.log_in_as_administrator().await.expect("let in"), reply(()));
    let again = Reply { value: (), request_id: None, date: None };
    assert_eq!(client.log_in_as_administrator().await.expect("in already"), again);

    let [request] = <[_; 1]>::try_from(vendor.requests()).expect("one call");
    let body = request.json();
    let nonce = body["nonce"].as_str().expect("a nonce");
    assert_eq!(nonce.len(), 32);
    assert_eq!(body, json!({"appId": APP_ID, "clientType": 72, "expireTime": NOW + 600, "nonce": nonce, "userId": ""}));
    let authorization = request.header("authorization").expect("a signature");
    let (head, access) = authorization.split_once(",access=").expect("two parts");
    assert_eq!((&head[..22], head.len()), ("HMAC-SHA256 signature=", 86));
    assert_eq!(access, "ZmRiOGU0Njk5NTg2NDU4YmJkMTBjODM0ODcyZGNjNjI=");
    let request_id = request.header("x-request-id").expect("an id of ours");
    assert_eq!(
        request.head,
        format!(
            "POST /v2/usg/acs/auth/appauth HTTP/1.1\r\n\
             content-type: application/json; charset=UTF-8\r\n\
             accept-language: en-US\r\n\
             x-request-id: {request_id}\r\n\
             authorization: {authorization}\r\n\
             x-token-type: LongTicket\r\n\
             accept: */*\r\n\
             user-agent: roomkeeper/{}\r\n\
             host: {}\r\n\
             content-length: {}",
            env!("CARGO_PKG_VERSION"),
            vendor.endpoint.authority(),
            request.body.len(),
        )
    );
}

#[tokio::test]
async fn an_enterprise_of_a_service_provider_is_named_in_each_log_in() {
    let answers = [meeting_token("a", 40_000), meeting_token("u", 40_000), shown(&json!({"count": 0, "data": []}))];
    let vendor = Vendor::start(answers).await;
    let client = meeting(&vendor.endpoint, Some("807074304"), || NOW);
    client.log_in_as_administrator().await.expect("let in");
    client.get_member_vmrs("third-user-1", pace).await.expect("listed");
    let [administrator, user, _] = <[_; 3]>::try_from(vendor.requests()).expect("three calls");
    let ids = |request: &Request| (request.json()["corpId"].clone(), request.json()["userId"].clone());
    assert_eq!(ids(&administrator), (json!("807074304"), json!("")));
    assert_eq!(ids(&user), (json!("807074304"), json!("third-user-1")));
}

#[tokio::test]
async fn each_request_has_an_id_of_its_own_and_the_vendors_is_kept() {
    let (vendor, client) = client([done(), http("200 OK", "", ""), Answer::Silence]).await;
    let account = Account::UserId("alice".into());
    assert_eq!(client.assign_vmr(&account, VMR).await.expect("assigned"), reply(()));
    let without = client.recycle_vmr(&account, VMR).await.expect("recycled");
    let lost = client.recycle_vmr(&account, VMR).await.expect_err("no answer");
    assert_eq!((lost.class(), lost.outcome()), (Class::Unavailable, Outcome::Uncertain));

    let requests = vendor.requests();
    let ids: Vec<&str> = requests.iter().map(|request| request.header("x-request-id").expect("an id")).collect();
    for id in &ids {
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert!(id[14..].starts_with('4') && "89ab".contains(&id[19..20]), "{id}");
        assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{id}");
    }
    assert_eq!(without.request_id.as_deref(), Some(ids[2]), "ours, where the vendor tells none");
    assert_eq!(lost.request_id(), Some(ids[3]));
}

#[tokio::test]
async fn rooms_of_the_enterprise_show_their_owners() {
    let list = json!({"count": 3, "offset": 0, "limit": 100, "data": [
        {"id": VMR, "vmrId": "938305104", "vmrName": "room", "vmrPkgName": "vmr50", "vmrPkgParties": 50,
         "member": {"id": "acct", "mark": "name"}, "device": null, "status": 0, "expireDate": 1_798_761_600_000_u64},
        {"id": "b", "vmrId": 938_305_105, "member": null, "device": {"id": "d", "mark": "wall"}, "status": "1"},
        {"id": "c", "status": 2},
    ]});
    let (vendor, client) = client([shown(&list)]).await;
    let holder = |id: &str, name: &str| Some(Holder { id: Some(id.into()), name: Some(name.into()) });
    let bare = |id: &str, status| CorpVmr {
        id: id.into(),
        number: None,
        name: None,
        member: None,
        device: None,
        status: Some(status),
    };
    let wanted = vec![
        CorpVmr {
            number: Some("938305104".into()),
            name: Some("room".into()),
            member: holder("acct", "name"),
            ..bare(VMR, VmrStatus::Normal)
        },
        CorpVmr { number: Some("938305105".into()), device: holder("d", "wall"), ..bare("b", VmrStatus::Disabled) },
        bare("c", VmrStatus::Unallocated),
    ];
    assert_eq!(client.get_corp_vmrs(pace).await.expect("listed"), reply(wanted));

    let [log_in, list] = <[_; 2]>::try_from(vendor.requests()).expect("two calls");
    assert_eq!(user(&log_in), "");
    assert_eq!(list.head.lines().next(), Some("GET /v1/usg/dcs/corp/vmr?limit=100&offset=0&vmrMode=1 HTTP/1.1"));
    assert_eq!((list.header("x-access-token"), list.header("authorization")), (Some(TOKEN), None));
    assert_eq!((list.header("content-length"), list.body.as_str()), (None, ""));
}

#[tokio::test]
async fn rooms_of_a_user_are_listed_as_that_user_and_keep_their_secrets() {
    let list = json!({"count": 2, "data": [
        {"id": VMR, "vmrId": "938305104", "vmrName": "room", "gustPwd": null, "gustJoinUrl": "https://x/#/j/938305104",
         "chairPwd": "13572468", "chairJoinUrl": "https://x/#/j/938305104/abc", "allowGustFirst": "true",
         "gustFirstNotice": false, "vmrMode": 1, "status": 0},
        {"id": "p", "gustPwd": "97531864", "chairPwd": "******", "vmrMode": 0, "status": 7},
    ]});
    let (vendor, client) = client([shown(&list)]).await;
    let listed = client.get_member_vmrs("alice", pace).await.expect("listed");
    let debug = format!("{listed:?} {client:?}");
    for secret in ["13572468", "97531864", "938305104/abc", "#/j/938305104\"", "******", TOKEN, APP_KEY] {
        assert!(!debug.contains(secret), "{secret} in {debug}");
    }
    let [room, personal] = <[_; 2]>::try_from(listed.value).expect("two rooms");
    let text = |secret: &Option<SecretString>| secret.as_ref().map(|secret| secret.expose_secret().to_owned());
    assert_eq!(
        (room.id.as_str(), room.number.as_deref(), room.name.as_deref()),
        (VMR, Some("938305104"), Some("room"))
    );
    assert_eq!((text(&room.host_password), text(&room.guest_password)), (Some("13572468".into()), None));
    assert_eq!(text(&room.host_join_url).as_deref(), Some("https://x/#/j/938305104/abc"));
    assert_eq!(text(&room.guest_join_url).as_deref(), Some("https://x/#/j/938305104"));
    assert_eq!((room.allow_guest_first, room.notify_owner), (Some(true), Some(false)));
    assert_eq!((room.mode, room.status), (Some(VmrMode::CloudRoom), Some(VmrStatus::Normal)));
    assert_eq!(text(&personal.guest_password).as_deref(), Some("97531864"));
    assert_eq!((personal.mode, personal.status), (Some(VmrMode::Personal), Some(VmrStatus::Other(7))));
    assert_eq!((personal.allow_guest_first, personal.number), (None, None));

    let [log_in, list] = <[_; 2]>::try_from(vendor.requests()).expect("two calls");
    assert_eq!(user(&log_in), "alice");
    assert_eq!(list.target(), "/v1/usg/dcs/member/vmr?limit=100&offset=0");
}

#[tokio::test]
async fn lists_are_narrowed_as_asked() {
    let none = || shown(&json!({"count": 0, "data": null}));
    let (vendor, client) = client([none(), meeting_token("u", 40_000), none(), none()]).await;
    let page = Page { offset: 20, limit: 10 };
    let corp = CorpVmrQuery {
        search_key: Some("room 1".into()),
        mode: Some(VmrMode::Webinar),
        status: Some(VmrStatus::Unallocated),
    };
    assert_eq!(client.get_corp_vmr_page(&corp, page).await.expect("listed").value.total, 0);
    for kind in [MemberVmrKind::CloudRoom, MemberVmrKind::Personal] {
        let member = MemberVmrQuery { search_key: Some("9383".into()), kind: Some(kind) };
        assert!(client.get_member_vmr_page("alice", &member, page).await.expect("listed").value.items.is_empty());
    }
    let requests = vendor.requests();
    let targets: Vec<&str> = requests.iter().map(Request::target).filter(|target| target.contains('?')).collect();
    assert_eq!(
        targets,
        [
            "/v1/usg/dcs/corp/vmr?limit=10&offset=20&searchKey=room%201&status=2&vmrMode=2",
            "/v1/usg/dcs/member/vmr?limit=10&offset=20&searchKey=9383&specialVmr=true",
            "/v1/usg/dcs/member/vmr?limit=10&offset=20&searchKey=9383&specialVmr=false",
        ]
    );
}

#[tokio::test]
async fn an_update_sends_what_is_present_as_the_owner_and_takes_any_body_for_an_answer() {
    let full = || VmrUpdate {
        name: Some("test's cloud meeting room".into()),
        host_password: Some("13572468".into()),
        guest_password: Some(GuestPassword::Required("97531864".into())),
        allow_guest_first: Some(false),
        notify_owner: Some(true),
    };
    let rows = [
        (
            full(),
            json!({"vmrName": "test's cloud meeting room", "gustPwd": "97531864", "chairPwd": "13572468",
                "allowGustFirst": false, "gustFirstNotice": true}),
        ),
        (VmrUpdate { guest_password: Some(GuestPassword::None), ..VmrUpdate::default() }, json!({"gustPwd": ""})),
        (
            VmrUpdate { host_password: None, guest_password: None, ..full() },
            json!({"vmrName": "test's cloud meeting room", "allowGustFirst": false, "gustFirstNotice": true}),
        ),
    ];
    let answers = [done(), shown(&json!({"id": VMR})), http("200 OK", "X-Request-Id: req-1\r\n", "ok")];
    let (vendor, client) = client(answers).await;
    for (update, _) in &rows {
        assert!(!format!("{update:?}").contains("13572468") && !format!("{update:?}").contains("97531864"));
        let reply = client.update_vmr("alice", VMR, update).await.expect("updated");
        assert_eq!(reply.request_id.as_deref(), Some("req-1"));
    }
    let requests = vendor.requests();
    assert_eq!(user(&requests[0]), "alice");
    for (request, (_, body)) in requests[1..].iter().zip(rows) {
        assert_eq!(request.line(), format!("PUT /v1/usg/dcs/member/vmr/{VMR} HTTP/1.1"));
        assert_eq!(request.json(), body);
    }
}

#[tokio::test]
async fn a_room_is_handed_over_by_one_id_and_a_name_that_is_encoded() {
    let (vendor, client) = client((0..4).map(|_| done())).await;
    let rows = [
        (Account::UserId("third-user-1".into()), "third-user-1?accountType=1"),
        (Account::Account("example@123".into()), "example%40123?accountType=0"),
        (Account::UserId("%2e%2e".into()), "%252e%252e?accountType=1"),
        (Account::Account("会 议+~".into()), "%E4%BC%9A%20%E8%AE%AE%2B~?accountType=0"),
    ];
    for (round, (account, _)) in rows.iter().enumerate() {
        let answer = match round % 2 {
            0 => client.assign_vmr(account, VMR).await,
            _ => client.recycle_vmr(account, VMR).await,
        };
        assert_eq!(answer.expect("done"), reply(()));
    }
    let requests = vendor.requests();
    assert_eq!(user(&requests[0]), "");
    for (round, (request, (_, end))) in requests[1..].iter().zip(rows).enumerate() {
        let verb = ["assign-to-member", "recycle-from-member"][round % 2];
        assert_eq!(
            request.head.lines().next(),
            Some(format!("POST /v1/usg/dcs/corp/vmr/{verb}/{end} HTTP/1.1").as_str())
        );
        assert_eq!(request.body, format!("[\"{VMR}\"]"));
    }
}

#[tokio::test]
async fn a_user_is_shown_or_known_not_to_be_there() {
    let alice = json!({"id": "uuid", "userAccount": "alice@acme", "thirdAccount": "alice", "status": 0, "phone": "+49",
        "vmrList": [{"id": "p", "vmrId": "900", "vmrMode": 0, "status": 0}, {"id": VMR, "vmrMode": 1}]});
    let local = json!({"userAccount": "bob", "thirdAccount": "", "status": 1, "vmrList": null});
    let no_user = || refused("400 Bad Request", "USG.201040000");
    let (vendor, client) =
        client([shown(&alice), shown(&local), no_user(), refused("400 Bad Request", "USG.1"), no_user()]).await;

    let member = client.get_member(&Account::UserId("alice".into())).await.expect("shown");
    let held = |id: &str, number: Option<&str>, mode, status| HeldVmr {
        id: id.into(),
        number: number.map(str::to_owned),
        mode: Some(mode),
        status,
    };
    let wanted = Member {
        account: "alice@acme".into(),
        user_id: Some("alice".into()),
        status: Some(MemberStatus::Active),
        vmrs: vec![
            held("p", Some("900"), VmrMode::Personal, Some(VmrStatus::Normal)),
            held(VMR, None, VmrMode::CloudRoom, None),
        ],
    };
    assert_eq!(member, reply(Some(wanted)));
    let bob = client.get_member(&Account::Account("bob".into())).await.expect("shown").value.expect("a user");
    assert_eq!((bob.user_id, bob.status, bob.vmrs), (None, Some(MemberStatus::Disabled), Vec::new()));
    let nobody = client.get_member(&Account::UserId("nobody".into())).await.expect("an answer");
    assert_eq!((nobody.value, nobody.request_id.as_deref()), (None, Some("req-2")));
    let error = client.get_member(&Account::UserId("x".into())).await.expect_err("refused for another reason");
    assert_eq!((error.class(), error.code()), (Class::Invalid, Some(&Code::Huawei("USG.1".into()))));
    let error = client.assign_vmr(&Account::UserId("nobody".into()), VMR).await.expect_err("no such user");
    assert_eq!(error.outcome(), Outcome::Refused);
    assert_eq!(vendor.requests()[1].target(), "/v1/usg/dcs/corp/member/alice?accountType=1");
    assert_eq!(vendor.requests()[2].target(), "/v1/usg/dcs/corp/member/bob?accountType=0");
}

#[tokio::test]
async fn conferences_that_run_name_their_room_and_no_passwords() {
    let list = json!({"count": 2, "data": [
        {"conferenceID": "981924528", "vmrFlag": 1, "vmrID": VMR, "vmrConferenceID": "938305104",
         "conferenceState": "Created", "passwordEntry": [{"conferenceRole": "chair", "password": "13572468"}],
         "chairJoinUri": "https://x/#/j/1/abc"},
        {"conferenceID": 5, "vmrFlag": 0, "vmrID": "", "vmrConferenceID": null},
    ]});
    let (vendor, client) = client([shown(&list)]).await;
    let listed = client.get_online_conferences("938305104", pace).await.expect("listed");
    assert!(!format!("{listed:?}").contains("13572468"));
    let wanted = vec![
        Conference {
            id: "981924528".into(),
            vmr_id: Some(VMR.into()),
            vmr_number: Some("938305104".into()),
            state: Some("Created".into()),
        },
        Conference { id: "5".into(), vmr_id: None, vmr_number: None, state: None },
    ];
    assert_eq!(listed, reply(wanted));
    let request = &vendor.requests()[1];
    assert_eq!(request.line(), "GET /v1/mmc/management/conferences/online");
    let query = [("limit", "100"), ("offset", "0"), ("queryAll", "true"), ("searchKey", "938305104")];
    assert_eq!(request.query(), BTreeMap::from(query));
}

#[tokio::test]
async fn a_name_that_could_change_the_path_is_never_sent() {
    let vendor = Vendor::start([]).await;
    let client = meeting(&vendor.endpoint, None, || NOW);
    for name in ["", ".", "..", "a/b", "../vmr", "a\\b", "a\nb"] {
        for account in [Account::UserId(name.into()), Account::Account(name.into())] {
            let answers = [
                client.assign_vmr(&account, VMR).await,
                client.recycle_vmr(&account, VMR).await,
                client.get_member(&account).await.map(|reply| reply.map(drop)),
            ];
            for answer in answers {
                let error = answer.expect_err("refused here");
                assert_eq!((error.class(), error.outcome()), (Class::Invalid, Outcome::Refused), "{name}");
            }
        }
    }
    let account = Account::UserId("alice".into());
    for id in ["", "..", "a/b", "a b", "%2e"] {
        let answers = [
            client.assign_vmr(&account, id).await,
            client.recycle_vmr(&account, id).await,
            client.update_vmr("alice", id, &VmrUpdate::default()).await,
        ];
        for answer in answers {
            assert_eq!(answer.expect_err("refused here").class(), Class::Invalid, "{id}");
        }
    }
    assert_eq!(client.get_member_vmrs("", pace).await.expect_err("nobody").class(), Class::Invalid);
    assert!(vendor.requests().is_empty(), "nobody was logged in either");
}

#[tokio::test]
async fn the_vendor_is_asked_to_speak_the_language_of_the_configuration() {
    let vendor = Vendor::start([meeting_token(TOKEN, 40_000)]).await;
    let config = Config { language: Language::ZhCn, ..config(&vendor.endpoint) };
    Meeting::new(config).expect("a configuration").log_in_as_administrator().await.expect("let in");
    assert_eq!(vendor.requests()[0].header("accept-language"), Some("zh-CN"));
}

fn config(endpoint: &url::Url) -> Config {
    Config {
        endpoint: endpoint.clone(),
        app_id: APP_ID.into(),
        corp_id: None,
        app_key: APP_KEY.into(),
        language: Language::EnUs,
        http: connections(LONGEST),
    }
}

#[test]
fn a_configuration_that_cannot_work_says_why() {
    let good = || config(&Region::ApSoutheast1.endpoint());
    let rows = [
        (Config { endpoint: "ftp://h.example/".parse().expect("a URL"), ..good() }, ConfigError::Endpoint),
        (Config { app_id: String::new(), ..good() }, ConfigError::AppId),
        (Config { app_id: "a:b".into(), ..good() }, ConfigError::AppId),
        (Config { corp_id: Some(String::new()), ..good() }, ConfigError::CorpId),
        (Config { corp_id: Some("1:2".into()), ..good() }, ConfigError::CorpId),
        (Config { app_key: "".into(), ..good() }, ConfigError::KeyEmpty),
        (Config { app_key: "key\n".into(), ..good() }, ConfigError::KeyPadded),
    ];
    for (config, wanted) in rows {
        assert!(!format!("{config:?}").contains(APP_KEY));
        assert_eq!(Meeting::new(config).map(drop), Err(wanted));
    }
    assert!(Meeting::new(good()).is_ok());
}
