//! Files as they are in a revision of Git, read by the `git` that everybody has who has revisions.

use std::path::{Component, Path, PathBuf};
use std::process::Command;

use super::Error;
use super::documents::{Depth, is_manifest};

/// Reads a file, or the manifests of a folder, as they are in a revision. A path that is not in it has none.
///
/// # Errors
/// There is no repository around the path, no such revision in it, or `git` cannot be run.
pub(super) fn texts(revision: &str, path: &Path, depth: Depth) -> Result<Vec<(String, String)>, Error> {
    if path == Path::new("-") {
        let why = "the standard input has no revisions; name a file or folder with -f, or a folder as base".to_owned();
        return Err(Error::Base { base: revision.to_owned(), why });
    }
    let (folder, rest) = place(path);
    let git = Git { revision, folder: &folder };
    git.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
    let rest = rest.to_string_lossy().into_owned();
    let listed = git.run(&["ls-tree", "-r", "-z", "--name-only", revision, "--", &format!("./{rest}")])?;
    let mut texts = Vec::new();
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        // A name that is a file itself was asked for, whatever it is called.
        let below = Path::new(name).strip_prefix(&rest).unwrap_or(Path::new(name));
        let is_asked_for = below.as_os_str().is_empty()
            || is_manifest(below)
                && (depth == Depth::Tree || below.components().count() == 1)
                && !below.components().any(is_hidden);
        if is_asked_for {
            let text = git.run(&["show", &format!("{revision}:./{name}")])?;
            texts.push((format!("{}@{revision}", folder.join(name).display()), text));
        }
    }
    Ok(texts)
}

/// Returns the nearest folder that is there still, and the rest of the path: a commit may have removed all of it.
fn place(path: &Path) -> (PathBuf, PathBuf) {
    let is_there = |folder: &&Path| folder.as_os_str().is_empty() || folder.is_dir();
    let folder = path.ancestors().find(is_there).unwrap_or(Path::new(""));
    let rest = path.strip_prefix(folder).unwrap_or(path).to_owned();
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() };
    (folder, rest)
}

fn is_hidden(part: Component<'_>) -> bool {
    part.as_os_str().to_string_lossy().starts_with('.')
}

struct Git<'a> {
    revision: &'a str,
    folder: &'a Path,
}

impl Git<'_> {
    fn run(&self, arguments: &[&str]) -> Result<String, Error> {
        let failed = |why: String| Error::Base { base: self.revision.to_owned(), why };
        let output = Command::new("git").arg("-C").arg(self.folder).args(arguments).output();
        let output = output.map_err(|error| failed(format!("`git` cannot be run: {error}")))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = match said.trim() {
            "" => format!("there is neither such a folder nor such a revision in {}", self.folder.display()),
            said => said.to_owned(),
        };
        Err(failed(said))
    }
}
