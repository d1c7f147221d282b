//! The real binary, seen from outside: what it prints, what it answers, how it ends.

mod access_log;
mod bookstore;
mod chromium;
mod cli;
mod config;
mod drain;
mod faults;
mod handover;
mod management;
mod references;
mod reload;
mod service;
mod support;
mod tls;
