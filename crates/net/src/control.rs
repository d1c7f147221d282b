//! A control socket: one process of a user talks to another over a unix socket, in packets that
//! carry a socket where one is to change hands (`SCM_RIGHTS`, unix(7)).
//!
//! What the packets say is not decided here.

use std::fs::{Permissions, set_permissions};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags,
    SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType,
    accept_with, bind, connect, listen, recvmsg, sendmsg, socket_with, sockopt,
};

/// Bytes of a packet's text.
const TEXT_BYTES: usize = 256;

/// Why somebody is not talked to.
const ANOTHER_USER: &str = "it is another user's process";

/// Processes that may wait to be heard.
const WAITING: i32 = 8;

/// Where the other processes of this user find this one.
#[derive(Debug)]
pub struct ControlSocket(OwnedFd);

/// One end of a conversation.
#[derive(Debug)]
pub struct Conversation(OwnedFd);

/// What is said at once.
#[derive(Debug)]
pub struct Packet {
    pub text: String,
    pub socket: Option<OwnedFd>,
}

impl ControlSocket {
    /// Makes the file, which must not be there yet. Only this user may open it.
    pub fn bind(path: &Path) -> io::Result<Self> {
        let socket = socket()?;
        bind(&socket, &SocketAddrUnix::new(path)?)?;
        // Nobody can connect before `listen`.
        set_permissions(path, Permissions::from_mode(0o600))?;
        listen(&socket, WAITING)?;
        Ok(Self(socket))
    }

    /// A socket that came from the process which made it.
    pub fn adopt(socket: OwnedFd) -> io::Result<Self> {
        match sockopt::socket_acceptconn(&socket)? {
            true => Ok(Self(socket)),
            false => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Waits for somebody.
    pub fn accept(&self) -> io::Result<Conversation> {
        Ok(Conversation(accept_with(&self.0, SocketFlags::CLOEXEC)?))
    }
}

impl AsFd for ControlSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Conversation {
    /// Begins one with the process that has this control socket.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let socket = socket()?;
        connect(&socket, &SocketAddrUnix::new(path)?)?;
        Ok(Self(socket))
    }

    /// The process at the other end; an error if it is another user's.
    pub fn peer(&self) -> io::Result<u32> {
        let peer = sockopt::socket_peercred(&self.0)?;
        if peer.uid != rustix::process::geteuid() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, ANOTHER_USER));
        }
        Ok(peer.pid.as_raw_nonzero().get().unsigned_abs())
    }

    /// How long each packet may take, in either direction.
    pub fn set_patience(&self, patience: Duration) -> io::Result<()> {
        sockopt::set_socket_timeout(&self.0, sockopt::Timeout::Recv, Some(patience))?;
        sockopt::set_socket_timeout(&self.0, sockopt::Timeout::Send, Some(patience))?;
        Ok(())
    }

    /// Says something, and hands over a duplicate of `socket`.
    pub fn send(&self, text: &str, socket: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let sockets: Vec<BorrowedFd<'_>> = socket.into_iter().collect();
        if !sockets.is_empty() {
            let fits = control.push(SendAncillaryMessage::ScmRights(&sockets));
            debug_assert!(fits, "the space is for one descriptor");
        }
        let text = [IoSlice::new(text.as_bytes())];
        sendmsg(&self.0, &text, &mut control, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// What the other says next. An empty text is the end of the conversation.
    pub fn receive(&self) -> io::Result<Packet> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut text = [0; TEXT_BYTES];
        let mut into = [IoSliceMut::new(&mut text)];
        let received = recvmsg(&self.0, &mut into, &mut control, RecvFlags::CMSG_CLOEXEC)?;
        let sockets = control.drain().filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(sockets) => Some(sockets),
            _ => None,
        });
        let socket = sockets.flatten().last();
        // The kernel throws away what there is no room for, descriptors included.
        if received.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let text = String::from_utf8(text[..received.bytes].to_vec());
        Ok(Packet { text: text.map_err(|_| io::ErrorKind::InvalidData)?, socket })
    }
}

fn socket() -> io::Result<OwnedFd> {
    Ok(socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}
