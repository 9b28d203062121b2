//! Where the known answers are: in the folder that `VECTORS` names (from the repository's root), or in the repository.
//! A missing file fails the test that asks for it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Returns the folder of the known answers.
pub(crate) fn folder() -> PathBuf {
    let named = std::env::var_os("VECTORS").filter(|folder| !folder.is_empty());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(named.unwrap_or_else(|| "tests/vectors".into()))
}

/// Reads a file of that folder.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("cannot understand {}: {error}", path.display()))
}
