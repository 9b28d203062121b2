//! The archive: a gzipped tar that only its owner may read, and that overwrites nothing.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use flate2::Compression;
use flate2::write::GzEncoder;

/// For the owner only.
const MODE: u32 = 0o600;

/// One file of the archive.
#[derive(Debug)]
pub(super) struct File {
    /// Where it is in the archive's folder.
    pub(super) path: String,
    /// What it is, for the README.
    pub(super) what: &'static str,
    /// Its contents.
    pub(super) bytes: Vec<u8>,
}

/// Refuses a path where something is already, before any work is done.
///
/// # Errors
/// Names the path.
pub(super) fn refuse_existing(path: &Path) -> anyhow::Result<()> {
    let is_there = path.try_exists().with_context(|| format!("{} cannot be looked at", path.display()))?;
    anyhow::ensure!(!is_there, "{} is there already: name another file by -o, or remove it", path.display());
    Ok(())
}

/// Writes the files, in a folder of this name, to a new file.
///
/// # Errors
/// It is there already, or cannot be written; what was begun is removed then.
pub(super) fn write_to(path: &Path, folder: &str, files: &[File], time: u64) -> anyhow::Result<()> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path);
    let file = opened.with_context(|| format!("{} cannot be made", path.display()))?;
    let written = write(file, folder, files, time);
    if written.is_err() {
        // What is half written helps nobody, and its own failure is not the one to tell.
        let _ = std::fs::remove_file(path);
    }
    written.with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes the files, in a folder of this name.
///
/// # Errors
/// What the other side of `to` says.
pub(super) fn write(to: impl Write, folder: &str, files: &[File], time: u64) -> io::Result<()> {
    let mut archive = tar::Builder::new(GzEncoder::new(to, Compression::default()));
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.bytes.len() as u64);
        header.set_mode(MODE);
        header.set_mtime(time);
        archive.append_data(&mut header, format!("{folder}/{}", file.path), file.bytes.as_slice())?;
    }
    archive.into_inner()?.finish()?.flush()
}
