//! A small SDK for the vendors whose rooms Roomkeeper keeps: signing, transport, error tables, limits.
//! It knows neither the plan nor Kubernetes, decides nothing and repeats nothing (one renewed log-in or signature aside).
//!
//! ```no_run
//! use roomkeeper_providers::{SecretString, http, tencent};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = tencent::Client::new(tencent::Config {
//!     endpoint: tencent::Region::Singapore.endpoint(),
//!     sdk_app_id: tencent::SdkAppId(1_400_000_000),
//!     identifier: "administrator".into(),
//!     key: SecretString::from("the secret key of the application"),
//!     http: http::Client::new(&http::Settings::default())?,
//! })?;
//! let room = tencent::RoomEngine::new(client).get_room_info("weekly-sync").await?;
//! println!("{:?}", room.value.owner);
//! # Ok(()) }
//! ```
//!
//! Layout: [`http`], [`addresses`], [`error`], [`clock`] and [`limit`] serve every vendor; a vendor is a module with its signatures,
//! its error table (`code`), the reading of its answers, and one module per service. [`Call`] names every call.

pub mod addresses;
pub mod clock;
pub mod error;
pub mod hint;
pub mod http;
pub mod huawei;
pub mod limit;
pub mod tencent;
pub mod witness;

mod call;
mod decode;
mod lenient;
mod message;
mod reply;

pub use call::Call;
pub use error::{Class, Code, Error, Outcome, Retry, What};
pub use reply::Reply;
pub use secrecy::{ExposeSecret, SecretString};
