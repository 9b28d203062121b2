//! Carries the steps of a plan out, one after the other. It makes no choice: the first failure stops the rest.

use roomkeeper_plan::Act;
use roomkeeper_plan::decision::{Step, Tried};
use roomkeeper_plan::ids::ExternalId;
use roomkeeper_plan::policy::Verb;
use roomkeeper_providers::{self as providers, Class, Outcome, Retry, What};

use crate::engines::{Engine, Note};
use crate::pass::{Look, Open};

/// What a pass achieved, whether it came to its end or not.
pub struct Progress {
    /// The steps that the vendor accepted.
    pub done: Vec<Done>,
    /// The room, once it is known that it is the object's.
    pub ours: Option<ExternalId>,
    /// The last step that failed, also if the pass went on and settled.
    pub failed: Option<Failed>,
}

/// A step that the vendor refused, or nobody knows whether it took it.
#[derive(Debug)]
pub struct Failed {
    /// The verb of the step.
    pub verb: Verb,
    /// What the vendor said.
    pub source: providers::Error,
    /// Whether the room should be looked at again at once.
    pub is_news: bool,
}

/// A step that the vendor accepted.
#[derive(Debug)]
pub struct Done {
    /// What was done, in words.
    pub words: String,
    /// The verb of it.
    pub verb: Verb,
    /// The vendor's code for success; absent: it has none.
    pub code: Option<&'static str>,
    /// The vendor's id of the call.
    pub request_id: Option<String>,
    /// What the answer told besides success.
    pub note: Note,
    /// Why it was done.
    pub because: Vec<roomkeeper_plan::Change>,
}

/// Runs the steps in their order; the first failure stops the rest.
pub async fn run<E: Engine>(open: &mut Open<E>, look: Look<E>, progress: &mut Progress) -> Option<Failed> {
    let room = open.room.clone().expect("a plan has steps only for a room that the spec names or a look has shown");
    for step in look.plan.steps {
        let Step { action, because } = step;
        let verb = action.verb();
        let answer = E::execute(&open.session, room.room(), &action).await;
        // A dismissal that was surely refused has thrown nobody out, so it does not count against the brake.
        let refused = answer.as_ref().is_err_and(|error| error.outcome() == Outcome::Refused);
        if verb == Verb::Dismiss && !refused {
            open.session.spend_brake();
        }
        match answer {
            Ok(reply) => {
                let (words, request_id, note) = (action.to_string(), reply.request_id, reply.value);
                if verb == Verb::Create {
                    progress.ours = Some(room.clone());
                }
                progress.done.push(Done { words, verb, code: E::SUCCESS, request_id, note, because: because.clone() });
                open.accepted(Tried { step: Step { action, because }, before: look.sight.clone(), after: None });
            }
            Err(source) => {
                let is_news = is_news(&source) || refused && action.leaves_half_done();
                if refused && source.retry() == Retry::Slowly {
                    open.memory.refused.push(action);
                }
                return Some(Failed { verb, source, is_news });
            }
        }
    }
    None
}

/// A refusal that tells of another world than the one just seen: worth a second look at once.
fn is_news(error: &providers::Error) -> bool {
    match error.class() {
        Class::Exists | Class::NotMember | Class::NotFound { what: What::Room } => true,
        Class::NotFound { what: What::Account | What::App }
        | Class::Denied
        | Class::Credentials
        | Class::Invalid
        | Class::Quota
        | Class::Throttled { .. }
        | Class::Unavailable
        | Class::Misdirected
        | Class::Unknown => false,
    }
}
