//! HTTPS for the room services: a certificate authority of its own, and a listener behind it.
//! The authority lives in memory and is new at each start; nothing here trusts anything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a caller may take to agree on a key.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);
/// How many connections may wait to be served.
const BACKLOG: usize = 64;

/// Why there is no HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate cannot be made.
    #[error("cannot make a certificate; check the names that it is for")]
    Certificate(#[source] rcgen::Error),
    /// The certificate cannot be served.
    #[error("cannot serve the certificate")]
    Server(#[source] rustls::Error),
}

/// What a listener serves, and what its callers must trust.
pub(crate) struct Identity {
    pub(crate) server: Arc<ServerConfig>,
    pub(crate) ca_pem: String,
}

impl Identity {
    /// Makes a certificate authority and a certificate for `names`, which are host names or IP addresses.
    pub(crate) fn new(names: Vec<String>) -> Result<Self, TlsError> {
        let ca_key = KeyPair::generate().map_err(TlsError::Certificate)?;
        let mut ca = CertificateParams::default();
        ca.distinguished_name.push(DnType::CommonName, "roomkeeper-sim certificate authority");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_certificate = ca.self_signed(&ca_key).map_err(TlsError::Certificate)?;
        let ca_pem = ca_certificate.pem();
        let issuer = Issuer::new(ca, ca_key);

        let key = KeyPair::generate().map_err(TlsError::Certificate)?;
        let mut leaf = CertificateParams::new(names).map_err(TlsError::Certificate)?;
        leaf.distinguished_name.push(DnType::CommonName, "roomkeeper-sim");
        leaf.use_authority_key_identifier_extension = true;
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = leaf.signed_by(&key, &issuer).map_err(TlsError::Certificate)?;

        let private_key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        // The provider is named: a process that links several has no default one.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Server)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private_key)
            .map_err(TlsError::Server)?;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { server: Arc::new(server), ca_pem })
    }
}

/// Accepts TLS connections. Handshakes run side by side: a caller that stalls in one delays nobody.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    pub(crate) fn new(plain: TcpListener, address: SocketAddr, server: Arc<ServerConfig>) -> Self {
        let (sender, ready) = mpsc::channel(BACKLOG);
        let accepting = tokio::spawn(accept_all(plain, TlsAcceptor::from(server), sender));
        Self { ready, address, accepting }
    }
}

async fn accept_all(
    mut plain: TcpListener,
    acceptor: TlsAcceptor,
    sender: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    loop {
        let (stream, peer) = Listener::accept(&mut plain).await;
        let acceptor = acceptor.clone();
        let sender = sender.clone();
        tokio::spawn(async move {
            match tokio::time::timeout(HANDSHAKE_DEADLINE, acceptor.accept(stream)).await {
                // The receiver is gone when the simulator stops; the connection then just closes.
                Ok(Ok(stream)) => drop(sender.send((stream, peer)).await),
                Ok(Err(error)) => tracing::debug!(%error, %peer, "tls handshake failed"),
                Err(_) => tracing::debug!(%peer, "tls handshake timed out"),
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task ends only with this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
