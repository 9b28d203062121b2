//! ProviderConfigs and ClusterProviderConfigs: what is taken, what is refused and with which words, and what cannot
//! change.
//!
//! Each row is one object, or one edit of one.

use http::StatusCode;
use roomkeeper::api::ProviderConfig;
use serde_json::{Value, json};

use crate::server::{DRY_RUN, Edit, GROUP_PATH, changed, create, edit, installed, namespace, refuse, take};

pub(crate) fn account() -> Value {
    json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "ProviderConfig", "metadata": { "name": "tencent" },
        "spec": { "tencent": {
            "sdkAppId": 1_400_000_000, "region": "Singapore", "identifier": "administrator",
            "secretKeyRef": { "name": "tencent", "key": "secretKey" },
        } },
    })
}

/// An account with one field of `tencent` changed.
fn app(field: &str, value: Value) -> Value {
    json!({ "spec": { "tencent": { field: value } } })
}

/// An account that is called at an address of its own.
fn at(endpoint: &str) -> Value {
    json!({ "spec": { "tencent": { "region": null, "endpoint": endpoint } } })
}

fn huawei_rtc(account: Value) -> Value {
    json!({ "spec": { "tencent": null, "huaweiRtc": account } })
}

fn huawei_meeting(account: Value) -> Value {
    json!({ "spec": { "tencent": null, "huaweiMeeting": account } })
}

#[tokio::test]
async fn right_accounts_are_taken_and_read() {
    let keys = json!({ "idRef": { "name": "h", "key": "ak" }, "secretRef": { "name": "h", "key": "sk" } });
    let key = json!({ "name": "h", "key": "appKey" });
    let rows = vec![
        ("the example", json!({})),
        ("an address", at("https://rooms.example.com:8443")),
        ("an address with a slash", at("https://rooms.example.com/")),
        ("the own machine", at("http://127.0.0.1:8080")),
        ("the own machine in IPv6", at("http://[::1]:8080")),
        (
            "all knobs",
            json!({ "spec": {
            "rateLimit": { "percent": 100 }, "dismissals": { "maxPerMinute": 1 }, "caBundleRef": { "name": "ca", "key": "ca.crt" },
        } }),
        ),
        ("Huawei Meeting", huawei_meeting(json!({ "region": "cn-north-4", "appId": "a", "appKeyRef": key }))),
        ("CloudRTC with a key", huawei_rtc(json!({ "region": "cn-north-4", "projectId": "p", "accessKey": keys }))),
    ];
    let (client, _) = installed().await;
    let accounts = namespace(&client).await.accounts;
    for account in take::<ProviderConfig>(&client, &accounts, &account(), rows).await {
        assert!(account.spec.vendor().is_ok(), "{account:?}");
    }
}

#[tokio::test]
async fn wrong_accounts_are_refused_by_the_field() {
    const VENDOR: &str = "set exactly one of tencent, huaweiMeeting and huaweiRtc";
    const PLACE: &str = "set exactly one of region";
    const ENDPOINT: &str = "spec.tencent.endpoint";
    let key = json!({ "name": "h", "key": "appKey" });
    let meeting = json!({ "region": "cn-north-4", "appId": "a", "appKeyRef": key });
    let login = json!({ "domain": "d", "user": "u", "passwordRef": key });
    let rows = vec![
        ("two vendors", json!({ "spec": { "huaweiMeeting": meeting } }), "spec", VENDOR),
        ("no vendor", json!({ "spec": { "tencent": null } }), "spec", VENDOR),
        ("a region and an address", app("endpoint", json!("https://rooms.example.com")), "spec.tencent.region", PLACE),
        ("neither", app("region", json!(null)), "spec.tencent.region", PLACE),
        ("an unknown region", app("region", json!("Paris")), "spec.tencent.region", "SiliconValley"),
        ("an app 0", app("sdkAppId", json!(0)), "spec.tencent.sdkAppId", "greater than or equal to 1"),
        (
            "an app that no number holds",
            app("sdkAppId", json!(5_000_000_000_u64)),
            "spec.tencent.sdkAppId",
            "4294967295",
        ),
        (
            "an administrator in Chinese",
            app("identifier", json!("管理员")),
            "spec.tencent.identifier",
            "printable ASCII",
        ),
        (
            "a Secret with a bad name",
            app("secretKeyRef", json!({ "name": "A_b" })),
            "spec.tencent.secretKeyRef.name",
            "should match",
        ),
        ("no address at all", at("rooms"), ENDPOINT, "https://host"),
        ("plain http elsewhere", at("http://rooms.example.com"), ENDPOINT, "plain http is only for"),
        ("another scheme", at("ftp://rooms.example.com"), ENDPOINT, "https://host"),
        ("an address with a user", at("https://user@rooms.example.com"), ENDPOINT, "without user"),
        ("an address with a path", at("https://rooms.example.com/v4"), ENDPOINT, "without user, path and query"),
        ("an address with a query", at("https://rooms.example.com?a=b"), ENDPOINT, "without user, path and query"),
        (
            "0 percent",
            json!({ "spec": { "rateLimit": { "percent": 0 } } }),
            "spec.rateLimit.percent",
            "greater than or equal to 1",
        ),
        (
            "101 percent",
            json!({ "spec": { "rateLimit": { "percent": 101 } } }),
            "spec.rateLimit.percent",
            "less than or equal to 100",
        ),
        (
            "a language for Tencent",
            json!({ "spec": { "language": "zh-CN" } }),
            "spec.language",
            "only Huawei Cloud Meeting",
        ),
        (
            "CloudRTC without a log-in",
            huawei_rtc(json!({ "region": "cn-north-4", "projectId": "p" })),
            "spec.huaweiRtc.accessKey",
            "exactly one of accessKey and password",
        ),
        (
            "CloudRTC with two log-ins",
            huawei_rtc(json!({
                "region": "cn-north-4", "projectId": "p", "password": login, "accessKey": { "idRef": key, "secretRef": key },
            })),
            "spec.huaweiRtc.accessKey",
            "exactly one of accessKey and password",
        ),
    ];
    let (client, _) = installed().await;
    let accounts = namespace(&client).await.accounts;
    refuse(&client, &accounts, &account(), rows).await;
}

#[tokio::test]
async fn a_shared_account_has_the_rules_of_an_account_and_lists_namespaces() {
    let base =
        changed(&account(), &json!({ "kind": "ClusterProviderConfig", "spec": { "allowedNamespaces": ["events"] } }));
    let (client, _) = installed().await;
    let path = format!("{GROUP_PATH}/clusterproviderconfigs");
    for (what, patch) in [("the example", json!({})), ("all", json!({ "spec": { "allowedNamespaces": ["*"] } }))] {
        let answer = create(&client, &path, &changed(&base, &patch), DRY_RUN).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{what}: {}", answer.body["message"]);
    }
    for (what, patch, field, words) in [
        ("nobody is named", json!({ "spec": { "allowedNamespaces": null } }), "spec.allowedNamespaces", "Required"),
        (
            "a pattern",
            json!({ "spec": { "allowedNamespaces": ["team-*"] } }),
            "spec.allowedNamespaces[0]",
            "should match",
        ),
        ("no vendor", json!({ "spec": { "tencent": null } }), "spec", "set exactly one of tencent"),
        ("an app 0", app("sdkAppId", json!(0)), "spec.tencent.sdkAppId", "greater than or equal to 1"),
        ("a region and an address", app("endpoint", json!("https://a.example")), "spec.tencent.region", "exactly one"),
    ] {
        let answer = create(&client, &path, &changed(&base, &patch), DRY_RUN).await;
        assert!(answer.refuses(field, words), "{what}: not refused for {field} with `{words}`: {}", answer.body);
    }
}

#[tokio::test]
async fn the_identity_of_an_account_cannot_change() {
    let (client, _) = installed().await;
    let accounts = namespace(&client).await.accounts;
    let key = json!({ "name": "h", "key": "appKey" });
    let meeting = huawei_meeting(json!({ "region": "cn-north-4", "appId": "a", "corpId": "c", "appKeyRef": key }));
    let login = json!({ "domain": "d", "user": "u", "passwordRef": key });
    let rtc = huawei_rtc(json!({ "region": "cn-north-4", "projectId": "p", "password": login }));
    let corp = Edit::Refused("spec.huaweiMeeting.corpId", "cannot change");
    let rows = vec![
        (
            "another app",
            json!({}),
            app("sdkAppId", json!(1_400_000_001)),
            Edit::Refused("spec.tencent.sdkAppId", "cannot change"),
        ),
        (
            "another region",
            json!({}),
            app("region", json!("China")),
            Edit::Refused("spec.tencent.region", "cannot change"),
        ),
        (
            "an address for a region",
            json!({}),
            at("https://a.example"),
            Edit::Refused("spec.tencent.region", "cannot change"),
        ),
        (
            "a region for an address",
            at("https://a.example"),
            json!({ "spec": { "tencent": { "region": "China", "endpoint": null } } }),
            Edit::Refused("spec.tencent.region", "cannot change"),
        ),
        ("another vendor", json!({}), meeting.clone(), Edit::Refused("spec", "the vendor")),
        ("another corporation", meeting.clone(), json!({ "spec": { "huaweiMeeting": { "corpId": "d" } } }), corp),
        (
            "no corporation",
            meeting.clone(),
            json!({ "spec": { "huaweiMeeting": { "corpId": null } } }),
            Edit::Refused("spec.huaweiMeeting.corpId", "cannot change"),
        ),
        (
            "another Meeting app",
            meeting,
            json!({ "spec": { "huaweiMeeting": { "appId": "b" } } }),
            Edit::Refused("spec.huaweiMeeting.appId", "cannot change"),
        ),
        (
            "another project",
            rtc,
            json!({ "spec": { "huaweiRtc": { "projectId": "q" } } }),
            Edit::Refused("spec.huaweiRtc.projectId", "cannot change"),
        ),
        ("another address", at("https://a.example"), at("https://b.example"), Edit::Taken),
        (
            "another administrator and Secret",
            json!({}),
            json!({ "spec": { "tencent": { "identifier": "other", "secretKeyRef": { "key": "new" } } } }),
            Edit::Taken,
        ),
    ];
    edit(&client, &accounts, &account(), rows).await;
}
