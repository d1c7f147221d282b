//! A proxied request allocates nothing in the steady state: counted over 10,000 requests, on the
//! worker's own thread. And a connection takes no larger block than it needs.
#![expect(unsafe_code, reason = "a global allocator is an unsafe trait by its nature")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use portico_cluster::LocalCounters;
use portico_gateway::{Account, Audience, Emit, Event, Gateway};
use portico_model::Stage;
use portico_snapshot::{Snapshot, StageIndex};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting what each thread asks of it.
struct Counting;

// SAFETY: every call goes to the system's allocator as it came; counting neither allocates nor
// touches the memory concerned.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are those that `System` needs.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are those that `System` needs.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are those that `System` needs.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const DEFINITION: &str = r#"
openapi: 3.0.3
info: {title: Items, version: '1'}
paths:
  /items/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: An item}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://127.0.0.1:${stageVariables.port}/items/{id}
        requestParameters: {integration.request.path.id: method.request.path.id}
        timeoutInMillis: 20000
"#;

const GET: &str = "GET /items/7?a=b HTTP/1.1\r\nHost: api.test\r\nAccept: */*\r\n\r\n";

const WARM_UP: usize = 500;
const REQUESTS: usize = 10_000;

/// The runtime puts 104 bytes to a connection's, and makes it a multiple of 128; the allocator has
/// blocks of 1,536 bytes, and then of 1,792.
const CONNECTION_BYTES: usize = 1_536 - 104;

/// Tells the test, from the worker's thread, how often that thread has allocated since it was
/// warm. Telling allocates, so it is done once.
struct Report {
    seen: Cell<usize>,
    warm: Cell<u64>,
    to: Sender<u64>,
}

impl Emit for Report {
    fn emit(&self, event: &Event<'_>) {
        assert_eq!(event.status, 200);
        self.seen.set(self.seen.get() + 1);
        if self.seen.get() == WARM_UP {
            self.warm.set(ALLOCATIONS.get());
        }
        if self.seen.get() == WARM_UP + REQUESTS {
            self.to.send(ALLOCATIONS.get() - self.warm.get()).expect("the test waits");
        }
    }

    fn audience(&self, _: Option<&[u8]>) -> Option<Audience> {
        None
    }
}

/// The same with 25 mapped fields, and a value in the middle of a query.
fn mapped() -> String {
    let sources = [
        "method.request.header.Accept",
        "method.request.multivalueheader.Accept",
        "method.request.querystring.a",
        "method.request.multivaluequerystring.a",
        "context.requestId",
        "context.requestTime",
        "context.identity.sourceIp",
        "method.request.path.id",
        "stageVariables.port",
        "'text'",
    ];
    let fields = sources.iter().cycle().take(25).enumerate();
    let fields: String = fields
        .map(|(number, source)| format!(", integration.request.header.X-{number}: \"{source}\""))
        .collect();
    let parameters = "required: true, schema: {type: string}}, \
                      {name: Accept, in: header, required: false, schema: {type: string}}, \
                      {name: a, in: query, required: false, schema: {type: string}}]";
    DEFINITION
        .replace("required: true, schema: {type: string}}]", parameters)
        .replace("/items/{id}\n        requestP", "/items/{id}?q=x{id}y\n        requestP")
        .replace("method.request.path.id}", &format!("method.request.path.id{fields}}}"))
}

#[test]
fn a_connection_fits_a_small_block() {
    let bytes = portico_net::connection_bytes::<Gateway<Report>>();
    assert!(bytes <= CONNECTION_BYTES, "{bytes} bytes for each open connection");
}

#[test]
fn a_proxied_request_allocates_nothing() {
    count_allocations(DEFINITION, GET);
}

#[test]
fn a_short_body_allocates_nothing() {
    let definition = DEFINITION.replace("    get:", "    post:").replace("d: GET", "d: POST");
    let request = "POST /items/7 HTTP/1.1\r\nHost: api.test\r\n";
    for body in [
        "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    ] {
        count_allocations(&definition, &format!("{request}{body}"));
    }
}

#[test]
fn a_request_with_mapped_fields_allocates_nothing() {
    count_allocations(&mapped(), GET);
}

fn count_allocations(definition: &str, request: &str) {
    let mut stage = Stage::default();
    stage.variables.insert("port".to_owned(), origin().port().to_string());
    let compiled =
        portico_testkit::server::compile(definition, &"prod".parse().unwrap(), &stage).unwrap();
    let snapshot = Snapshot::new(1, vec![Arc::new(compiled)], Some(StageIndex(0)));
    let (to, counts) = channel();
    let account = Account { id: "000000000000".into(), region: "us-east-1".into() };
    let (account, snapshot) = (Arc::new(account), Arc::new(snapshot));
    let listeners = portico_net::bind(SocketAddr::from(([127, 0, 0, 1], 0)), 1).unwrap();
    let address = listeners.local_addr();
    let counters = Arc::new(LocalCounters::default());
    let server = portico_net::start(listeners, &portico_net::Settings::default(), move |worker| {
        let report = Report { seen: Cell::new(0), warm: Cell::new(0), to: to.clone() };
        Gateway::new(account.clone(), counters.clone(), report, snapshot.clone(), worker)
    });
    let server = server.unwrap();

    let mut client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    for _ in 0..WARM_UP + REQUESTS {
        client.write_all(request.as_bytes()).unwrap();
        read_answer(&mut client);
    }
    assert_eq!(counts.recv().unwrap(), 0, "allocations in {REQUESTS} requests");
    drop(client);
    server.drain(Duration::from_secs(5));
}

/// Reads one answer: all of them end with the origin's `}`.
fn read_answer(client: &mut TcpStream) {
    let mut answer = [0; 4096];
    let mut length = 0;
    while length == 0 || answer[length - 1] != b'}' {
        let read = client.read(&mut answer[length..]).expect("an answer in time");
        assert_ne!(read, 0, "the gateway closed");
        length += read;
    }
}

/// An origin on a thread of its own that answers whatever is asked with a small object.
fn origin() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("it listens");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the gateway calls");
        let mut request = [0; 4096];
        while stream.read(&mut request).is_ok_and(|read| read > 0) {
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nServer: o\r\n\r\n{\"id\":7}";
            if stream.write_all(answer).is_err() {
                return;
            }
        }
    });
    address
}
