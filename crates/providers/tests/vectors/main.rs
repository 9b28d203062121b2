//! Checks our signing, our requests, and the simulator's verification, against known answers that the vendors' own
//! libraries gave.
//! One file for each file of answers; the requests have two, one for their signatures and one for the calls.
//!
//! `VECTORS` names another folder of the same layout; a relative path counts from the root of the repository.
//! A missing or empty file is a failure: a check that checks nothing must not pass.

mod huawei_calls;
mod huawei_meeting_appid;
mod huawei_sdk_hmac_sha256;
mod huawei_sdk_requests;
mod tencent_usersig;
#[path = "../wire/vendor.rs"]
#[expect(dead_code, reason = "the wire tests use the rest of it")]
mod vendor;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("VECTORS").filter(|folder| !folder.is_empty());
    root.join(named.unwrap_or_else(|| "tests/vectors".into()))
}

fn read<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    read_path(&folder().join(name))
}

fn read_path<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("cannot understand {}: {error}", path.display()))
}
