//! Tencent's envelope: HTTP 200 always, the truth in `ErrorCode`.
//! It must not let a value of the answer into an error: an answer may hold a room's password.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Call, code};
use crate::decode::decode;
use crate::error::{Class, Code, Error, Outcome};
use crate::lenient;
use crate::message;
use crate::reply::Reply;

/// The part that every answer has, also those of the account system.
#[derive(Debug, Deserialize)]
struct Head {
    #[serde(rename = "ActionStatus", default, deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(rename = "ErrorCode", default, deserialize_with = "lenient::number")]
    code: Option<i64>,
    #[serde(rename = "ErrorInfo", default, deserialize_with = "lenient::text")]
    text: Option<String>,
    #[serde(rename = "RequestId", default, deserialize_with = "lenient::text")]
    request_id: Option<String>,
}

/// Where the room services put what they answer; the account system puts it beside the head.
#[derive(Debug, Deserialize)]
pub(super) struct Wrapped<T> {
    #[serde(rename = "Response")]
    pub(super) response: T,
}

/// An answer of which only the success matters.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// Reads an answer: its value and request id, or the failure that it tells. It sees no headers, so no date.
///
/// The given secrets were part of the request; a vendor's text that repeats them is shown without them.
pub(super) fn read<T: DeserializeOwned>(call: Call, body: &[u8], secrets: &[&str]) -> Result<Reply<T>, Error> {
    let head: Head = decode(call.name(), body)?;
    let text = head.text.unwrap_or_default();
    let request_id = head.request_id.map(|id| String::from(message::shown(&id, secrets)));
    let refusal = |class, outcome| Error::new(call.name(), class, outcome).with_request_id(request_id.as_deref());
    match head.code {
        Some(0) if head.status.as_deref().is_none_or(|status| status == "OK") => {}
        Some(0) => {
            let text = format!("answered `ErrorCode` 0 but no `ActionStatus` OK: {text}");
            return Err(refusal(Class::Unknown, Outcome::Uncertain).with_message(&text, secrets));
        }
        Some(number) => {
            let code::Meaning { class, outcome } = code::meaning(call, number);
            let error = refusal(class, outcome).with_code(Code::Tencent(number));
            return Err(error.with_message(&text, secrets));
        }
        None => {
            let text = "answered without an `ErrorCode`, check that the endpoint is the vendor's";
            return Err(refusal(Class::Unknown, Outcome::Uncertain).with_message(text, &[]));
        }
    }
    let value = decode(call.name(), body).map_err(|error| error.with_request_id(request_id.as_deref()))?;
    Ok(Reply { value, request_id, date: None })
}

#[cfg(test)]
mod tests {
    use super::{Nothing, Wrapped, read};
    use crate::error::{Class, Code, Error, Outcome, What};
    use crate::reply::Reply;
    use crate::tencent::Call;
    use crate::tencent::room_engine::{Operation, RoomInfo};

    const GET: Call = Call::RoomEngine(Operation::GetRoomInfo);

    fn failure(body: &str) -> Error {
        read::<Nothing>(GET, body.as_bytes(), &["SIG"]).expect_err(body)
    }

    #[test]
    fn a_success_carries_the_request_id_and_unknown_fields_are_ignored() {
        let body = br#"{"ActionStatus":"OK","ErrorCode":"0","ErrorInfo":"","RequestId":"req-1","New":[1]}"#;
        let Reply { value: Nothing {}, request_id, date: _ } = read(GET, body, &[]).expect("a success");
        assert_eq!(request_id.as_deref(), Some("req-1"));
    }

    #[test]
    fn a_failure_keeps_code_text_and_request_id_without_what_was_secret() {
        let error =
            failure(r#"{"ActionStatus":"FAIL","ErrorCode":100004,"ErrorInfo":"no room SIG","RequestId":"req-2"}"#);
        assert_eq!(error.class(), Class::NotFound { what: What::Room });
        assert_eq!(error.code(), Some(&Code::Tencent(100_004)));
        assert_eq!((error.message(), error.request_id()), ("no room (secret)", Some("req-2")));
        assert_eq!(error.outcome(), Outcome::Refused);
    }

    #[test]
    fn an_answer_that_is_not_the_envelope_is_unknown_and_leaves_the_outcome_open() {
        for body in [
            r#"{"ActionStatus":"FAIL","ErrorCode":0}"#,
            r#"{"ActionStatus":"OK"}"#,
            r#"{"ErrorCode":null}"#,
            r#"{"ErrorCode":{"secret":"hunter2"}}"#,
            r#"{"hello":"world"}"#,
            r#""hunter2""#,
            "[]",
            "hunter2",
        ] {
            let error = failure(body);
            assert_eq!((error.class(), error.outcome()), (Class::Unknown, Outcome::Uncertain), "{body}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn half_an_answer_is_a_lost_answer() {
        let error = failure(r#"{"ActionStatus":"OK","Erro"#);
        assert_eq!((error.class(), error.outcome()), (Class::Unavailable, Outcome::Uncertain));
    }

    #[test]
    fn an_unexpected_value_is_named_by_its_place_and_not_repeated() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Info {
            room_info: RoomInfo,
        }
        let body = br#"{"ErrorCode":0,"RequestId":"req-3","Response":{"RoomInfo":{"MemberCount":"hunter2"}}}"#;
        let shown = read::<Wrapped<Info>>(GET, body, &[]).map(|reply| reply.value.response.room_info);
        let error = shown.expect_err("a word is no number");
        assert_eq!(error.message(), "answered with a missing or unexpected value at `Response.RoomInfo.MemberCount`");
        assert_eq!(error.request_id(), Some("req-3"));
    }
}
