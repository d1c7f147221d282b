//! The codec from outside: its laws over any bytes, and the corpora of the fuzz targets.

mod codec;
mod corpus;
mod laws;
mod proxy_protocol;
mod tls;
