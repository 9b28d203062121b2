//! Huawei Cloud: its two signatures.
//! Nothing here sends a request or reads a clock.
//!
//! CloudRTC and IAM take [`signature`], made with an access key for each request.
//! Cloud Meeting takes [`app_id`] once, at the log-in, and a token from then on.

pub mod app_id;
pub mod signature;

/// Returns the bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
