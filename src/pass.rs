//! One pass up to its plan: parse, resolve, look, plan. It writes nothing, neither to Kubernetes nor to the vendor.
//!
//! The controller goes on from here in `reconcile`; `roomkeeper plan` prints what stands here.

use roomkeeper_plan::decision::{Brake, Goal, Instruction, Rivalry, Tried};
use roomkeeper_plan::ids::{ExternalId, ObjectName, SecretVersion, Timestamp};
use roomkeeper_plan::policy::Terms;
use roomkeeper_plan::secret::SecretValue;
use roomkeeper_plan::{Memory, Plan, Sight, Wanted};
use roomkeeper_providers as providers;

use crate::accounts::{self, Accounts, Session, Turn};
use crate::api::annotations;
use crate::begun;
use crate::engines::{Engine, Invalid, Named, same_vendor};
use crate::object::{self, Object};
use crate::source::{Config, Missing, Source, value};

/// Why a pass ended before its plan was carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The spec is not acceptable.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The config, a Secret or a key is not to be had.
    #[error(transparent)]
    Resolve(#[from] accounts::Error),
    /// The vendor could not be looked at.
    #[error("the room could not be looked at")]
    Observe(#[source] providers::Error),
    /// Nobody can tell whether the CRD is being deleted, and so whether the room may be dismissed.
    #[error("the CustomResourceDefinition could not be read, so the room is not dismissed: {0}")]
    Definition(String),
}

impl From<Missing> for Error {
    fn from(missing: Missing) -> Self {
        Error::Resolve(missing.into())
    }
}

/// A pass that is ready to look, or has nothing to look for.
pub enum Start<E: Engine> {
    /// What to do is plain without a look, and without a credential.
    Decided(Box<Decided<E>>),
    /// The vendor must be asked.
    Open(Box<Open<E>>),
}

/// A pass whose spec and account are known, before any Secret is read.
pub enum Prepared<E: Engine> {
    /// What to do is plain without a look, and without a credential.
    Decided(Box<Decided<E>>),
    /// The vendor must be asked.
    Closed(Box<Closed<E>>),
}

/// A plan that needed no look.
pub struct Decided<E: Engine> {
    /// What is wanted, as parsed.
    pub wanted: Wanted<E::Parsed, E::Identity>,
    /// The plan; it has no steps.
    pub plan: Plan<E::Action>,
    /// The room, if the account is known.
    pub room: Option<ExternalId>,
}

/// A pass whose account is not opened yet.
pub struct Closed<E: Engine> {
    /// What is wanted, as parsed.
    pub wanted: Wanted<E::Parsed, E::Identity>,
    /// The room; absent: only a look can tell.
    pub room: Option<ExternalId>,
    /// What is remembered.
    pub memory: Memory<E::Action, E::Observed>,
    config: Config,
}

/// Everything that looking and planning needs.
pub struct Open<E: Engine> {
    /// What is wanted.
    pub wanted: Wanted<E::Desired, E::Identity>,
    /// The room; absent until a look has found it, where the spec names it by something else than its id.
    pub room: Option<ExternalId>,
    /// The account.
    pub session: Session,
    /// What is remembered.
    pub memory: Memory<E::Action, E::Observed>,
    /// The Secrets that the spec names, by field.
    pub secrets: Vec<(&'static str, SecretVersion)>,
    /// Names of the room that a look has shown; empty: none, or it has only the one in the spec.
    pub names: Vec<String>,
    /// Whether a look has shown the room: its rivals are known by then.
    identified: bool,
}

/// What was seen, and what is to be done about it.
pub struct Look<E: Engine> {
    /// What the vendor showed.
    pub sight: Sight<E::Observed>,
    /// The plan.
    pub plan: Plan<E::Action>,
}

/// Parses the object, finds its account and its Secrets, and remembers what was written down.
///
/// # Errors
/// The spec is not acceptable, or something that it names is missing.
pub async fn start<E: Engine>(
    object: &Object,
    accounts: &Accounts,
    source: &impl Source,
    turn: Turn,
) -> Result<Start<E>, Error> {
    match prepare(object, accounts, source).await? {
        Prepared::Decided(decided) => Ok(Start::Decided(decided)),
        Prepared::Closed(closed) => {
            let open = closed.open(object, accounts, source, turn).await?; // reads Secrets
            Ok(Start::Open(Box::new(open)))
        }
    }
}

/// Parses the object, finds its account, and remembers what was written down. It reads no Secret and asks no vendor.
///
/// # Errors
/// The spec is not acceptable, or its config is missing.
pub async fn prepare<E: Engine>(
    object: &Object,
    accounts: &Accounts,
    source: &impl Source,
) -> Result<Prepared<E>, Error> {
    let wanted = E::parse(object)?;
    let config = source.config(&object.key.name.namespace, &object.config);
    let claimed = object.claimed_room();
    let account = match &config {
        Ok(config) => Some(Accounts::account(config)?),
        // A deletion may go on without its config, so the claim must do.
        Err(_) => claimed.as_ref().map(|room| room.account().clone()),
    };
    let room = match (&account, E::room(&wanted)) {
        (Some(account), Some(room)) => Some(ExternalId::new(account.clone(), &room)),
        // Only a look can tell, or has told already; in another account than the claim's it is another room.
        (Some(account), None) => claimed.map(|room| ExternalId::new(account.clone(), room.room())),
        (None, _) => None,
    };
    let mut memory = remember(object, room.as_ref(), source, &wanted).await?;
    if let (Ok(_), Some(account), true) = (&config, &account, object.is_held_by_brake())
        && accounts.brake(account) == Brake::Held
    {
        memory.brake = Brake::StillHeld;
    }
    let plan = roomkeeper_plan::without_looking(&wanted, &memory);
    if let Some(plan) = plan {
        return Ok(Prepared::Decided(Box::new(Decided { wanted, plan, room })));
    }
    let config = config?;
    same_vendor::<E>(&Accounts::account(&config)?)?;
    Ok(Prepared::Closed(Box::new(Closed { wanted, room, memory, config })))
}

impl<E: Engine> Closed<E> {
    /// Opens the account and reads the Secrets that the spec names.
    ///
    /// # Errors
    /// The account cannot be opened, or a Secret is missing or holds what the vendor would not take.
    pub async fn open(
        self,
        object: &Object,
        accounts: &Accounts,
        source: &impl Source,
        turn: Turn,
    ) -> Result<Open<E>, Error> {
        let Closed { wanted: Wanted { goal, terms, generation }, room, memory, config } = self;
        let session = accounts.open(&config, source).await?.with_turn(turn, &config);
        let (goal, secrets) = match goal {
            Goal::Absent(identity) => (Goal::Absent(identity), Vec::new()),
            Goal::Present(parsed) => {
                let values = values::<E>(object, &parsed, source).await?;
                let secrets = values.iter().map(|(field, value)| (*field, value.version.clone())).collect();
                (Goal::Present(E::resolve(parsed, &values)?), secrets)
            }
        };
        let wanted = Wanted { goal, terms, generation };
        Ok(Open { wanted, room, session, memory, secrets, names: Vec::new(), identified: false })
    }
}

/// Reads the Secrets that the spec names, in the object's own namespace and nowhere else.
async fn values<E: Engine>(
    object: &Object,
    parsed: &E::Parsed,
    source: &impl Source,
) -> Result<Vec<(&'static str, SecretValue)>, Missing> {
    let mut values = Vec::new();
    for (field, reference) in E::secrets(parsed) {
        let secret = ObjectName { namespace: object.key.name.namespace.clone(), name: reference.name.clone() };
        let data = source.secret(&secret).await?;
        let value = value(&data, &secret, &reference.key)?;
        values.push((field, SecretValue { value, version: data.version }));
    }
    Ok(values)
}

async fn remember<P, I, A, O>(
    object: &Object,
    room: Option<&ExternalId>,
    source: &impl Source,
    wanted: &Wanted<P, I>,
) -> Result<Memory<A, O>, Error> {
    let instruction = match (object.instruction(), &wanted.goal) {
        (Instruction::None, Goal::Absent(_)) if may_dismiss(&wanted.terms) => {
            let uninstalling = source.is_uninstalling(object).await.map_err(Error::Definition)?;
            if uninstalling { Instruction::Uninstall } else { Instruction::None }
        }
        (instruction, Goal::Absent(_) | Goal::Present(_)) => instruction,
    };
    let applied = object.status.applied_secrets.iter().map(|applied| {
        let version = SecretVersion { uid: applied.uid.clone(), resource_version: applied.resource_version.clone() };
        (applied.field.clone(), version)
    });
    Ok(Memory {
        ownership: object.ownership_of(room),
        sent: object.sent(),
        rivalry: room.map_or(Rivalry::Alone, |room| rivalry(object, room, &object.names(), source)),
        settled_generation: object.settled_generation(),
        applied_secrets: applied.collect(),
        instruction,
        deletion_requested: object.deletion,
        brake: Brake::Held,
        tried: Vec::new(),
        earlier: Vec::new(),
        dismiss_request: object.dismiss_request().map(str::to_owned),
        begun: object.annotation(annotations::BEGUN).and_then(|text| begun::read(text, &object.uid)),
        refused: Vec::new(),
    })
}

fn may_dismiss(terms: &Terms) -> bool {
    terms.policies.allow(roomkeeper_plan::policy::Verb::Dismiss)
}

fn rivalry(object: &Object, room: &ExternalId, names: &[String], source: &impl Source) -> Rivalry {
    if !object.may_claim() {
        return Rivalry::Alone;
    }
    let (this, others) = source.candidates(object, room, names);
    object::rivalry(&this, &others)
}

impl<E: Engine> Open<E> {
    /// Looks at the vendor and plans. It may be called again after a step.
    ///
    /// # Errors
    /// The look failed; nobody knows whether the room is there.
    pub async fn look(&mut self, object: &Object, source: &impl Source, now: Timestamp) -> Result<Look<E>, Error> {
        let sight = E::observe(&self.session, &self.wanted, &self.memory).await.map_err(Error::Observe)?;
        self.memory.saw(&sight);
        if let (Sight::Present(seen), false) = (&sight, self.identified) {
            self.identified = true;
            if let Some(plan) = self.identify(object, source, seen) {
                return Ok(Look { sight, plan });
            }
        }
        let plan = self.plan(&sight, now);
        Ok(Look { sight, plan })
    }

    /// Plans, and asks the account's brake only for a plan that ends a room: a place in it is nobody else's meanwhile.
    fn plan(&mut self, sight: &Sight<E::Observed>, now: Timestamp) -> Plan<E::Action> {
        self.memory.brake = Brake::Free;
        let plan = E::plan(&self.wanted, sight, &self.memory, now);
        if !plan.ends() || self.session.brake() == Brake::Free {
            return plan;
        }
        self.memory.brake = Brake::Held;
        E::plan(&self.wanted, sight, &self.memory, now)
    }

    /// Takes in which room is on show, where only a look can tell, and decides what is plain from that alone.
    fn identify(&mut self, object: &Object, source: &impl Source, seen: &E::Observed) -> Option<Plan<E::Action>> {
        let Named { room, names } = E::named(seen)?;
        let room = ExternalId::new(self.session.account().clone(), &room);
        self.memory.ownership = object.ownership(&room);
        self.memory.rivalry = rivalry(object, &room, &names, source);
        (self.room, self.names) = (Some(room), names);
        roomkeeper_plan::without_looking(&self.wanted, &self.memory)
    }

    /// Tells whether another object has the room by now. Since the look others may have come, or have been accepted.
    #[must_use]
    pub fn is_lost(&self, object: &Object, source: &impl Source) -> bool {
        let names = if self.names.is_empty() { object.names() } else { self.names.clone() };
        let now = self.room.as_ref().map(|room| rivalry(object, room, &names, source));
        matches!(now, Some(Rivalry::Lost { .. }))
    }

    /// Remembers that the vendor accepted a step.
    pub fn accepted(&mut self, tried: Tried<E::Action, E::Observed>) {
        self.memory.accepted(tried);
    }
}
