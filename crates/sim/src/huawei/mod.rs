//! Huawei Cloud: CloudRTC, IAM and Cloud Meeting, and the two signatures that they ask for.
//! Pure, and shares nothing with any code that signs.

mod app_id;
pub mod cloud_rtc;
mod gateway;
pub mod iam;
mod listed;
pub mod meeting;
mod path;
mod signature;
mod time;

use sha2::{Digest, Sha256};

pub use app_id::{AppIdError, Application, LoginClaims, Speaker, Tenancy, verify_app_id};
pub use gateway::{GATEWAY_CODES, GatewayCode};
pub use listed::{Listed, Row};
pub use signature::{AccessKey, SignatureError, Signer, verify_signature};

/// Makes an id of 32 hexadecimal digits that is always the same for the same kind and text.
fn id_of(kind: &str, text: &str) -> String {
    let mut id = digits(&Sha256::digest(format!("{kind}: {text}")));
    id.truncate(32);
    id
}

/// Writes bytes as lower-case hexadecimal digits.
fn digits(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("four bits are one digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
