//! Addresses of origins that the operator gives, in place of what their names mean: a socket on
//! this machine, or another address. Everything else of the origin stays: its name in `Host`, and
//! what its certificate has to have.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream};

/// How long we wait for room in the queue of a socket on this machine: its connections are never
/// half-open, so the kernel says at once that it is full.
const FULL_PAUSE: Duration = Duration::from_millis(5);

/// Host, in lower case and without brackets, and port, to where connections go.
pub type OriginAddresses = BTreeMap<(Box<str>, u16), OriginAddress>;

/// Where connections to an origin go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginAddress {
    Tcp(SocketAddr),
    /// A stream socket in the file system.
    Unix(PathBuf),
}

impl Display for OriginAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl OriginAddress {
    /// Opens a connection; an error names the address.
    pub(super) async fn connect(&self) -> io::Result<TcpStream> {
        let connected = match self {
            Self::Tcp(address) => TcpStream::connect(address).await,
            Self::Unix(path) => connect_unix(path).await,
        };
        connected.map_err(|error| io::Error::new(error.kind(), format!("{self}: {error}")))
    }
}

/// The calls that read, write and wait are those of any stream socket, so nothing above needs to
/// know that this is none of TCP. Only options of TCP are not there.
async fn connect_unix(path: &Path) -> io::Result<TcpStream> {
    loop {
        match UnixStream::connect(path).await {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tokio::time::sleep(FULL_PAUSE).await;
            }
            connected => {
                let socket = OwnedFd::from(connected?.into_std()?);
                return TcpStream::from_std(socket.into());
            }
        }
    }
}
