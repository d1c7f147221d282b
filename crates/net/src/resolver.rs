//! The door to DNS: names to addresses and how long they hold.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;

/// Bounds of how long an answer holds, whatever its TTL: origins are not looked up all the time,
/// and a lie is not believed for ever.
const TTL_MIN: Duration = Duration::from_secs(1);
const TTL_MAX: Duration = Duration::from_secs(300);

/// How long it holds that a name has no address.
const NEGATIVE_TTL_MAX: Duration = Duration::from_secs(5);

/// One question to one name server, and how often it is asked.
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;

/// What asks the name servers of one worker.
pub(crate) struct Resolver(TokioResolver);

impl Resolver {
    /// Asks these servers; none are those of the system, `/etc/hosts` included.
    pub(crate) fn new(servers: &[SocketAddr]) -> io::Result<Self> {
        let provider = TokioRuntimeProvider::default();
        let mut builder = if servers.is_empty() {
            TokioResolver::builder(provider).map_err(io::Error::other)?
        } else {
            let servers = servers.iter().map(name_server).collect();
            let config = ResolverConfig::from_parts(None, Vec::new(), servers);
            TokioResolver::builder_with_config(config, provider)
        };
        limit(builder.options_mut());
        builder.build().map(Self).map_err(io::Error::other)
    }

    /// The addresses of a name, and until when they hold.
    pub(crate) async fn look_up(&self, name: &str) -> io::Result<(Vec<IpAddr>, Instant)> {
        let found = self.0.lookup_ip(name).await.map_err(io::Error::other)?;
        Ok((found.iter().collect(), found.valid_until()))
    }
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let [mut udp, mut tcp] = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    (udp.port, tcp.port) = (address.port(), address.port());
    NameServerConfig::new(address.ip(), true, vec![udp, tcp])
}

fn limit(options: &mut ResolverOpts) {
    options.timeout = TIMEOUT;
    options.attempts = ATTEMPTS;
    options.positive_min_ttl = Some(TTL_MIN);
    options.positive_max_ttl = Some(TTL_MAX);
    options.negative_max_ttl = Some(NEGATIVE_TTL_MAX);
}
