//! Huawei Cloud: CloudRTC, IAM and Cloud Meeting, and the two signatures that they ask for.
//! Pure, and shares nothing with any code that signs.

mod app_id;
pub mod cloud_rtc;
pub mod iam;
pub mod meeting;
mod signature;

pub use app_id::{AppIdError, Application, LoginClaims, Speaker, Tenancy, verify_app_id};
pub use signature::{AccessKey, SignatureError, Signer, verify_signature};

/// Writes bytes as lower-case hexadecimal digits.
fn digits(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("four bits are one digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
