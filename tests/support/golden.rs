//! Where the golden objects are, and how their files are named. It neither reads nor writes them.

use std::path::PathBuf;

/// Returns the folder with the golden objects, a folder in it for each engine and for each kind of config.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/objects")
}

/// Returns the name of a file, without its ending, for a reason: `InSync` is in `in-sync`.
pub(crate) fn file_name(reason: &str) -> String {
    let mut name = String::new();
    for letter in reason.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
