//! What of portico.toml only a start reads.

use super::Config;

impl Config {
    /// Keys whose values are others than `before`, and are in use from the next start on only.
    pub(crate) fn needs_restart(&self, before: &Self) -> Vec<&'static str> {
        let Self { listen, management, data_dir, workers, drain_seconds, .. } = self;
        let Self { account_id, region, verbose, explain, name_servers, limits, log_format, .. } =
            self;
        let Self { client_address, tls, upstream, origins, color, .. } = self;
        let changed = [
            ("listen", *listen != before.listen),
            ("management", *management != before.management),
            ("data-dir", *data_dir != before.data_dir),
            ("workers", *workers != before.workers),
            ("drain-seconds", *drain_seconds != before.drain_seconds),
            ("account-id", *account_id != before.account_id),
            ("region", *region != before.region),
            ("log-format", *log_format != before.log_format),
            ("verbose", *verbose != before.verbose),
            ("explain", *explain != before.explain),
            ("color", *color != before.color),
            ("name-servers", *name_servers != before.name_servers),
            ("[limits]", *limits != before.limits),
            ("[client-address]", *client_address != before.client_address),
            ("[tls]", *tls != before.tls),
            ("[upstream]", *upstream != before.upstream),
            ("[[origin]]", *origins != before.origins),
        ];
        changed.into_iter().filter(|(_, changed)| *changed).map(|(key, _)| key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;

    #[test]
    fn what_only_a_start_reads_is_told_apart() {
        let check = |before: &str, after: &str, expected: &[&str]| {
            let (before, after) = (read(before).unwrap(), read(after).unwrap());
            assert_eq!(after.needs_restart(&before), expected, "{before:?} {after:?}");
        };
        check("", "", &[]);
        check("", "workers = 2\n[limits]\nstreams = 7", &["workers", "[limits]"]);
        check("", "stage = \"a\"\nallow = [\"authorizer\"]\n[stages.a]", &[]);
        check("[tls]\nlisten = \"127.0.0.1:1\"", "[tls]", &["[tls]"]);
    }
}
