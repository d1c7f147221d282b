//! The time in which a certificate is valid (RFC 5280, section 4.1): for warnings about our own, and
//! for origins whose issuer is not checked. In any other case rustls checks it.

use std::time::Duration;

/// From when and until when, since the Unix epoch; `None` where the certificate is not as RFC 5280
/// wants it.
pub(super) fn times(certificate: &[u8]) -> Option<(Duration, Duration)> {
    let mut outer = Der(certificate);
    let mut certificate = Der(outer.take(SEQUENCE)?);
    let mut to_be_signed = Der(certificate.take(SEQUENCE)?);
    if to_be_signed.peek()? == VERSION {
        to_be_signed.take(VERSION)?;
    }
    to_be_signed.take(INTEGER)?; // serialNumber
    to_be_signed.take(SEQUENCE)?; // signature
    to_be_signed.take(SEQUENCE)?; // issuer
    let mut validity = Der(to_be_signed.take(SEQUENCE)?);
    Some((validity.time()?, validity.time()?))
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The rest of a DER encoding.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The content of the next value, which has this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_first()?;
        let (length, rest) = rest.split_first()?;
        let (length, rest) = match usize::from(*length) {
            short @ 0..0x80 => (short, rest),
            long => {
                let (digits, rest) = rest.split_at_checked(long & 0x7f)?;
                let digits =
                    digits.first_chunk::<1>().filter(|_| digits.len() <= 4).map(|_| digits)?;
                (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
            }
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (*first == tag).then_some(content)
    }

    fn time(&mut self) -> Option<Duration> {
        match self.peek()? {
            UTC_TIME => {
                let text = self.take(UTC_TIME)?;
                let year = number(text.get(..2)?)?;
                // RFC 5280, section 4.1.2.5.1.
                seconds(if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..)?)
            }
            _ => {
                let text = self.take(GENERALIZED_TIME)?;
                seconds(number(text.get(..4)?)?, text.get(4..)?)
            }
        }
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0'))
    })
}

/// `rest` is `MMDDHHMMSSZ`. Years before 1970 count as 1970.
fn seconds(year: u64, rest: &[u8]) -> Option<Duration> {
    if rest.len() != 11 || rest[10] != b'Z' {
        return None;
    }
    let part = |at: usize| number(&rest[at..at + 2]);
    let (month, day) = (part(0)?, part(2)?);
    let (hour, minute, second) = (part(4)?, part(6)?, part(8)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days from the civil calendar, counted from March so that the leap day comes last.
    let (year, month) =
        if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    const EPOCH: u64 = 719_468;
    let seconds = days.saturating_sub(EPOCH) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use portico_testkit::pki::Authority;

    use super::*;

    /// A certificate that is valid from 2000 to 2999.
    static ISSUED: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let authority = Authority::new();
        let files = authority.issue("a", &["a.example"]);
        crate::tls::pem::certificates(&files.certificate).unwrap()[0].to_vec()
    });

    #[test]
    fn the_times_of_a_certificate_are_found() {
        let (start, end) = times(&ISSUED).unwrap();
        assert_eq!((start.as_secs(), end.as_secs()), (946_684_800, 32_472_144_000));
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        let check = |tag: u8, text: &str, expected: Option<u64>| {
            let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
            der.extend_from_slice(text.as_bytes());
            assert_eq!(Der(&der).time().map(|time| time.as_secs()), expected, "{text}");
        };
        check(UTC_TIME, "700101000000Z", Some(0));
        check(UTC_TIME, "991231235959Z", Some(946_684_799));
        check(UTC_TIME, "000229120000Z", Some(951_825_600));
        check(UTC_TIME, "491231235959Z", Some(2_524_607_999));
        check(GENERALIZED_TIME, "20500101000000Z", Some(2_524_608_000));
        check(GENERALIZED_TIME, "99991231235959Z", Some(253_402_300_799));
        check(UTC_TIME, "001301000000Z", None);
        check(UTC_TIME, "0001010000Z", None);
        check(UTC_TIME, "00010100000xZ", None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(0_u8.., 0..64), cut in 0..400_usize) {
            times(&bytes);
            let mut broken = ISSUED.clone();
            let at = cut.min(broken.len());
            let end = (at + bytes.len()).min(broken.len());
            broken.splice(at..end, bytes);
            times(&broken);
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_have_no_end() {
        for bytes in [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80", b"\x02\x01\x00"]
        {
            assert_eq!(times(bytes), None, "{bytes:?}");
        }
    }
}
