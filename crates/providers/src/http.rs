//! One way to talk HTTP for all vendors: TLS, deadlines, a bounded answer, failures in our words.
//! It must not repeat a request, follow a redirect, or know what an answer means.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};
use jiff::fmt::rfc2822;
use url::Url;

use crate::addresses::{Misdirected, Resolver};
use crate::error::{Class, Code, Error, Outcome};
use crate::witness::Witness;

/// The longest pause that a `Retry-After` header can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How connections are made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Certificates in PEM that are trusted besides those of the system, for example of a proxy in between.
    pub extra_ca: Option<Vec<u8>>,
    /// Whether the environment's proxies (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) are used.
    pub proxies: Proxies,
    /// Addresses that a name may lead to although no vendor can be there: this machine's own, link-local ones, and
    /// those of a cloud's metadata service. An address in the place of a name is not checked here.
    pub allowed_addresses: BTreeSet<IpAddr>,
    /// Time for a connection with its TLS handshake.
    pub connect_timeout: Duration,
    /// Time from the request to the end of the answer; above the 3 s after which Tencent gives up itself.
    pub request_timeout: Duration,
    /// The largest answer that is read, in bytes.
    pub body_limit: usize,
    /// Is told of each answer that comes, also of a refusal; absent: nobody is.
    pub witness: Option<Witness>,
}

/// Where proxies come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxies {
    /// From the environment, as usual for a program.
    FromEnvironment,
    /// None, whatever the environment says.
    Never,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            extra_ca: None,
            proxies: Proxies::FromEnvironment,
            allowed_addresses: BTreeSet::new(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(10),
            body_limit: 1 << 20,
            witness: None,
        }
    }
}

/// A pool of connections; cheap to clone, and one is enough for all accounts that share the settings.
#[derive(Debug, Clone)]
pub struct Client {
    connections: reqwest::Client,
    settings: Settings,
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The extra certificates are not PEM.
    #[error("the CA bundle is not a list of certificates in PEM")]
    CaBundle(#[source] reqwest::Error),
    /// The bundle has no certificate in it.
    #[error("the CA bundle contains no certificate")]
    CaBundleEmpty,
    /// TLS could not be set up.
    #[error("TLS could not be set up, install the system's CA certificates or name a CA bundle")]
    Tls(#[source] reqwest::Error),
}

/// Tells whether a URL can be the base of an API: `http` or `https`, a host, and after it nothing but perhaps a path.
pub(crate) fn is_base(endpoint: &Url) -> bool {
    matches!(endpoint.scheme(), "http" | "https")
        && endpoint.has_host()
        && endpoint.username().is_empty()
        && endpoint.password().is_none()
        && endpoint.query().is_none()
        && endpoint.fragment().is_none()
}

impl Client {
    /// Returns a client with these settings.
    ///
    /// TLS uses the process's default rustls provider where the binary installed one.
    ///
    /// # Errors
    /// A bundle that is not PEM or is empty; a system without any CA certificate, where no bundle is given.
    pub fn new(settings: &Settings) -> Result<Self, BuildError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("roomkeeper/", env!("CARGO_PKG_VERSION")))
            // A redirect would send the signature to an address that nobody configured.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .dns_resolver(Arc::new(Resolver::new(settings.allowed_addresses.clone())))
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.request_timeout)
            .pool_max_idle_per_host(32)
            .pool_idle_timeout(Duration::from_secs(45))
            .tcp_keepalive(Duration::from_secs(30))
            .tls_info(settings.witness.is_some());
        if let Some(pem) = &settings.extra_ca {
            let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(BuildError::CaBundle)?;
            if certificates.is_empty() {
                return Err(BuildError::CaBundleEmpty);
            }
            builder = builder.tls_certs_merge(certificates);
        }
        builder = match settings.proxies {
            Proxies::FromEnvironment => builder,
            Proxies::Never => builder.no_proxy(),
        };
        Ok(Self { connections: builder.build().map_err(BuildError::Tls)?, settings: settings.clone() })
    }

    /// Returns a builder for a request, which [`Client::send`] carries out.
    pub(crate) fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        self.connections.request(method, url)
    }

    /// Sends a request once and reads the whole answer, whatever its status.
    pub(crate) async fn send(
        &self,
        operation: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<Answer, Error> {
        let mut response = request.send().await.map_err(|error| self.lost(operation, error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(witness) = &self.settings.witness {
            witness.hear(&response, date(&headers));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.lost(operation, error))? {
            if body.len() + chunk.len() > self.settings.body_limit {
                let text = format!("answered with more than {} bytes", self.settings.body_limit);
                return Err(Error::new(operation, Class::Unknown, Outcome::Uncertain).with_message(&text, &[]));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { operation, status, headers, body })
    }

    fn lost(&self, operation: &'static str, error: reqwest::Error) -> Error {
        if let Some(misdirected) = Misdirected::behind(&error) {
            let text = misdirected.to_string();
            return Error::new(operation, Class::Misdirected, Outcome::Refused).with_message(&text, &[]);
        }
        let seconds = self.settings.request_timeout.as_secs_f32();
        let (text, outcome) = if error.is_builder() {
            ("the request could not be built".into(), Outcome::Refused)
        } else if error.is_connect() {
            // The request needs a connection first, so nothing was sent.
            ("could not connect".into(), Outcome::Refused)
        } else if error.is_timeout() {
            (format!("no complete answer within {seconds} s"), Outcome::Uncertain)
        } else {
            ("the connection broke before the answer was complete".into(), Outcome::Uncertain)
        };
        Error::new(operation, Class::Unavailable, outcome).with_message(&text, &[]).with_source(error)
    }
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    operation: &'static str,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// Returns the body of an answer that should be JSON under status 200.
    ///
    /// For vendors whose truth is in the body: any other status comes from something in between.
    /// The body of a failure is not quoted, since error pages repeat the URL.
    pub(crate) fn json_body(&self) -> Result<&[u8], Error> {
        if self.status != StatusCode::OK {
            let (class, outcome) = self.meaning_of_status();
            return Err(self.foreign(class, outcome));
        }
        self.json()
    }

    /// Returns the body of an answer that should be JSON and whose status the caller has judged already.
    pub(crate) fn json(&self) -> Result<&[u8], Error> {
        if self.is_page() {
            let text = "answered with HTML instead of JSON, check that the endpoint is the vendor's and no proxy or \
                        login page answers instead";
            return Err(self.failure(Class::Unknown, Outcome::Uncertain).with_message(text, &[]));
        }
        if self.body.trim_ascii().is_empty() {
            let text = "answered with nothing instead of JSON";
            // Like half an answer: whoever sent it stopped too early.
            return Err(self.failure(Class::Unavailable, Outcome::Uncertain).with_message(text, &[]));
        }
        Ok(&self.body)
    }

    /// Returns the failure of an answer that somebody else than the vendor gave.
    pub(crate) fn foreign(&self, class: Class, outcome: Outcome) -> Error {
        let kind = if self.is_page() { "a web page" } else { "no valid answer" };
        let text =
            format!("answered with {kind}, check that the endpoint is the vendor's and no proxy answers instead");
        self.failure(class, outcome).with_message(&text, &[])
    }

    /// Returns the status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the body, whatever it is.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the value of a header that is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the server's clock when it answered, in unix seconds; absent without a readable `Date`.
    pub(crate) fn date(&self) -> Option<u64> {
        date(&self.headers)
    }

    /// Tells whether the body is a web page, which no vendor sends.
    pub(crate) fn is_page(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }

    fn failure(&self, class: Class, outcome: Outcome) -> Error {
        Error::new(self.operation, class, outcome).with_code(Code::Http(self.status.as_u16()))
    }

    /// Returns what the status alone means, whoever sent it.
    pub(crate) fn meaning_of_status(&self) -> (Class, Outcome) {
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            (Class::Throttled { after: self.retry_after() }, Outcome::Refused)
        } else if self.status.is_server_error() {
            // A gateway that lost patience (502, 504) may have passed the request on.
            (Class::Unavailable, Outcome::Uncertain)
        } else {
            (Class::Unknown, Outcome::Uncertain)
        }
    }

    /// Returns the pause that the answer asks for; the form with a date is not read.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
    }
}

/// Returns the server's clock, in unix seconds; absent without a readable `Date`.
fn date(headers: &HeaderMap) -> Option<u64> {
    let date = rfc2822::DateTimeParser::new().parse_timestamp(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    u64::try_from(date.as_second()).ok()
}

#[cfg(test)]
mod tests {
    use super::{BuildError, Client, Settings};

    #[test]
    fn a_bundle_without_certificates_is_refused_with_a_reason() {
        for pem in ["", "not a certificate"] {
            let settings = Settings { extra_ca: Some(pem.into()), ..Settings::default() };
            let error = Client::new(&settings).expect_err("no certificate in it");
            assert!(matches!(error, BuildError::CaBundleEmpty | BuildError::CaBundle(_)), "{error}");
        }
    }
}
