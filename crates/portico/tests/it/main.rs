//! The real binary, seen from outside: what it prints, what it answers, how it ends.

mod access_log;
mod bookstore;
mod chromium;
mod cli;
mod config;
mod drain;
mod faults;
mod handover;
mod live;
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
