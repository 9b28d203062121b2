//! Manifests as they are written: documents in files, folders, the standard input, or a revision of Git.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Error, revision};

/// The most documents that are read of one file.
const MOST: usize = 100_000;

/// One document of a file, or one item of a list in it. It may be a Secret, so `Debug` does not show what it says.
#[derive(Clone)]
pub struct Document {
    /// The file that it is in, as the user names it.
    pub origin: String,
    /// What it says.
    pub value: Value,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// How far below a folder files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Only the folder's own files, as kubectl has it.
    Folder,
    /// The folders in it too.
    Tree,
}

/// Reads files, folders (their `.yaml`, `.yml` and `.json` files, by name) and, for `-`, the standard input.
///
/// # Errors
/// Names the file that cannot be read or is not YAML.
pub fn read(paths: &[PathBuf], depth: Depth) -> Result<Vec<Document>, Error> {
    let mut documents = Vec::new();
    for path in paths {
        for (origin, text) in texts(path, depth)? {
            parse(&origin, &text, &mut documents)?;
        }
    }
    Ok(documents)
}

/// Reads the same files as they are in a folder, or in a revision of Git. A path that was not there then has no documents.
///
/// # Errors
/// Names what cannot be read: the folder, the revision, or a file in it.
pub fn read_base(base: &str, paths: &[PathBuf], depth: Depth) -> Result<Vec<Document>, Error> {
    let folder = Path::new(base);
    if folder.exists() {
        return read(&[folder.to_owned()], depth);
    }
    let mut documents = Vec::new();
    for path in paths {
        for (origin, text) in revision::texts(base, path, depth)? {
            parse(&origin, &text, &mut documents)?;
        }
    }
    Ok(documents)
}

/// Tells whether a file of this name is read where a folder is named.
pub(super) fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json"))
}

fn parse(origin: &str, text: &str, documents: &mut Vec<Document>) -> Result<(), Error> {
    let syntax = |error: serde_saphyr::Error| Error::Syntax { origin: origin.to_owned(), why: error.to_string() };
    // Whole clusters fit in, and expanding aliases stays bounded. No line is shown beside its number: a password may stand
    // in it.
    let budget = serde_saphyr::budget! { max_documents: MOST, max_nodes: 100 * MOST, max_events: 400 * MOST };
    let options = serde_saphyr::options! { budget: budget, with_snippet: false };
    let read: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options).map_err(syntax)?;
    for value in read {
        let items = match value.get("items").and_then(Value::as_array) {
            Some(items) => items.clone(),
            None => vec![value],
        };
        documents.extend(items.into_iter().map(|value| Document { origin: origin.to_owned(), value }));
    }
    Ok(())
}

/// Reads a file, the manifests of a folder or, for `-`, the standard input; each text comes with where it is from.
///
/// # Errors
/// Names the file that cannot be read.
pub fn texts(path: &Path, depth: Depth) -> Result<Vec<(String, String)>, Error> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(failed(path))?;
        return Ok(vec![("standard input".to_owned(), text)]);
    }
    let mut files = Vec::new();
    if path.is_dir() {
        walk(path, depth, &mut files)?
    } else {
        files.push(path.to_owned())
    }
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).map_err(failed(&file))?;
        Ok((file.display().to_string(), text))
    };
    files.into_iter().map(read).collect()
}

fn walk(folder: &Path, depth: Depth, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let entries = std::fs::read_dir(folder).map_err(failed(folder))?;
    let entries = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut entries: Vec<PathBuf> = entries.collect::<Result<_, _>>().map_err(failed(folder))?;
    entries.sort();
    for entry in entries {
        // A link to a folder may lead back up.
        let is_folder = entry.is_dir() && !entry.is_symlink();
        if is_folder && depth == Depth::Tree && !is_hidden(&entry) {
            walk(&entry, depth, files)?;
        } else if entry.is_file() && is_manifest(&entry) {
            files.push(entry);
        }
    }
    Ok(())
}

/// Tells whether a folder is nobody's manifests: `.git`, `.github`.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Read { path: path.clone(), source }
}
