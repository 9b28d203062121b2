//! How an error is told: what went wrong, its causes, and what to do next. It decides nothing about exit codes.

use std::error::Error as StdError;
use std::fmt;
use std::io::ErrorKind;

use anstyle::{AnsiColor, Style};
use kube::config::KubeconfigError;

use super::terminal;
use crate::source::files;

/// What to do next.
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// What the API server says where it has no such kind at all: in JSON, and where it knows nothing of the group.
const NO_KIND: [&str; 2] = ["the server could not find the requested resource", "404 page not found"];

/// What to do where the API server does not know a kind of ours.
pub(super) const INSTALL: &str = "install our kinds first: `roomkeeper crds | kubectl apply --server-side -f -`";

/// What to do where the API server does not know who asks.
const LOG_IN: &str = "log in to the cluster again; `kubectl auth whoami` shows whether that worked";

/// One error of a chain.
type Cause = dyn StdError + 'static;

/// An error with what to do about it. It reads as the error itself does.
#[derive(Debug)]
struct Advised {
    error: anyhow::Error,
    next: String,
}

/// Says what to do about an error, where the place that failed knows it better than the kind of error tells.
pub(super) trait Hint<T> {
    /// Adds the next step, a sentence without a full stop; commands stand in backticks. The outermost one is shown.
    ///
    /// # Errors
    /// The same, with the next step.
    fn hint(self, next: impl fmt::Display) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> Hint<T> for Result<T, E> {
    fn hint(self, next: impl fmt::Display) -> anyhow::Result<T> {
        self.map_err(|error| anyhow::Error::new(Advised { error: error.into(), next: next.to_string() }))
    }
}

impl fmt::Display for Advised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&own_words(self.error.as_ref()))
    }
}

impl StdError for Advised {
    fn source(&self) -> Option<&Cause> {
        let error: &Cause = self.error.as_ref();
        error.source()
    }
}

/// Returns what is printed for an error: `error:`, a line for each `cause:` that says something new, and `hint:`.
///
/// At a terminal long lines are broken between words; elsewhere each is one line. `typed` puts commands in backticks as
/// this program is called.
pub(super) fn words(error: &anyhow::Error, typed: impl Fn(&str) -> String) -> String {
    let width = terminal::width_of_errors();
    let mut text = terminal::tagged(terminal::BAD, "error", &own_words(error.as_ref()), width);
    let mut said = own_words(error.as_ref());
    let is_answer = |error: &Cause| matches!(bare(error).downcast_ref(), Some(kube::Error::Api(_)));
    for (above, cause) in error.chain().zip(error.chain().skip(1)) {
        let words = own_words(cause);
        // Many libraries repeat the cause in their own words, and below the API server's answer is only itself again.
        if !said.contains(&words) && !is_answer(above) {
            text += &terminal::tagged(terminal::BOLD, "cause", &words, width);
        }
        said += &words;
    }
    if let Some(next) = next_step(error) {
        text += &terminal::tagged(HINT, "hint", &typed(&next), width);
    }
    text
}

/// Returns what one error of a chain says, without what only a programmer reads.
fn own_words(error: &Cause) -> String {
    match bare(error).downcast_ref::<kube::Error>() {
        Some(kube::Error::Api(status)) => format!("the API server says: {}", status.message.trim()),
        Some(kube::Error::Service(cause)) => format!("the API server cannot be asked: {cause}"),
        Some(_) | None => error.to_string(),
    }
}

/// Takes the next step off an error that has one.
fn bare(error: &Cause) -> &Cause {
    error.downcast_ref::<Advised>().map_or(error, |advised| bare(advised.error.as_ref()))
}

fn next_step(error: &anyhow::Error) -> Option<String> {
    let told = error.chain().find_map(|cause| Some(cause.downcast_ref::<Advised>()?.next.clone()));
    told.or_else(|| error.chain().find_map(known))
}

/// Says what to do about errors that are the same wherever they come up.
fn known(error: &Cause) -> Option<String> {
    if let Some(error) = error.downcast_ref::<files::Error>() {
        return Some(of_files(error));
    }
    if let Some(error) = error.downcast_ref::<kube::Error>() {
        return of_cluster(error).map(str::to_owned);
    }
    if error.is::<KubeconfigError>() {
        return Some("`kubectl config get-contexts` shows what kubectl itself can use".to_owned());
    }
    // The system's own words are all that is known of other failures.
    let failures = [
        (ErrorKind::NotFound, "check the path; it counts from the folder that you are in"),
        (ErrorKind::PermissionDenied, "run as a user who may do this, or name another file or folder"),
    ];
    let kind = error.downcast_ref::<std::io::Error>()?.kind();
    failures.into_iter().find_map(|(known, next)| (known == kind).then(|| next.to_owned()))
}

fn of_files(error: &files::Error) -> String {
    let hint = match error {
        files::Error::Read { path: _, source } if source.kind() == ErrorKind::NotFound => {
            "name a file or folder with manifests; a path counts from the folder that you are in"
        }
        files::Error::Read { .. } => "name a file or folder that you may read, or - for standard input",
        files::Error::Syntax { .. } => {
            "correct the file at that line; `kubectl create --dry-run=client -f FILE` reads it alike"
        }
        files::Error::Secret { .. } => "put quotes around numbers, true and false in stringData; data holds base64",
        files::Error::Base { .. } => {
            "name a folder, or a revision that `git log` shows; a clone without history has few: in CI, `git fetch origin \
             main` or fetch-depth: 0 brings it"
        }
        files::Error::Kind { .. } => INSTALL,
        files::Error::Forbidden { .. } => {
            "have somebody allow it, or name the namespaces that you may read by --watch-namespaces"
        }
        files::Error::Cluster(error) => return of_cluster(error).unwrap_or_default().to_owned(),
    };
    hint.to_owned()
}

fn of_cluster(error: &kube::Error) -> Option<&'static str> {
    if matches!(error, kube::Error::Service(_) | kube::Error::HyperError(_)) {
        return Some("is the cluster up, and is it this one? `kubectl cluster-info` asks it, too");
    }
    if matches!(error, kube::Error::Auth(_)) {
        return Some(LOG_IN);
    }
    let kube::Error::Api(status) = error else { return None };
    match status.code {
        401 => Some(LOG_IN),
        403 => Some("use an account that may do this: `kubectl auth can-i --list` shows what yours may"),
        404 if NO_KIND.contains(&status.message.trim()) => Some(INSTALL),
        404 => Some("check name and namespace; `kubectl get rooms,meetingrooms --all-namespaces` lists what is there"),
        429 | 500..600 => Some("try again in a moment: the API server is busy or has a fault of its own"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;
    use kube::core::Status;

    use super::*;

    fn api(code: u16, message: &str) -> kube::Error {
        kube::Error::Api(Status { code, message: message.to_owned(), ..Status::default() }.boxed())
    }

    fn plain(error: &anyhow::Error) -> String {
        anstream::adapter::strip_str(&words(error, str::to_owned)).to_string()
    }

    #[test]
    fn an_error_its_causes_and_its_next_step_have_a_line_each() {
        let refused = Err::<(), _>(api(403, "rooms is forbidden")).context("no Room can be listed");
        let said = "\
error: no Room can be listed
cause: the API server says: rooms is forbidden
hint: use an account that may do this: `kubectl auth can-i --list` shows what yours may
";
        assert_eq!(plain(&refused.unwrap_err()), said);
    }

    #[test]
    fn the_place_that_failed_knows_better_than_the_kind_of_error_and_the_outermost_counts() {
        let inner = Err::<(), _>(api(404, "no such thing")).hint("look for it").context("it is not there");
        let said = "error: it is not there\ncause: the API server says: no such thing\nhint: look for it\n";
        assert_eq!(plain(inner.as_ref().unwrap_err()), said);
        let outer = inner.hint("give up").context("all is lost").unwrap_err();
        let said = "error: all is lost\ncause: it is not there\ncause: the API server says: no such thing\n\
                    hint: give up\n";
        assert_eq!(plain(&outer), said);
    }

    #[test]
    fn a_cause_that_was_told_already_is_not_repeated() {
        let source = std::io::Error::from(ErrorKind::NotFound);
        let error = anyhow::Error::new(files::Error::Read { path: "rooms".into(), source });
        let said = plain(&error);
        assert!(said.starts_with("error: rooms cannot be read: "), "{said}");
        assert!(!said.contains("cause: ") && said.contains("\nhint: name a file or folder"), "{said}");
    }

    #[test]
    fn what_the_api_server_refuses_has_a_next_step_and_no_words_for_programmers() {
        for (code, message) in [
            (401, "Unauthorized"),
            (403, "forbidden"),
            (404, "the server could not find the requested resource"),
            (404, "404 page not found"),
            (404, "rooms \"x\" not found"),
            (429, "slow down"),
            (503, "no endpoints"),
        ] {
            let said = plain(&anyhow::Error::new(api(code, message)));
            assert!(said.starts_with(&format!("error: the API server says: {message}\nhint: ")), "{said}");
        }
    }
}
