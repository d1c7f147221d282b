//! The `portico` binary: flags, configuration, and the wiring of what the other crates can do.
//!
//! Standard output has the banner and what was asked for; everything else goes to standard error.

mod access_log;
mod banner;
mod beside;
mod check;
mod cli;
mod client_address;
mod config;
mod definition;
mod definitions;
mod descriptors;
mod failure;
mod handover;
mod layers;
mod limits;
mod management;
mod manual;
mod origin;
mod priority;
mod refused;
mod reload;
mod reply;
mod report;
mod routes;
mod serve;
mod service;
mod small_server;
mod sockets;
mod source;
mod staging;
mod stop;
mod telemetry;
mod template;
mod terminal;
mod tls;
mod upstream;
mod values;
mod watch;

use std::process::ExitCode;

use cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    terminal::tell_panics();
    let Cli { command, color } = Cli::read();
    terminal::choose_colours(color);
    for sentence in layers::unknown_variables() {
        terminal::warn(&sentence);
    }
    let sound = match command {
        Command::Check(check) => check::run(&check),
        Command::Routes(routes) => routes::run(&routes),
        Command::Completions(completions) => {
            manual::complete(&completions);
            true
        }
        Command::Man(page) => {
            manual::page(&page);
            true
        }
        Command::Serve(serve) => match serve::run(&serve) {
            Ok(()) => true,
            Err(refusal) => {
                telemetry::log::refuse(&refusal);
                false
            }
        },
        Command::Template(template) => return template::run(&template),
    };
    telemetry::log::end();
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
