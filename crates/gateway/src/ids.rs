//! The identifiers of one request, each written once.

use std::cell::RefCell;
use std::time::Duration;

/// Request id and extended request id, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestIds {
    request: [u8; 36],
    extended: [u8; 16],
    /// The client sent an id that is none.
    replaced: bool,
}

impl RequestIds {
    /// A UUID, for example `c6af9ac6-7b61-11e6-9a41-93e8deadbeef`; goes out as
    /// `x-amzn-RequestId`.
    pub fn request(&self) -> &str {
        std::str::from_utf8(&self.request).unwrap_or_default()
    }

    /// The request id as access logs have it: a text of AWS's where the client's own is no UUID.
    /// Source: AWS, "Variables for access logging for API Gateway".
    pub(crate) fn logged_bytes(&self) -> &[u8] {
        if self.replaced { b"UUID_REPLACED_INVALID_REQUEST_ID" } else { &self.request }
    }

    /// The bytes of [`RequestIds::request`].
    pub(crate) fn request_bytes(&self) -> &[u8; 36] {
        &self.request
    }

    /// For example `Vts2pH6ArPEFcuQ=`; goes out as `x-amz-apigw-id`.
    pub(crate) fn extended_bytes(&self) -> &[u8; 16] {
        &self.extended
    }
}

/// Makes identifiers. They name requests and open nothing, so a fast generator does.
#[derive(Debug)]
pub(crate) struct IdGenerator {
    random: RefCell<fastrand::Rng>,
}

impl IdGenerator {
    pub(crate) fn new() -> Self {
        Self { random: RefCell::new(fastrand::Rng::new()) }
    }

    /// Identifiers of a request; `sent` is the `x-amzn-RequestId` of the client, which is taken
    /// over when it is a UUID.
    pub(crate) fn request(&self, sent: Option<&[u8]>) -> RequestIds {
        let mut random = self.random.borrow_mut();
        let taken_over = sent.and_then(|sent| <[u8; 36]>::try_from(sent).ok()).filter(is_uuid);
        let replaced = sent.is_some() && taken_over.is_none();
        let request = taken_over.unwrap_or_else(|| uuid(random.u128(..)));
        let extended = extended([random.u64(..), random.u64(..)]);
        RequestIds { request, extended, replaced }
    }

    /// A trace root, for example `1-5759e988-bd862e3fe1be46a994272793`.
    /// Source: AWS X-Ray, "Tracing header".
    pub(crate) fn trace_root(&self, wall: Duration) -> [u8; 35] {
        let random: u128 = self.random.borrow_mut().u128(..);
        let seconds = u32::try_from(wall.as_secs()).unwrap_or(u32::MAX);
        let mut root = [b'-'; 35];
        root[0] = b'1';
        root[2..10].copy_from_slice(&hex(seconds));
        for (index, digits) in root[11..].as_chunks_mut().0.iter_mut().enumerate() {
            *digits = hex((random >> (32 * index)) as u32);
        }
        root
    }
}

/// A number in lower-case hexadecimal digits.
fn hex(number: u32) -> [u8; 8] {
    const ONES: u64 = u64::from_be_bytes([1; 8]);
    // The digits spread out until each has a byte of its own.
    let pairs = u64::from(number);
    let pairs = (pairs << 16 | pairs) & 0x0000_ffff_0000_ffff;
    let pairs = (pairs << 8 | pairs) & 0x00ff_00ff_00ff_00ff;
    let values = (pairs << 4 | pairs) & 0x0f0f_0f0f_0f0f_0f0f;
    let is_letter = (values + ONES * 6) >> 4 & ONES;
    (values + ONES * u64::from(b'0') + is_letter * u64::from(b'a' - b'0' - 10)).to_be_bytes()
}

/// Eleven random bytes as Base64.
fn extended([mut first, mut second]: [u64; 2]) -> [u8; 16] {
    let next = |bits: &mut u64| {
        let digit = DIGITS[(*bits & 63) as usize];
        *bits >>= 6;
        digit
    };
    let mut text = [b'='; 16];
    text[..8].fill_with(|| next(&mut first));
    text[8..14].fill_with(|| next(&mut second));
    // The last digit stands for the four bits that are left.
    text[14] = DIGITS[(second & 15) as usize * 4];
    text
}

/// The digits of Base64 (RFC 4648, section 4).
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Where the hyphens of a UUID stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// A version 4 UUID (RFC 9562, section 5.4) of random bits.
fn uuid(bits: u128) -> [u8; 36] {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = |from: u32| hex((bits >> from) as u32);
    let mut text = [b'-'; 36];
    text[..8].copy_from_slice(&digits(96));
    text[9..13].copy_from_slice(&digits(64)[..4]);
    text[14..18].copy_from_slice(&digits(64)[4..]);
    text[19..23].copy_from_slice(&digits(32)[..4]);
    text[24..28].copy_from_slice(&digits(32)[4..]);
    text[28..].copy_from_slice(&digits(0));
    text
}

fn is_uuid(text: &[u8; 36]) -> bool {
    text.iter().enumerate().all(|(at, byte)| match HYPHENS.contains(&at) {
        true => *byte == b'-',
        false => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn ids_have_the_form_of_aws() {
        let ids = IdGenerator::new().request(None);
        assert!(is_uuid(&ids.request));
        assert_eq!(ids.request().as_bytes()[14], b'4');
        assert!(b"89ab".contains(&ids.request().as_bytes()[19]));
        assert_eq!(STANDARD.decode(ids.extended).unwrap().len(), 11);
        assert_ne!(ids, IdGenerator::new().request(None));
        let text = uuid(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);
        assert_eq!(&text, b"00112233-4455-4677-8899-aabbccddeeff");
    }

    #[test]
    fn a_clients_uuid_is_taken_over() {
        let generator = IdGenerator::new();
        let uuid = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";
        assert_eq!(generator.request(Some(uuid.as_bytes())).request(), uuid);
        assert_eq!(generator.request(Some(uuid.as_bytes())).logged_bytes(), uuid.as_bytes());
        assert!(is_uuid(generator.request(None).logged_bytes().try_into().unwrap()));
        for not_uuid in
            ["", "c6af9ac6-7b61-11e6-9a41-93e8deadbee", "c6af9ac6_7b61-11e6-9a41-93e8deadbeef"]
        {
            let ids = generator.request(Some(not_uuid.as_bytes()));
            assert_ne!(ids.request(), not_uuid);
            assert_eq!(ids.logged_bytes(), b"UUID_REPLACED_INVALID_REQUEST_ID");
        }
    }

    #[test]
    fn trace_roots_begin_with_the_time() {
        let root = IdGenerator::new().trace_root(Duration::from_secs(0x5759_e988));
        assert!(root.starts_with(b"1-5759e988-"));
        assert!(root[11..].iter().all(u8::is_ascii_hexdigit));
    }
}
