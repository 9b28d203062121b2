//! One harmless read with a config's credential, for people who look for a fault: what came of it, and what it showed on
//! the way. It changes nothing at the vendor, and a log-in is given back before it returns.

use std::sync::Arc;

use roomkeeper_providers as providers;
use roomkeeper_providers::http;
use roomkeeper_providers::witness::{Heard, Witness};
use url::Url;

use super::client::{self, Client};
use super::{Accounts, Credential, Error, Health, Session, read, unconnectable};
use crate::source::{Config, Source};

/// What one read showed.
#[derive(Debug)]
pub struct Examined {
    /// What the vendor thinks of the credential.
    pub opinion: Opinion,
    /// The last answer that came, good or bad; absent: none came.
    pub heard: Option<Heard>,
}

/// What the vendor thinks of a credential.
#[derive(Debug)]
pub enum Opinion {
    /// It is good. The read itself may have been refused for another reason.
    Accepted {
        /// Why the read was refused; absent: it was not.
        refusal: Option<providers::Error>,
    },
    /// It is not.
    Rejected(providers::Error),
    /// Nobody knows: the vendor could not be asked.
    Unknown(providers::Error),
}

impl Accounts {
    /// Returns where the vendor of a config is. Reads nothing.
    ///
    /// # Errors
    /// The config names no place, or one that is not allowed.
    pub fn endpoint(&self, config: &Config) -> Result<Url, Error> {
        let refuse = |source| Error::Config { config: config.key.clone(), source };
        client::endpoint(&config.spec, &self.allowed).map_err(refuse)
    }

    /// Tries a config's credential by one harmless read, whatever is known of it.
    ///
    /// # Errors
    /// Something that the config names is missing or not acceptable; then nothing was sent.
    pub async fn examine(&self, config: &Config, source: &impl Source) -> Result<Examined, Error> {
        let refuse = |source| Error::Config { config: config.key.clone(), source };
        let account = Accounts::account(config)?;
        let endpoint = self.endpoint(config)?;
        let values = read(source, config).await?;
        let witness = Witness::default();
        let settings = http::Settings { witness: Some(witness.clone()), ..self.connections(config, &values) };
        let http = http::Client::new(&settings).map_err(|error| refuse(unconnectable(config, error)))?;
        let client = client::client(&config.spec, endpoint, &values, http).map_err(refuse)?;
        let credential = Arc::new(Credential::untried(client.clone()));
        let session = Session::with(self.entry(account), &config.key, Arc::clone(&credential));
        let answer = session.try_credential().await;
        // Before the log-out, whose answer says nothing of all this.
        let heard = witness.heard();
        client.log_out().await;
        Ok(Examined { opinion: opinion(&client, &credential.verdict(), answer), heard })
    }
}

fn opinion(client: &Client, verdict: &Health, answer: Result<(), providers::Error>) -> Opinion {
    match (answer, verdict) {
        (Ok(()), _) => Opinion::Accepted { refusal: None },
        (Err(error), _) if client.is_rejected_by(&error) => Opinion::Rejected(error),
        (Err(error), Health::Accepted) => Opinion::Accepted { refusal: Some(error) },
        (Err(error), Health::Untried { .. } | Health::Misdirected { .. } | Health::Rejected { .. }) => {
            Opinion::Unknown(error)
        }
    }
}
