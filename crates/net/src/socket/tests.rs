//! What is written arrives whole, in order, and at the right peer, whether it waits or not.

use std::future::{Future, poll_fn};
use std::io::{ErrorKind, Read};
use std::net::{self, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::task::Waker;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, LocalOptions};
use tokio::task::{spawn_local, yield_now};

use super::*;

/// Whether this kernel lets sends wait. It says so, as half of the tests mean nothing else.
fn lets_wait() -> bool {
    let lets = io_uring::IoUring::new(8);
    if let Err(error) = &lets {
        eprintln!("no io_uring here, so nothing waits: {error}");
    }
    lets.is_ok()
}

/// Runs `test` twice: where sends wait for the end of the turn, as far as this kernel allows it,
/// and where each goes out at once.
fn both_ways<F: Future<Output = ()>>(test: impl Fn() -> F) {
    for waits in [true, false] {
        let runtime =
            Builder::new_current_thread().enable_io().build_local(LocalOptions::default()).unwrap();
        runtime.block_on(async {
            if waits {
                spawn_local(sends::at_end_of_turns());
                yield_now().await;
                // Not the first of a turn that has no other.
                let (mut other, _peer) = pair();
                other.write_all(b".").await.unwrap();
                let (mut first, mut heard) = pair();
                first.write_all(b"!").await.unwrap();
                heard.set_nonblocking(true).unwrap();
                if lets_wait() {
                    assert!(matches!(first.last, Last::Waiting(_)));
                    assert_eq!(heard.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
                }
                yield_now().await;
                assert_eq!(heard.read(&mut [0]).unwrap(), 1);
            }
            test().await;
        });
    }
}

fn pair() -> (Socket, net::TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    ours.set_nonblocking(true).unwrap();
    let socket = Socket::new(TcpStream::from_std(ours).unwrap());
    (socket, listener.accept().unwrap().0)
}

fn read_exactly(peer: &mut net::TcpStream, count: usize) -> String {
    let mut bytes = vec![0; count];
    peer.read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn emptied(socket: &mut Socket) -> io::Result<()> {
    poll_fn(|cx| socket.poll_emptied(cx)).await
}

#[test]
fn each_peer_gets_its_own_bytes_in_order() {
    both_ways(|| async {
        // More than go out together.
        let mut pairs: Vec<_> = (0..100).map(|_| pair()).collect();
        for (number, (socket, _)) in pairs.iter_mut().enumerate() {
            socket.write_all(format!("{number:03}").as_bytes()).await.unwrap();
        }
        yield_now().await;
        for (number, (_, peer)) in pairs.iter_mut().enumerate() {
            assert_eq!(read_exactly(peer, 3), format!("{number:03}"));
        }
    });
}

#[test]
fn later_bytes_go_behind_earlier_ones() {
    both_ways(|| async {
        let (mut socket, mut peer) = pair();
        let large = "x".repeat(20_000);
        for piece in ["one ", "two ", large.as_str(), " three"] {
            socket.write_all(piece.as_bytes()).await.unwrap();
        }
        let slices = [IoSlice::new(b" fo"), IoSlice::new(b"ur")];
        assert_eq!(socket.write_vectored(&slices).await.unwrap(), 5);
        emptied(&mut socket).await.unwrap();
        let expected = format!("one two {large} three four");
        assert_eq!(read_exactly(&mut peer, expected.len()), expected);
    });
}

#[test]
fn a_closed_socket_has_sent_its_last_bytes_and_its_number_gets_none_of_them() {
    both_ways(|| async {
        let (mut first, mut peer) = pair();
        first.write_all(b"last words").await.unwrap();
        drop(first);
        let (_second, mut other) = pair();
        yield_now().await;
        let mut heard = String::new();
        peer.read_to_string(&mut heard).unwrap();
        assert_eq!(heard, "last words");
        other.set_nonblocking(true).unwrap();
        assert_eq!(other.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn an_end_of_ours_comes_behind_the_bytes() {
    both_ways(|| async {
        let (mut socket, mut peer) = pair();
        socket.write_all(b"and no more").await.unwrap();
        socket.shutdown().await.unwrap();
        let mut heard = String::new();
        peer.read_to_string(&mut heard).unwrap();
        assert_eq!(heard, "and no more");
    });
}

#[test]
fn a_peer_that_does_not_read_gets_the_rest_later() {
    both_ways(|| async {
        let (mut socket, mut peer) = pair();
        let piece = "0123456789abcdef".repeat(200);
        let mut written = 0;
        // Until a piece is still there after the turn in which it was written.
        let is_full = |socket: &mut Socket| {
            let mut cx = Context::from_waker(Waker::noop());
            Pin::new(socket).poll_write(&mut cx, piece.as_bytes()).is_pending()
        };
        while !is_full(&mut socket) {
            written += 1;
            yield_now().await;
        }
        let reader = std::thread::spawn(move || read_exactly(&mut peer, written * piece.len()));
        emptied(&mut socket).await.unwrap();
        let heard = reader.join().unwrap();
        assert!(heard.as_bytes().chunks(16).all(|chunk| chunk == b"0123456789abcdef"));
    });
}

#[test]
fn a_write_that_failed_is_told_by_the_next_call() {
    both_ways(|| async {
        let (mut socket, peer) = pair();
        SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
        drop(peer);
        // Its reset has come.
        poll_fn(|cx| socket.stream.poll_read_ready(cx)).await.unwrap();
        let failure = match socket.write_all(b"anyone?").await {
            Ok(()) => {
                yield_now().await;
                let failure = socket.read(&mut [0]).await.unwrap_err();
                assert!(socket.has_sent_nothing());
                assert!(socket.write_all(b"anyone?").await.is_err(), "told again");
                assert!(socket.has_sent_nothing());
                failure
            }
            Err(failure) => {
                // Whoever wrote knows that nothing went.
                assert!(!socket.has_sent_nothing() && !socket.is_touched);
                failure
            }
        };
        let expected = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
        assert!(expected.contains(&failure.kind()), "{failure}");
        assert!(!socket.is_quiet());
        assert!(socket.write_all(b"anyone?").await.is_err());
    });
}

#[test]
fn an_answer_outlives_a_write_that_failed() {
    both_ways(|| async {
        let (ours, mut peer) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let stream = TcpStream::from_std(OwnedFd::from(ours).into()).unwrap();
        let mut socket = Socket::new(stream);
        io::Write::write_all(&mut peer, b"refused").unwrap();
        drop(peer);
        // Whether this is told of the failure depends on when the bytes go out.
        let _ = socket.write_all(b"a request").await;
        yield_now().await;
        let mut answer = [0; 7];
        socket.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"refused");
        assert_eq!(socket.write(b"more").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_failure_behind_bytes_that_were_sent_is_another() {
    both_ways(|| async {
        let (mut socket, mut peer) = pair();
        socket.begin();
        socket.write_all(b"the first piece, ").await.unwrap();
        yield_now().await;
        assert_eq!(read_exactly(&mut peer, 17), "the first piece, ");
        SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
        drop(peer);
        poll_fn(|cx| socket.stream.poll_read_ready(cx)).await.unwrap();
        let written = socket.write_all(b"the second").await;
        yield_now().await;
        assert!(written.is_err() || socket.read(&mut [0]).await.is_err());
        assert!(!socket.has_sent_nothing());
    });
}

/// A peer that reads no more may still answer: to wait for it is no failure.
#[test]
fn an_answer_may_come_after_a_write_that_failed() {
    both_ways(|| async {
        let (ours, mut peer) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        peer.shutdown(net::Shutdown::Read).unwrap();
        let stream = TcpStream::from_std(OwnedFd::from(ours).into()).unwrap();
        let mut socket = Socket::new(stream);
        let _ = socket.write_all(b"a request").await;
        yield_now().await;
        let mut answer = [0; 7];
        let mut buffer = ReadBuf::new(&mut answer);
        let early = poll_fn(|cx| Poll::Ready(Pin::new(&mut socket).poll_read(cx, &mut buffer)));
        assert!(early.await.is_pending());
        io::Write::write_all(&mut peer, b"refused").unwrap();
        socket.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"refused");
    });
}

/// What was not sent is given up with the connection.
#[test]
fn an_abort_leaves_nothing_to_wait_for() {
    both_ways(|| async {
        let (mut socket, _peer) = pair();
        let piece = [b'x'; 4000];
        let mut is_full = false;
        while !is_full {
            let mut cx = Context::from_waker(Waker::noop());
            is_full = Pin::new(&mut socket).poll_write(&mut cx, &piece).is_pending();
            yield_now().await;
        }
        socket.abort();
        emptied(&mut socket).await.unwrap();
    });
}
