//! A row for each status and each code of the tables, and for each call whose meaning differs.

use super::{Meaning, is_stale_token, may_be_clock, meaning};
use crate::error::Outcome::{Refused, Uncertain};
use crate::error::{Class, Class::*, Outcome, What};
use crate::huawei::Call;
use crate::huawei::cloud_rtc::Operation as Rtc;
use crate::huawei::meeting::Operation as Meeting;

const APP: Class = NotFound { what: What::App };
const ROOM: Class = NotFound { what: What::Room };
const ACCOUNT: Class = NotFound { what: What::Account };
const THROTTLED: Class = Throttled { after: None };

fn check(call: impl Into<Call>, status: u16, code: Option<&str>, (class, outcome): (Class, Outcome)) {
    let call = call.into();
    assert_eq!(meaning(call, status, code), Meaning { class, outcome }, "{call:?} {status} {code:?}");
}

/// Returns every call but these.
fn others<O: Copy + PartialEq>(all: &[O], but: &[O]) -> Vec<O> {
    all.iter().copied().filter(|operation| !but.contains(operation)).collect()
}

#[test]
fn each_code_of_cloud_rtc_has_its_meaning_in_every_call_but_the_log_in() {
    let rows = [
        ("RTC.00001001", Credentials),
        ("RTC.00001002", Invalid),
        ("RTC.00001003", Invalid),
        ("RTC.00001004", Invalid),
        ("RTC.00001005", Invalid),
        ("RTC.00001006", Unknown),
        ("RTC.00001007", Unknown),
        ("RTC.00001009", Unknown),
        ("RTC.00001010", Unknown),
        ("RTC.00001012", Unknown),
        ("RTC.00001013", Unknown),
        ("RTC.00001016", Quota),
        ("RTC.00001017", Quota),
        ("RTC.00001018", Unknown),
        ("RTC.00001019", Unknown),
        ("RTC.00001020", Unknown),
        ("RTC.00001021", Denied),
        // Without the service's name.
        ("00001016", Quota),
        // In no list: the status decides.
        ("RTC.00001008", Invalid),
        ("RTC.00001022", Invalid),
        ("RTC.0000100", Invalid),
        ("RTC.000010030", Invalid),
        ("RTC.000020010", Invalid),
        ("RTC.", Invalid),
        ("", Invalid),
    ];
    for operation in others(&Rtc::ALL, &[Rtc::LogIn]) {
        for (code, class) in rows {
            check(operation, 400, Some(code), (class, Refused));
        }
        for code in ["RTC.00002001", "RTC.00002999"] {
            check(operation, 500, Some(code), (Unavailable, Uncertain));
            check(operation, 400, Some(code), (Unavailable, Uncertain));
        }
    }
}

#[test]
fn each_status_of_cloud_rtc_has_its_meaning_for_each_call() {
    let missing = [
        (Rtc::GetApps, Unknown),
        (Rtc::GetApp, APP),
        (Rtc::GetRooms, APP),
        (Rtc::GetUsers, APP),
        (Rtc::DismissRoom, ROOM),
        (Rtc::LogIn, Unknown),
    ];
    assert_eq!(missing.map(|(operation, _)| operation), Rtc::ALL);
    for (operation, class) in missing {
        check(operation, 404, None, (class, Refused));
        // The page of the dismissal shows this code with this status.
        check(operation, 404, Some("RTC.00001003"), (class, Refused));
        check(operation, 404, Some("RTC.00001016"), (class, Refused));
        check(operation, 404, Some("APIGW.0101"), (Unknown, Refused));

        check(operation, 401, None, (Credentials, Refused));
        check(operation, 403, None, (Denied, Refused));
        check(operation, 408, None, (Unavailable, Uncertain));
        check(operation, 429, None, (THROTTLED, Refused));
        check(operation, 500, None, (Unavailable, Uncertain));
        check(operation, 504, None, (Unavailable, Uncertain));
        for undocumented in [302, 405, 409, 418] {
            check(operation, undocumented, None, (Unknown, Uncertain));
        }
        let bad = if operation == Rtc::LogIn { Credentials } else { Invalid };
        check(operation, 400, None, (bad, Refused));
    }
    // IAM has no codes but its statuses.
    check(Rtc::LogIn, 400, Some("RTC.00001016"), (Credentials, Refused));
    check(Rtc::LogIn, 401, Some("401"), (Credentials, Refused));
}

#[test]
fn the_gateway_says_the_same_to_every_call() {
    let rows = [
        (401, "APIGW.0301", Credentials, Refused),
        (401, "APIG.0301", Credentials, Refused),
        (401, "APIGW.0303", Credentials, Refused),
        (429, "APIGW.0308", THROTTLED, Refused),
        (504, "APIG.0201", Unavailable, Uncertain),
        // Known by its code, whatever the status.
        (400, "APIGW.0308", THROTTLED, Refused),
        (403, "APIGW.0301", Credentials, Refused),
        (400, "APIGW.0201", Unavailable, Uncertain),
    ];
    let calls = Rtc::ALL.into_iter().map(Call::from).chain(Meeting::ALL.into_iter().map(Call::from));
    for call in calls {
        for (status, code, class, outcome) in rows {
            check(call, status, Some(code), (class, outcome));
        }
    }
    check(Rtc::GetApp, 403, Some("APIGW.0705"), (Denied, Refused));
    check(Rtc::GetApp, 500, Some("APIGW.0801"), (Unavailable, Uncertain));
    check(Meeting::GetMember, 404, Some("APIGW.0101"), (Unknown, Refused));
}

const AS_USER: [Meeting; 3] = [Meeting::LogOut, Meeting::GetMemberVmrs, Meeting::UpdateVmr];
const LOG_IN: Meeting = Meeting::LogInAsAdministrator;

#[test]
fn each_code_of_meeting_has_its_meaning_for_each_kind_of_call() {
    let each: [(&str, Class); 6] = [
        ("USG.201040000", ACCOUNT),
        ("USG.206030000", ACCOUNT),
        ("USG.201080006", Invalid),
        ("MMC.201080006", Invalid),
        ("MMC.111070006", ROOM),
        ("MMC.100000429", THROTTLED),
    ];
    for operation in others(&Meeting::ALL, &[LOG_IN]) {
        for (code, class) in each {
            check(operation, 400, Some(code), (class, Refused));
        }
        check(operation, 400, Some("206010007"), (Denied, Refused));
        // In no list: the status decides.
        for code in ["USG.201040001", "USG.201090001", "MMC.111070005", "USG.1", "201080006.USG"] {
            check(operation, 400, Some(code), (Invalid, Refused));
        }
    }
    for operation in [LOG_IN, Meeting::LogInAsUser] {
        for code in ["USG.206010025", "USG.206010057"] {
            for status in [400, 401, 403] {
                check(operation, status, Some(code), (Credentials, Refused));
            }
        }
        // One user's password is not the key.
        let class = if operation == LOG_IN { Credentials } else { Denied };
        check(operation, 400, Some("USG.206010000"), (class, Refused));
    }
    for operation in others(&Meeting::ALL, &[LOG_IN, Meeting::LogInAsUser]) {
        check(operation, 400, Some("USG.206010025"), (Invalid, Refused));
        let stale = if AS_USER.contains(&operation) { Denied } else { Credentials };
        check(operation, 401, Some("USG.000000004"), (stale, Refused));
        check(operation, 400, Some("USG.000000004"), (stale, Refused));
    }
    for code in ["USG.201040000", "USG.206030000", "USG.206010007", "USG.000000004"] {
        check(LOG_IN, 400, Some(code), (Credentials, Refused));
    }
    check(Meeting::LogInAsUser, 401, Some("USG.000000004"), (Credentials, Refused));
}

#[test]
fn only_the_credential_is_blamed_for_what_concerns_nobody_else() {
    for operation in Meeting::ALL {
        let only_credential = operation == LOG_IN;
        check(operation, 400, None, (if only_credential { Credentials } else { Invalid }, Refused));
        for barred in [403, 412, 423] {
            check(operation, barred, None, (if only_credential { Credentials } else { Denied }, Refused));
        }
        let not_let_in = if AS_USER.contains(&operation) { Denied } else { Credentials };
        check(operation, 401, None, (not_let_in, Refused));
        check(operation, 429, None, (THROTTLED, Refused));
        check(operation, 404, None, (Unknown, Refused));
        check(operation, 404, Some("USG.1"), (Unknown, Refused));
        check(operation, 409, None, (Unknown, Uncertain));
        check(operation, 500, None, (Unavailable, Uncertain));
        check(operation, 500, Some("USG.201040000"), (if only_credential { Credentials } else { ACCOUNT }, Uncertain));
    }
}

#[test]
fn a_new_log_in_may_cure_a_token_and_a_new_time_a_log_in() {
    assert!(is_stale_token(401, None));
    assert!(is_stale_token(401, Some("APIGW.0301")));
    assert!(is_stale_token(400, Some("USG.000000004")));
    assert!(!is_stale_token(403, Some("APIGW.000000004")));
    assert!(!is_stale_token(403, None));
    assert!(may_be_clock(401, None));
    assert!(may_be_clock(400, Some("USG.206010057")));
    assert!(!may_be_clock(400, Some("USG.206010025")));
}
