//! Renders a template over a body and counts, for `bench/templates.py`.
//!
//!     cargo run --release -p portico-snapshot --example render TEMPLATE BODY SECONDS
//!
//! Prints renders a CPU second, nanoseconds of CPU to parse the template, allocations a render, and
//! one rendering. The body is parsed by each render. It warms up for SECONDS and measures three times
//! as long.
#![expect(unsafe_code, reason = "a global allocator is an unsafe trait by its nature")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends with a panic")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::time::Duration;

use portico_snapshot::{
    CompiledTemplate, ContextVariable, Given, Overrides, Parameter, ParameterPlace,
    PlainSurroundings,
};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// mimalloc, which the binary has, counting what each thread asks of it.
struct Counting(mimalloc::MiMalloc);

// SAFETY: every call goes to the allocator as it came; counting neither allocates nor touches the
// memory concerned.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are those that the allocator needs.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are those that the allocator needs.
        unsafe { self.0.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are those that the allocator needs.
        unsafe { self.0.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting(mimalloc::MiMalloc);

/// CPU time of this thread so far.
fn cpu() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

/// How often `work` is done in a second of CPU, over at least `least`.
fn rate(least: Duration, mut work: impl FnMut()) -> f64 {
    let began = cpu();
    let mut done = 0.0;
    loop {
        for _ in 0..500 {
            work();
        }
        done += 500.0;
        let used = cpu() - began;
        if used >= least {
            return done / used.as_secs_f64();
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [template, body, seconds] = &arguments[..] else { panic!("TEMPLATE BODY SECONDS") };
    let text = fs::read_to_string(template).unwrap();
    let body = fs::read_to_string(body).unwrap();
    let warm_up = Duration::from_secs_f64(seconds.parse().unwrap());

    let value = |text: &str| Box::<[u8]>::from(text.as_bytes());
    let surroundings = PlainSurroundings {
        context: vec![
            (ContextVariable::RequestId, value("6f2b2d3e-8a55-4f0c-9a3e-0c6c0e6f7a11")),
            (ContextVariable::Stage, value("prod")),
            (ContextVariable::IdentitySourceIp, value("203.0.113.7")),
        ],
        parameters: vec![Parameter {
            place: ParameterPlace::QueryString,
            name: value("channel"),
            value: value("shop"),
        }],
    };
    let variables = BTreeMap::from([("tenant".to_owned(), "acme".to_owned())]);
    let compiled = CompiledTemplate::parse(&text).unwrap();
    let render = || {
        let given = Given::new(&body, &surroundings, &variables, Overrides::default());
        compiled.render(given).unwrap()
    };

    rate(warm_up, || drop(black_box(render())));
    let renders = rate(warm_up * 3, || drop(black_box(render())));
    let parses = rate(warm_up, || drop(black_box(CompiledTemplate::parse(black_box(&text)))));
    let before = ALLOCATIONS.get();
    let rendered = render();
    let allocations = ALLOCATIONS.get() - before;
    println!("{renders}\n{}\n{allocations}", 1e9 / parses);
    print!("{}", rendered.text);
}
