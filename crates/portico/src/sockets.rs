//! Listening sockets: those that a service manager or a predecessor gives, and for the rest our own.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::net::{SocketAddr, TcpListener};

use listenfd::ListenFd;
use portico_net::Listeners;

use crate::failure::Failure;
use crate::terminal;

/// Names of the sockets that a service manager gives, with colons between them
/// (sd_listen_fds(3)).
const NAMES: &str = "LISTEN_FDNAMES";

/// What a listening socket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Gateway,
    Tls,
    Management,
    Origin,
}

impl Role {
    const ALL: [Self; 4] = [Self::Gateway, Self::Tls, Self::Management, Self::Origin];

    /// As `FileDescriptorName=` of a socket unit has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Tls => "tls",
            Self::Management => "management",
            Self::Origin => "origin",
        }
    }

    /// The one with this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What chooses its address.
    fn setting(self) -> &'static str {
        match self {
            Self::Gateway => "--listen",
            Self::Tls => "--tls-listen",
            Self::Management => "--management",
            Self::Origin => "`listen` of [[origin]] in the configuration",
        }
    }
}

/// Whom sockets come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Giver {
    ServiceManager,
    Predecessor,
}

/// A socket that was given.
#[derive(Debug)]
struct Given {
    name: String,
    address: SocketAddr,
    socket: TcpListener,
}

impl Given {
    fn new(name: String, socket: TcpListener) -> io::Result<Self> {
        Ok(Self { name, address: socket.local_addr()?, socket })
    }
}

/// Sockets to listen with before any is opened.
#[derive(Debug)]
pub(crate) struct Sockets {
    giver: Giver,
    given: Vec<Given>,
    /// Duplicates of those that were listened with.
    used: Vec<(Role, TcpListener)>,
}

impl Sockets {
    /// Those of the service manager: none, where there is none or it gives none.
    pub(crate) fn of_service_manager() -> Result<Self, Failure> {
        let names = std::env::var_os(NAMES).map(OsString::into_string);
        let names = names.and_then(Result::ok).unwrap_or_default();
        let mut sockets = ListenFd::from_env();
        let mut names = names.split(':');
        let mut given = Vec::new();
        for index in 0..sockets.len() {
            let name = names.next().unwrap_or_default().to_owned();
            let taken = sockets.take_tcp_listener(index).and_then(|socket| match socket {
                Some(socket) => Given::new(name.clone(), socket).map(Some),
                None => Ok(None),
            });
            match taken {
                Ok(socket) => given.extend(socket),
                Err(error) => {
                    let sentence =
                        format!("the service manager gave a socket ({name}) that is no TCP socket");
                    return Err(Failure::new(format!("{sentence}: {error}"))
                        .help("in the socket unit, use ListenStream= with an address or a port"));
                }
            }
        }
        Ok(Self { giver: Giver::ServiceManager, given, used: Vec::new() })
    }

    /// Those of the process that is taken over.
    pub(crate) fn of_predecessor(given: Vec<(String, TcpListener)>) -> io::Result<Self> {
        let given = given.into_iter().map(|(name, socket)| Given::new(name, socket));
        let given = given.collect::<io::Result<_>>()?;
        Ok(Self { giver: Giver::Predecessor, given, used: Vec::new() })
    }

    /// Listens for `role`, once for each of `workers`: with what was given for it, else on
    /// `address`.
    pub(crate) fn listen(
        &mut self,
        role: Role,
        address: SocketAddr,
        workers: usize,
    ) -> Result<Vec<Listeners>, Failure> {
        let listeners = self.open(role, address, workers)?;
        if role == Role::Origin && address.port() == 0 {
            // A successor finds a port of its own.
            return Ok(listeners);
        }
        for listeners in &listeners {
            let shared = listeners.share().map_err(|error| {
                Failure::new(format!("cannot share the socket of {address}: {error}"))
            })?;
            self.used.extend(shared.into_iter().map(|socket| (role, socket)));
        }
        Ok(listeners)
    }

    fn open(
        &mut self,
        role: Role,
        address: SocketAddr,
        workers: usize,
    ) -> Result<Vec<Listeners>, Failure> {
        let fitting = |given: &mut Given| fits(self.giver, given, role, address);
        let mut by_address: BTreeMap<SocketAddr, Vec<TcpListener>> = BTreeMap::new();
        for Given { address, socket, .. } in self.given.extract_if(.., fitting) {
            by_address.entry(address).or_default().push(socket);
        }
        if by_address.is_empty() {
            let bound = portico_net::bind(address, workers);
            return bound
                .map(|listeners| vec![listeners])
                .map_err(|error| Failure::cannot_listen(&error, role.setting()));
        }
        if let (Role::Management, Some(exposed)) =
            (role, by_address.keys().find(|address| !address.ip().is_loopback()))
        {
            return Err(Failure::new(format!(
                "the service manager gave {exposed} for management, which answers only on loopback"
            ))
            .help("in the socket unit, use ListenStream=127.0.0.1:4566"));
        }
        let mut listeners = Vec::new();
        for (address, sockets) in by_address {
            let adopted = portico_net::adopt(sockets, workers).map_err(|error| {
                Failure::new(format!("cannot listen on {address} with what was given: {error}"))
            });
            listeners.extend(adopted?);
        }
        Ok(listeners)
    }

    /// Duplicates of those in use, for a successor. Tells of those that nothing has listened with,
    /// and closes them.
    pub(crate) fn into_used(self) -> Vec<(Role, TcpListener)> {
        // A predecessor has one for each of its workers.
        let unused = self.given.iter().map(|given| (given.name.as_str(), given.address));
        for (name, address) in unused.collect::<BTreeSet<_>>() {
            let name = terminal::printable(name);
            terminal::log(&match self.giver {
                Giver::ServiceManager => format!(
                    "warning: the service manager gave a socket named `{name}` on {address}, and \
                     nothing here listens there; its name should be gateway, tls or management"
                ),
                Giver::Predecessor => {
                    format!("{name} is no longer served on {address}, as the settings have it")
                }
            });
        }
        self.used
    }
}

/// Whether a socket is what `role` wants with this address.
fn fits(giver: Giver, given: &Given, role: Role, address: SocketAddr) -> bool {
    match giver {
        // The socket unit decides about addresses, unless it does not say what they are for.
        Giver::ServiceManager if Role::of(&given.name).is_some() => given.name == role.name(),
        Giver::ServiceManager => given.address == address,
        // A port that was any is the one that was found.
        Giver::Predecessor => {
            let any = address.port() == 0 && role != Role::Origin;
            let same_port = any || given.address.port() == address.port();
            given.name == role.name() && given.address.ip() == address.ip() && same_port
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_told_apart_by_name_then_by_address() {
        use Giver::{Predecessor, ServiceManager};
        let given = Given::new(String::new(), TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
        let its = given.address;
        let any = SocketAddr::new(its.ip(), 0);
        let other = SocketAddr::from(([127, 0, 0, 2], its.port()));
        let mut given = given;
        let mut check = |giver, name: &str, role, address, expected: bool| {
            given.name = name.to_owned();
            assert_eq!(fits(giver, &given, role, address), expected, "{giver:?} {name} {role:?}");
        };
        check(ServiceManager, "gateway", Role::Gateway, other, true);
        check(ServiceManager, "gateway", Role::Tls, its, false);
        check(ServiceManager, "portico.socket", Role::Gateway, its, true);
        check(ServiceManager, "portico.socket", Role::Gateway, any, false);
        check(ServiceManager, "", Role::Tls, its, true);
        check(Predecessor, "gateway", Role::Gateway, its, true);
        check(Predecessor, "gateway", Role::Gateway, any, true);
        check(Predecessor, "gateway", Role::Gateway, other, false);
        check(Predecessor, "tls", Role::Gateway, its, false);
        check(Predecessor, "origin", Role::Origin, any, false);
        check(Predecessor, "origin", Role::Origin, its, true);
    }
}
