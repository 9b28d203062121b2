//! What one tenant cannot reach: addresses inside the network, Secrets and accounts of others.

mod canaries;
mod endpoints;
mod secrets;
mod withdrawn;
