//! What a vendor's code means to a person who reads it in a status, and what that person can do: the one home of both.
//!
//! The tables are those of docs/providers, row by row. What a code means for the operator is in the vendors' `code`; it goes
//! by the call, which a status does not name, so nothing here may be taken for a decision.

use crate::{huawei, tencent};

/// What some codes of a vendor mean, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// Each a code as the vendor writes it, the beginning of some (`RTC.00002…`), `status 404`, or `status 5xx`.
    pub codes: &'static [&'static str],
    /// What they mean, without a full stop.
    pub means: &'static str,
    /// What to do, without a full stop.
    pub remedy: &'static str,
}

/// An answer without a code of the vendor's, with a status that its page does not list.
const NOT_THE_VENDORS: Hint = Hint {
    codes: &[],
    means: "an answer that is not the vendor's, as from a proxy, a login page or a wrong `endpoint`",
    remedy: "if it stays, look for what answers in the vendor's place, and check `region` or `endpoint`",
};

/// A service of a vendor, each with codes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Tencent RTC, both engines.
    TencentRtc,
    /// Huawei CloudRTC.
    CloudRtc,
    /// Huawei Cloud Meeting.
    CloudMeeting,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 3] = [Self::TencentRtc, Self::CloudRtc, Self::CloudMeeting];

    /// Returns the page of the documentation, from the root of the repository.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::TencentRtc => "docs/providers/tencent.md",
            Self::CloudRtc => "docs/providers/huawei-cloudrtc.md",
            Self::CloudMeeting => "docs/providers/huawei-meeting.md",
        }
    }

    /// Returns all that is known of the service's codes, in the order of its page.
    #[must_use]
    pub const fn hints(self) -> &'static [Hint] {
        match self {
            Self::TencentRtc => &tencent::hint::HINTS,
            Self::CloudRtc => &huawei::hint::CLOUD_RTC,
            Self::CloudMeeting => &huawei::hint::CLOUD_MEETING,
        }
    }

    /// Returns what a code means that stands in a status; `HTTP 503` is the status of an answer without a code.
    /// Absent: no source that is known names it.
    #[must_use]
    pub fn hint(self, code: &str) -> Option<&'static Hint> {
        let listed = self.hints().iter().find(|hint| hint.codes.iter().any(|listed| is_it(listed, code)));
        listed.or_else(|| code.starts_with("HTTP ").then_some(&NOT_THE_VENDORS))
    }
}

/// Tells whether an entry of a table is about a code.
fn is_it(listed: &str, code: &str) -> bool {
    match (listed.strip_prefix("status "), code.strip_prefix("HTTP ")) {
        (Some("5xx"), Some(status)) => status.len() == 3 && status.starts_with('5'),
        (Some(wanted), Some(status)) => wanted == status,
        (Some(_), None) | (None, Some(_)) => false,
        (None, None) => match listed.strip_suffix('…') {
            Some(beginning) => {
                let ((speaker, wanted), (speaks, number)) = (huawei::code::parts(beginning), huawei::code::parts(code));
                speaker == speaks && number.starts_with(wanted)
            }
            None => huawei::code::parts(listed) == huawei::code::parts(code),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::Service;
    use crate::error::Class;
    use crate::{huawei, tencent};

    #[test]
    fn a_code_is_found_as_a_status_writes_it() {
        let rows = [
            (Service::TencentRtc, "70009", Some("the key, the account or the region is wrong")),
            (Service::TencentRtc, "123456", None),
            (Service::TencentRtc, "HTTP 502", Some(super::NOT_THE_VENDORS.means)),
            (Service::CloudRtc, "RTC.00001016", Some("the app is stopped, or the account is in arrears")),
            (Service::CloudRtc, "RTC.00002017", Some("trouble at Huawei, perhaps applied all the same")),
            (Service::CloudRtc, "APIGW.0301", Some("the key, the token or the clock is wrong")),
            (Service::CloudRtc, "HTTP 404", Some("no such app; of a dismissal also: no such room")),
            (Service::CloudRtc, "RTC.99999999", None),
            (Service::CloudMeeting, "USG.206010025", Some("the App ID or the signature is wrong")),
            (Service::CloudMeeting, "206010025", Some("the App ID or the signature is wrong")),
            (Service::CloudMeeting, "APIGW.206010025", None),
            (Service::CloudMeeting, "HTTP 503", Some("trouble at Huawei, perhaps applied all the same")),
        ];
        for (service, code, means) in rows {
            assert_eq!(service.hint(code).map(|hint| hint.means), means, "{service:?} {code}");
        }
    }

    #[test]
    fn each_code_that_means_something_to_the_operator_means_something_to_people() {
        use tencent::{accounts, live_engine, room_engine};
        let calls = [
            tencent::Call::RoomEngine(room_engine::Operation::CreateRoom),
            tencent::Call::RoomEngine(room_engine::Operation::ChangeRoomOwner),
            tencent::Call::RoomEngine(room_engine::Operation::GetRoomInfo),
            tencent::Call::LiveEngine(live_engine::Operation::SetRoomMetadata),
            tencent::Call::Accounts(accounts::Operation::AccountCheck),
        ];
        let silent: Vec<i64> = (60_000..101_000)
            .filter(|code| calls.iter().any(|call| tencent::code::meaning(*call, *code).class != Class::Unknown))
            .filter(|code| Service::TencentRtc.hint(&code.to_string()).is_none())
            .collect();
        assert_eq!(silent, Vec::<i64>::new());

        let numbers = (1_001..1_022).chain([2_001]).map(|number| format!("RTC.{number:08}"));
        let gateway = ["APIGW.0301", "APIGW.0303", "APIGW.0308", "APIGW.0201"].map(str::to_owned);
        let rtc = huawei::Call::CloudRtc(huawei::cloud_rtc::Operation::DismissRoom);
        for code in numbers.chain(gateway) {
            // The status decides where the code does not, so one is asked for that says nothing.
            let class = huawei::code::meaning(rtc, 418, Some(&code)).class;
            assert_eq!(class != Class::Unknown, Service::CloudRtc.hint(&code).is_some(), "{code}");
        }
        let known = [
            "000000004",
            "201040000",
            "206030000",
            "201080006",
            "206010000",
            "206010025",
            "206010057",
            "206010007",
            "111070006",
            "100000429",
            "APIGW.0301",
            "APIGW.0308",
            "APIGW.0201",
        ];
        for code in known {
            assert!(huawei::code::documented(code).is_some(), "{code}");
            assert!(Service::CloudMeeting.hint(code).is_some(), "{code}");
        }
    }

    #[test]
    fn no_code_is_told_two_things_and_each_says_what_to_do() {
        for service in Service::ALL {
            let mut seen = std::collections::BTreeSet::new();
            for hint in service.hints() {
                assert!(!hint.codes.is_empty() && hint.means.len() > 5 && hint.remedy.len() > 5, "{hint:?}");
                for code in hint.codes {
                    assert!(seen.insert(*code), "{service:?} has {code} twice");
                }
            }
        }
    }
}
