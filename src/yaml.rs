//! How objects are written as YAML. It returns text and writes no file.

use serde::Serialize;
use serde_saphyr::ser_options;

/// Writes an object, each text in one line: folded lines would all change with one word.
///
/// # Errors
/// A value has no form in YAML.
pub fn text(object: &impl Serialize) -> Result<String, serde_saphyr::ser::Error> {
    serde_saphyr::to_string_with_options(object, ser_options! { prefer_block_scalars: false })
}
