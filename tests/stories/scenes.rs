//! The engines, as stories know them that are about any of them: an account, and in it rooms that objects name.
//!
//! It brings things about and judges nothing.

pub mod cloud_meeting;
pub mod cloud_rtc;
pub mod tencent;

use roomkeeper::key::Kind;
use serde_json::{Value, json};

use crate::story::{Story, merge};

/// An engine with one account. What the journal and the vendor call a room follows from its name in the story.
pub trait Scene {
    /// The kind of the engine's objects.
    const KIND: Kind = Kind::Room;
    /// The verbs that a spec may list.
    const VERBS: &[&str];
    /// Whether the operator makes rooms; else others make them.
    const MAKES_ROOMS: bool;
    /// The call by which a deletion ends a room, or takes it from its owner.
    const END: &str;
    /// The call that looks at a room.
    const LOOK: &str;
    /// The call that tries a credential.
    const TRIAL: &str;
    /// The Secret with the key of the account, and the name of the key in it.
    const SECRET: (&str, &str);
    /// Name of the config of the account, in whichever namespace.
    const CONFIG: &str;

    /// Returns the stage with the account, still without an operator.
    async fn stage(name: &str) -> Story;

    /// Brings the Secrets and the config into another namespace, in which the story is now.
    async fn open(story: &Story);

    /// Returns the config, as [`Story::create_config`] takes it, with the key from this Secret.
    fn config(story: &Story, secret: &str) -> Value;

    /// Returns the spec of an object that names a room.
    fn spec(room: &str) -> Value;

    /// Returns what makes a deletion end the room, where that is not so by itself; it is merged over the object.
    fn ends_with_its_object() -> Value {
        json!({})
    }

    /// Returns what the journal calls a room.
    fn place(room: &str) -> String;

    /// Returns what a claim calls a room.
    fn external_id(room: &str) -> String;

    /// Has a room there that no object made; where it can differ from the spec, it has another name and another owner.
    fn stands(story: &Story, room: &str);

    /// Has a room differ, if there is one: people give it another name and another owner, or want it dismissed.
    async fn differs(story: &Story, room: &str);
}

/// Creates an object that names a room; `more` is merged over it.
pub async fn create<S: Scene>(story: &Story, object: &str, room: &str, more: &Value) {
    let mut manifest = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1",
        "kind": S::KIND.as_str(),
        "metadata": { "name": object },
        "spec": S::spec(room),
    });
    merge(&mut manifest, more);
    crate::story::create(&story.objects(), &manifest).await;
}

/// Returns the writes that reached a room, whatever became of them, in order.
pub fn writes<S: Scene>(story: &Story, room: &str) -> Vec<String> {
    let last = |operation: String| operation.rsplit('/').next().expect("a text has a last part").to_owned();
    story.sim.writes_of(&S::place(room)).into_iter().map(|entry| last(entry.operation)).collect()
}

/// Returns how often rooms of the account were looked at.
pub fn looks<S: Scene>(story: &Story) -> usize {
    story.sim.journal().iter().filter(|entry| entry.calls(S::LOOK)).count()
}
