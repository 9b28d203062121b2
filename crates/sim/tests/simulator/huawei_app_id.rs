//! The simulator's verification of App ID log-ins against known answers of the vendor's own SDK.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roomkeeper_sim::huawei::{AppIdError, Application, LoginClaims, Speaker, Tenancy};
use roomkeeper_sim::{Moment, verify_app_id};
use serde::Deserialize;

const APP_ID: &str = "fdb8e4699586458bbd10c834872dcc62";
const KEY: &str = "appKeyExample0123456789";
const NONCE: &str = "00000000-0000-4000-8000-000000000001";
const EXPIRES: u64 = 1_767_226_200;

#[derive(Deserialize)]
struct Vectors {
    meeting_appid: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    tenant: String,
    corp_id: Option<String>,
    user_id: Option<String>,
    expire_time: u64,
    nonce: String,
    app_key: String,
    signature_sdk_uppercase: String,
    signature_lowercase: String,
    authorization: String,
}

impl Vector {
    fn app_id(&self) -> String {
        let (_, access) = self.authorization.split_once(",access=").expect("an app id in the header");
        String::from_utf8(STANDARD.decode(access).expect("base64")).expect("text")
    }

    fn verify(&self, authorization: &str, app_key: &str, now: u64) -> Result<Speaker, AppIdError> {
        let app_id = self.app_id();
        let tenancy = match self.tenant.as_str() {
            "SINGLE" => Tenancy::SingleEnterprise,
            "MULTI" => Tenancy::ServiceProvider,
            other => panic!("nobody knows the tenant {other}"),
        };
        let claims = LoginClaims {
            app_id: &app_id,
            corp_id: self.corp_id.as_deref().filter(|id| !id.is_empty()),
            user_id: self.user_id.as_deref().filter(|id| !id.is_empty()),
            expire_time: self.expire_time,
            nonce: &self.nonce,
        };
        let application = Application { app_id: &app_id, app_key, tenancy };
        verify_app_id(authorization, claims, application, Moment::from_unix_seconds(now))
    }
}

fn vectors() -> Vec<Vector> {
    let Vectors { meeting_appid } = crate::vectors::read("huawei_meeting_appid.json");
    assert!(!meeting_appid.is_empty(), "there are known answers");
    meeting_appid
}

fn verify(authorization: &str, claims: LoginClaims<'_>, tenancy: Tenancy, now: u64) -> Result<Speaker, AppIdError> {
    let application = Application { app_id: APP_ID, app_key: KEY, tenancy };
    verify_app_id(authorization, claims, application, Moment::from_unix_seconds(now))
}

fn claims<'a>(corp_id: Option<&'a str>, user_id: Option<&'a str>) -> LoginClaims<'a> {
    LoginClaims { app_id: APP_ID, corp_id, user_id, expire_time: EXPIRES, nonce: NONCE }
}

#[test]
fn known_answers_verify_in_each_spelling_until_they_expire() {
    for vector in vectors() {
        let access = STANDARD.encode(vector.app_id());
        let spellings = [&vector.signature_sdk_uppercase, &vector.signature_lowercase].map(|signature| {
            [format!("HMAC-SHA256 signature={signature},access={access}"), format!("HMAC-SHA256 signature={signature}")]
        });
        for authorization in spellings.iter().flatten().chain([&vector.authorization]) {
            let verify = |key, now| vector.verify(authorization, key, now).map(drop);
            assert_eq!(verify(&vector.app_key, vector.expire_time), Ok(()));
            assert_eq!(verify(&vector.app_key, vector.expire_time + 1), Err(AppIdError::Expired));
            assert_eq!(verify("another key", vector.expire_time), Err(AppIdError::Mismatch));
        }
    }
}

#[test]
fn a_known_answer_with_any_character_cut_off_or_changed_is_refused() {
    for vector in vectors() {
        let header = &vector.authorization;
        let verify = |text: &str| vector.verify(text, &vector.app_key, vector.expire_time);
        for length in 0..header.len() {
            let mut changed = header.as_bytes().to_vec();
            changed[length] ^= 1;
            verify(&String::from_utf8(changed).expect("ASCII")).expect_err("a changed header");
            // Without the part `access=` the header is complete: a cut just there is none.
            let complete = header[..length].ends_with(&vector.signature_sdk_uppercase);
            assert_eq!(verify(&header[..length]).is_ok(), complete, "{}", &header[..length]);
        }
    }
}

#[test]
fn each_of_the_five_speakers_is_known_by_its_own_signature() {
    use Tenancy::{ServiceProvider, SingleEnterprise};
    let (corp, user) = ("807074304", "third-user-1");
    let corp_user = Speaker::CorpUser { corp: corp.to_owned(), user: user.to_owned() };
    let rows = [
        (
            SingleEnterprise,
            None,
            Some(user),
            Speaker::User(user.to_owned()),
            "7747D6578806813263AF0AC8CFB8C3728EAADF23CE0FE01EEA1505F96E44BB94",
        ),
        (
            SingleEnterprise,
            None,
            None,
            Speaker::Administrator,
            "177464A4CEBA5AA38D343116F97297ED857307660EE0015F7D9E69BD82C786A5",
        ),
        (
            ServiceProvider,
            Some(corp),
            Some(user),
            corp_user,
            "9C8D371F91EB06BDF97D6605403B963B096477D3F9767F51BA4B6F305D5E95A3",
        ),
        (
            ServiceProvider,
            Some(corp),
            None,
            Speaker::CorpAdministrator(corp.to_owned()),
            "934A16518C25766CD2557298414505D712D35CCBC951F6E6A6DBEE85DB4ECAB3",
        ),
        (
            ServiceProvider,
            None,
            None,
            Speaker::ServiceProvider,
            "B2F55769AAEE54BA159D9837EC5DA290CE95972EDA7300B3800DED90048A576C",
        ),
    ];
    for (index, (tenancy, corp_id, user_id, speaker, _)) in rows.iter().enumerate() {
        for (other, (.., signature)) in rows.iter().enumerate() {
            let authorization = format!("HMAC-SHA256 signature={signature}");
            let expected = if other == index { Ok(speaker.clone()) } else { Err(AppIdError::Mismatch) };
            assert_eq!(verify(&authorization, claims(*corp_id, *user_id), *tenancy, EXPIRES), expected);
        }
    }
}

#[test]
fn a_login_is_refused_for_what_is_wrong_with_it() {
    use Tenancy::{ServiceProvider, SingleEnterprise};
    let header = format!("HMAC-SHA256 signature={},access={}", "0".repeat(64), STANDARD.encode(APP_ID));
    let check = |header: &str, claims: LoginClaims<'_>, tenancy| {
        verify(header, claims, tenancy, EXPIRES).expect_err("a wrong log-in")
    };
    let user = claims(None, Some("third-user-1"));
    assert_eq!(check(&header, LoginClaims { app_id: "other", ..user }, SingleEnterprise), AppIdError::OtherApp);
    let foreign = "HMAC-SHA256 signature=00,access=b3RoZXI=";
    assert_eq!(check(foreign, user, SingleEnterprise), AppIdError::OtherApp);
    assert_eq!(check(&header, claims(Some("c"), None), SingleEnterprise), AppIdError::UnexpectedCorp);
    assert_eq!(check(&header, user, ServiceProvider), AppIdError::MissingCorp);
    let long = NONCE.repeat(2);
    for nonce in [&NONCE[..31], &long] {
        assert_eq!(check(&header, LoginClaims { nonce, ..user }, SingleEnterprise), AppIdError::NonceLength);
    }
    assert_eq!(check(&header, LoginClaims { expire_time: 0, ..user }, SingleEnterprise), AppIdError::Mismatch);
    for malformed in ["", "Basic abc", "HMAC-SHA256 access=a", "HMAC-SHA256 signature=a,b=c"] {
        assert!(matches!(check(malformed, user, SingleEnterprise), AppIdError::Malformed(_)), "{malformed}");
    }
}

#[test]
fn a_login_without_expiry_is_taken_at_any_time() {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(KEY.as_bytes()).expect("any key length");
    mac.update(format!("{APP_ID}::0:{NONCE}").as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let claims = LoginClaims { expire_time: 0, ..claims(None, None) };
    let authorization = format!("HMAC-SHA256 signature={signature}");
    let now = EXPIRES * 2;
    assert_eq!(verify(&authorization, claims, Tenancy::SingleEnterprise, now), Ok(Speaker::Administrator));
}
