//! Log-ins and tokens of Cloud Meeting: who gets one, how many live and for how long.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roomkeeper_sim::huawei::meeting::answers::RenewalToken;
use roomkeeper_sim::huawei::meeting::state::{MeetingApp, User};
use roomkeeper_sim::{Kind, REDACTED, Simulator};
use serde_json::{Value, json};

use crate::meeting_client::*;

/// A look that every user may take.
fn look(token: &str) -> Letter {
    Letter::get("/v1/usg/dcs/member/vmr?offset=0&limit=10").token(token)
}

async fn lives(simulator: &Simulator, token: &str) -> bool {
    let answered = look(token).send(simulator).await;
    match answered.refusal() {
        (200, _) => true,
        refusal => {
            assert_eq!(refusal, (401, "USG.000000004".to_owned()));
            false
        }
    }
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_log_in_answers_what_the_page_lists() {
    let simulator = simulator().await;
    let answer = LogIn::of(Some("alice")).letter().ok(&simulator).await;
    let now = RECORDED.unix_seconds();
    assert_eq!(answer["validPeriod"], 56_326);
    assert_eq!(answer["expireTime"], now + 56_326);
    assert_eq!(answer["createTime"], now * 1000);
    assert_eq!(answer["refreshValidPeriod"], 2_592_000);
    assert_eq!(answer["refreshExpireTime"], now + 2_592_000);
    assert_eq!(
        (&answer["tokenType"], &answer["clientType"], &answer["tokenIp"]),
        (&json!(0), &json!(72), &json!("127.0.0.1"))
    );
    assert_ne!(answer["accessToken"], answer["refreshToken"]);
    let user = &answer["user"];
    assert_eq!((&user["thirdAccount"], &user["ucloginAccount"]), (&json!("alice"), &json!("acct-alice")));
    assert_eq!((&user["adminType"], &user["status"], &user["appId"]), (&json!(2), &json!(0), &json!(APP_ID)));
    let chief = LogIn::of(None).letter().ok(&simulator).await;
    assert_eq!((&chief["user"]["adminType"], &chief["user"]["ucloginAccount"]), (&json!(0), &json!("acct-chief")));
}

#[tokio::test]
async fn a_user_id_that_nobody_has_is_registered() {
    let simulator = simulator().await;
    let users =
        |simulator: &Simulator| simulator.world(|world| world.huawei_meeting[APP_ID].enterprises[CORP].users.len());
    let before = users(&simulator);
    let typo = LogIn { more: json!({ "userName": "Alcie", "userEmail": "a@example.com" }), ..LogIn::of(Some("alcie")) };
    typo.letter().ok(&simulator).await;
    assert_eq!(users(&simulator), before + 1);
    assert!(simulator.journal().pop().expect("an entry").applied);
    typo.letter().ok(&simulator).await;
    assert_eq!(users(&simulator), before + 1, "the second log-in finds the user");
    assert!(!simulator.journal().pop().expect("an entry").applied);
    let chief = log_in(&simulator, None).await;
    let shown = Letter::get("/v1/usg/dcs/corp/member/alcie?accountType=1").token(&chief).ok(&simulator).await;
    assert_eq!(
        (&shown["name"], &shown["email"], &shown["vmrList"]),
        (&json!("Alcie"), &json!("a@example.com"), &json!([]))
    );
}

#[tokio::test]
async fn an_enterprise_can_forbid_to_register_users() {
    let simulator = simulator().await;
    change(&simulator, |app| app.enterprises.get_mut(CORP).expect("the corp").auto_user_create = false);
    let before = simulator.world(|world| world.clone());
    assert_eq!(LogIn::of(Some("alcie")).letter().refused(&simulator).await, (401, "USG.206030000".to_owned()));
    assert!(simulator.world(|world| *world == before));
    LogIn::of(Some("alice")).letter().ok(&simulator).await;
}

#[tokio::test]
async fn the_65th_token_of_a_user_ends_the_oldest() {
    let simulator = simulator().await;
    let mut tokens = Vec::new();
    for _ in 0..65 {
        tokens.push(log_in(&simulator, Some("alice")).await);
    }
    // Other users and the administrator have their own.
    let others = [log_in(&simulator, Some("bob")).await, log_in(&simulator, None).await];
    assert!(!lives(&simulator, &tokens[0]).await, "the oldest ended");
    for token in tokens[1..].iter().chain(&others) {
        assert!(lives(&simulator, token).await);
    }
}

#[tokio::test]
async fn another_client_type_has_one_token() {
    let simulator = simulator().await;
    let program = log_in(&simulator, Some("alice")).await;
    let desktop = LogIn { client_type: 0, ..LogIn::of(Some("alice")) };
    let first = text(&desktop.letter().ok(&simulator).await, "accessToken");
    let second = text(&desktop.letter().ok(&simulator).await, "accessToken");
    assert!(!lives(&simulator, &first).await);
    assert!(lives(&simulator, &second).await && lives(&simulator, &program).await);
}

#[tokio::test]
async fn a_token_lives_as_long_as_it_says() {
    let simulator = simulator().await;
    change(&simulator, |app| app.answers.valid_period = 100);
    let token = log_in(&simulator, Some("alice")).await;
    simulator.clock().advance(Duration::from_secs(99));
    assert!(lives(&simulator, &token).await);
    simulator.clock().advance(Duration::from_secs(1));
    assert!(!lives(&simulator, &token).await);
}

#[tokio::test]
async fn expired_tokens_do_not_count() {
    let simulator = simulator().await;
    change(&simulator, |app| app.answers.valid_period = 100);
    for _ in 0..64 {
        log_in(&simulator, Some("alice")).await;
    }
    simulator.clock().advance(Duration::from_secs(100));
    let first = log_in(&simulator, Some("alice")).await;
    for _ in 0..63 {
        log_in(&simulator, Some("alice")).await;
    }
    assert!(lives(&simulator, &first).await);
}

#[tokio::test]
async fn a_renewal_gives_a_new_token_instead_of_the_old_one() {
    let simulator = simulator().await;
    for (setting, by) in [
        (RenewalToken::Either, "refreshToken"),
        (RenewalToken::Either, "accessToken"),
        (RenewalToken::RefreshToken, "refreshToken"),
        (RenewalToken::AccessToken, "accessToken"),
    ] {
        change(&simulator, |app| app.answers.renewal_token = setting);
        let old = LogIn::of(Some("alice")).letter().ok(&simulator).await;
        let renewal = Letter::new(reqwest::Method::PUT, "/v1/usg/acs/token").token(&text(&old, by));
        let new = renewal.ok(&simulator).await;
        assert_eq!(new["user"], old["user"]);
        assert!(!lives(&simulator, &text(&old, "accessToken")).await);
        assert!(lives(&simulator, &text(&new, "accessToken")).await);
        assert_eq!(renewal.refused(&simulator).await, (401, "USG.000000004".to_owned()), "once only");
    }
}

#[tokio::test]
async fn a_renewal_with_the_other_token_is_refused_where_only_one_is_taken() {
    let simulator = simulator().await;
    let answer = LogIn::of(Some("alice")).letter().ok(&simulator).await;
    for (setting, by) in [(RenewalToken::RefreshToken, "accessToken"), (RenewalToken::AccessToken, "refreshToken")] {
        change(&simulator, |app| app.answers.renewal_token = setting);
        let renewal = Letter::new(reqwest::Method::PUT, "/v1/usg/acs/token").token(&text(&answer, by));
        assert_eq!(renewal.refused(&simulator).await, (401, "USG.000000004".to_owned()));
    }
}

#[tokio::test]
async fn a_refresh_token_outlives_the_access_token() {
    let simulator = simulator().await;
    let answer = LogIn::of(Some("alice")).letter().ok(&simulator).await;
    simulator.clock().advance(Duration::from_secs(2_591_999));
    assert!(!lives(&simulator, &text(&answer, "accessToken")).await);
    let renewal = Letter::new(reqwest::Method::PUT, "/v1/usg/acs/token");
    assert_eq!(renewal.clone().token(&text(&answer, "accessToken")).refused(&simulator).await.0, 401);
    renewal.token(&text(&answer, "refreshToken")).ok(&simulator).await;
}

#[tokio::test]
async fn a_token_is_looked_at_and_a_further_one_given_on_request() {
    let simulator = simulator().await;
    let token = log_in(&simulator, Some("alice")).await;
    let validate = |further: bool| {
        Letter::post(
            "/v1/usg/acs/token/validate",
            &json!({ "token": token, "needGenNewToken": further, "needAccountInfo": true }),
        )
    };
    assert_eq!(text(&validate(false).ok(&simulator).await, "accessToken"), token);
    let further = validate(true).ok(&simulator).await;
    assert_ne!(text(&further, "accessToken"), token);
    assert!(lives(&simulator, &token).await && lives(&simulator, &text(&further, "accessToken")).await);
    simulator.clock().advance(Duration::from_secs(56_326));
    assert_eq!(validate(false).refused(&simulator).await, (401, "USG.000000004".to_owned()));
}

#[tokio::test]
async fn who_logs_out_calls_no_more() {
    let simulator = simulator().await;
    let (token, other) = (log_in(&simulator, Some("alice")).await, log_in(&simulator, Some("alice")).await);
    let log_out = Letter::delete("/v1/usg/acs/token").token(&token);
    let answered = log_out.send(&simulator).await;
    assert_eq!((answered.status, answered.text.as_str()), (200, ""));
    assert!(!lives(&simulator, &token).await && lives(&simulator, &other).await);
    assert_eq!(log_out.refused(&simulator).await, (401, "USG.000000004".to_owned()));
}

#[tokio::test]
async fn an_account_logs_in_with_its_password() {
    let simulator = simulator().await;
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let body = json!({ "account": "dora@example.com", "clientType": 72 });
    let right = Letter::post("/v1/usg/acs/auth/account", &body)
        .header("Authorization", &basic("dora@example.com:Dora's password"));
    let answer = right.ok(&simulator).await;
    assert_eq!(answer["user"]["ucloginAccount"], "dora@example.com");
    assert_eq!(answer["user"]["thirdAccount"], Value::Null);
    assert!(lives(&simulator, &text(&answer, "accessToken")).await);
    let entry = simulator.journal().into_iter().find(|entry| entry.calls("account_auth")).expect("an entry");
    assert_eq!((entry.account.as_deref(), entry.identifier.as_deref()), (Some(APP_ID), Some("dora@example.com")));
}

#[tokio::test]
async fn a_service_provider_names_the_enterprise() {
    let app = MeetingApp::of_service_provider(APP_KEY, ["1", "2"]).with_user("acct-alice", User::third_party("alice"));
    let simulator = simulator_with(app).await;
    let alice = LogIn::in_corp("1", Some("alice")).letter().ok(&simulator).await;
    assert_eq!((&alice["user"]["companyId"], &alice["user"]["ucloginAccount"]), (&json!("1"), &json!("acct-alice")));
    assert!(lives(&simulator, &text(&alice, "accessToken")).await);
    let other = LogIn::in_corp("2", Some("alice")).letter().ok(&simulator).await;
    assert_ne!(other["user"]["ucloginAccount"], "acct-alice", "there it registers another user");
    let chief = LogIn::in_corp("2", None).letter().ok(&simulator).await;
    assert_eq!((&chief["user"]["companyId"], &chief["user"]["adminType"]), (&json!("2"), &json!(0)));
    // The administrator of the service provider signs with an empty enterprise.
    let provider = LogIn::in_corp("", None).letter().ok(&simulator).await;
    assert_eq!((&provider["user"]["companyId"], &provider["user"]["userType"]), (&json!(""), &json!(1)));
    assert_eq!(look(&text(&provider, "accessToken")).refused(&simulator).await.0, 403);
    assert_eq!(LogIn::in_corp("3", None).letter().refused(&simulator).await, (401, "USG.206010025".to_owned()));
}

#[tokio::test]
async fn the_journal_tells_who_called_and_no_secret() {
    let simulator = simulator().await;
    let alice = log_in(&simulator, Some("alice")).await;
    let chief = log_in(&simulator, None).await;
    let body = json!({ "chairPwd": "475869", "gustPwd": "987654" });
    Letter::put(&format!("/v1/usg/dcs/member/vmr/{ROOM}"), &body).token(&alice).ok(&simulator).await;
    Letter::post("/v1/usg/acs/token/validate", &json!({ "token": chief })).ok(&simulator).await;
    let journal = simulator.journal();
    let rows: Vec<_> = journal
        .iter()
        .map(|entry| (entry.operation.as_str(), entry.identifier.as_deref(), entry.room.as_deref(), entry.kind))
        .collect();
    assert_eq!(
        rows,
        [
            ("app_auth", Some("alice"), None, Kind::Read),
            ("app_auth", Some("administrator"), None, Kind::Read),
            ("update_member_vmr", Some("alice"), Some(ROOM), Kind::Write),
            ("validate_token", Some("administrator"), None, Kind::Read),
        ]
    );
    assert!(journal.iter().all(|entry| entry.account.as_deref() == Some(APP_ID)));
    assert_eq!(journal[2].body, json!({ "chairPwd": REDACTED, "gustPwd": REDACTED }));
    let all = serde_json::to_string(&journal).expect("JSON");
    for secret in [APP_KEY, &alice, &chief, "475869", "987654", "signature"] {
        assert!(!all.contains(secret), "{secret} is in the journal");
    }
}
