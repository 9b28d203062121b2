//! Turns the JSON of an answer into a type.
//! No value of the answer may enter an error: an answer may hold a room's password.

use serde::de::DeserializeOwned;

use crate::error::{Class, Error, Outcome};

/// Reads the whole body as one value.
///
/// # Errors
/// `Unavailable` where the body breaks off, `Unknown` where it is not JSON or not what the call answers.
pub(crate) fn decode<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T, Error> {
    let mut source = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut source).map_err(|error| {
        // The texts of the JSON library quote values; the place is enough to find the mistake.
        let (class, text) = if error.inner().is_eof() {
            (Class::Unavailable, "the answer breaks off in the middle".to_owned())
        } else if error.inner().is_syntax() {
            (Class::Unknown, "answered with something that is not JSON".to_owned())
        } else {
            (Class::Unknown, format!("answered with a missing or unexpected value at `{}`", error.path()))
        };
        Error::new(operation, class, Outcome::Uncertain).with_message(&text, &[])
    })
}
