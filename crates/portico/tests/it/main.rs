//! The real binary, seen from outside: what it prints, what it answers, how it ends.

mod access_log;
mod account;
mod bad_input;
mod bookstore;
mod chromium;
mod cli;
mod config;
mod drain;
mod explain;
mod faults;
mod handover;
mod live;
mod load;
mod management;
mod references;
mod reload;
mod routes;
mod service;
mod settings;
mod several;
mod support;
mod template;
mod tls;
