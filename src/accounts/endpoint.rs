//! Which endpoints besides the vendors' own a config may name: a credential goes there, so a flag must allow the host.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use url::Url;

/// The hosts that `--allowed-endpoint-hosts` names, each as `host` or `host:port`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts(BTreeSet<String>);

/// Why an endpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is not the base of an API.
    #[error("must be `https://host` or `https://host:port`, without user, path, query and fragment")]
    Malformed,
    /// Credentials would travel in clear.
    #[error("must be https; plain http is only for this machine")]
    Insecure,
    /// No flag allows the host.
    #[error("the host {0} is not allowed; start the controller with --allowed-endpoint-hosts={0}")]
    NotAllowed(String),
}

impl FromIterator<String> for AllowedHosts {
    fn from_iter<I: IntoIterator<Item = String>>(hosts: I) -> Self {
        AllowedHosts(hosts.into_iter().collect())
    }
}

impl AllowedHosts {
    /// Returns the hosts that are addresses: a name may lead to them, even if they are this machine's or link-local.
    /// A name among the hosts says nothing of what it leads to.
    #[must_use]
    pub fn addresses(&self) -> BTreeSet<IpAddr> {
        let address = |host: &String| {
            let with_port = host.parse::<SocketAddr>().map(|address| address.ip());
            with_port.or_else(|_| host.trim_start_matches('[').trim_end_matches(']').parse()).ok()
        };
        self.0.iter().filter_map(address).collect()
    }

    /// Parses an endpoint and checks that its host is allowed, with its port or without.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub fn parse(&self, endpoint: &str) -> Result<Url, EndpointError> {
        let url = Url::from_str(endpoint).map_err(|_| EndpointError::Malformed)?;
        let host = url.host_str().ok_or(EndpointError::Malformed)?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && matches!(url.path(), "" | "/");
        if !bare {
            return Err(EndpointError::Malformed);
        }
        match url.scheme() {
            "https" => {}
            "http" if matches!(host, "127.0.0.1" | "[::1]" | "localhost") => {}
            "http" => return Err(EndpointError::Insecure),
            _ => return Err(EndpointError::Malformed),
        }
        let with_port = match url.port_or_known_default() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        if self.0.contains(host) || self.0.contains(&with_port) {
            Ok(url)
        } else {
            Err(EndpointError::NotAllowed(with_port))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_hosts_those_that_are_addresses_may_be_led_to_by_a_name() {
        let hosts = ["127.0.0.1:8080", "10.0.0.7", "[::1]:8080", "[fe80::1]", "localhost:8080", "rooms.example.com"];
        let allowed: AllowedHosts = hosts.into_iter().map(str::to_owned).collect();
        let addresses: Vec<String> = allowed.addresses().into_iter().map(|address| address.to_string()).collect();
        assert_eq!(addresses, ["10.0.0.7", "127.0.0.1", "::1", "fe80::1"]);
    }

    #[test]
    fn an_endpoint_is_taken_only_if_a_flag_allows_its_host() {
        let allowed: AllowedHosts = ["rooms.example.com".to_owned(), "127.0.0.1:8080".to_owned()].into_iter().collect();
        let not_allowed = |host: &str| Some(EndpointError::NotAllowed(host.to_owned()));
        let rows = [
            ("https://rooms.example.com", None),
            ("https://rooms.example.com:8443", None),
            ("http://127.0.0.1:8080", None),
            ("http://127.0.0.1:8081", not_allowed("127.0.0.1:8081")),
            ("https://rooms.example.com.evil.example", not_allowed("rooms.example.com.evil.example:443")),
            ("https://169.254.169.254", not_allowed("169.254.169.254:443")),
            ("http://rooms.example.com", Some(EndpointError::Insecure)),
            ("https://rooms.example.com@evil.example", Some(EndpointError::Malformed)),
            ("https://rooms.example.com/path", Some(EndpointError::Malformed)),
            ("https://rooms.example.com?x=y", Some(EndpointError::Malformed)),
            ("ftp://rooms.example.com", Some(EndpointError::Malformed)),
            ("rooms.example.com", Some(EndpointError::Malformed)),
        ];
        for (endpoint, refused) in rows {
            assert_eq!(allowed.parse(endpoint).err(), refused, "{endpoint}");
        }
    }
}
