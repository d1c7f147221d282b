//! The identifiers of one request, each written once.

use std::cell::RefCell;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
    pub(crate) fn request_bytes(&self) -> &[u8] {
        &self.request
    }

    /// For example `Vts2pH6ArPEFcuQ=`; goes out as `x-amz-apigw-id`.
    pub(crate) fn extended_bytes(&self) -> &[u8] {
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
        let bytes = random.u128(..).to_le_bytes();
        let mut extended = [b'='; 16];
        let written = STANDARD.encode_slice(&bytes[..11], &mut extended);
        debug_assert_eq!(written, Ok(16));
        RequestIds { request, extended, replaced }
    }

    /// A trace root, for example `1-5759e988-bd862e3fe1be46a994272793`.
    /// Source: AWS X-Ray, "Tracing header".
    pub(crate) fn trace_root(&self, wall: Duration) -> [u8; 35] {
        let random: [u8; 32] = hex(self.random.borrow_mut().u128(..).to_be_bytes());
        let seconds = u32::try_from(wall.as_secs()).unwrap_or(u32::MAX).to_be_bytes();
        let mut root = [b'-'; 35];
        root[0] = b'1';
        root[2..10].copy_from_slice(&hex::<4, 8>(seconds));
        root[11..].copy_from_slice(&random[..24]);
        root
    }
}

/// Lower-case hexadecimal digits, two a byte.
fn hex<const BYTES: usize, const DIGITS: usize>(bytes: [u8; BYTES]) -> [u8; DIGITS] {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble };
    let mut text = [0; DIGITS];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = digit(byte >> 4);
        pair[1] = digit(byte & 15);
    }
    text
}

/// Where the hyphens of a UUID stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// A version 4 UUID (RFC 9562, section 5.4) of random bits.
fn uuid(bits: u128) -> [u8; 36] {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits: [u8; 32] = hex(bits.to_be_bytes());
    let mut text = [b'-'; 36];
    text[..8].copy_from_slice(&digits[..8]);
    text[9..13].copy_from_slice(&digits[8..12]);
    text[14..18].copy_from_slice(&digits[12..16]);
    text[19..23].copy_from_slice(&digits[16..20]);
    text[24..].copy_from_slice(&digits[20..]);
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
    use super::*;

    #[test]
    fn ids_have_the_form_of_aws() {
        let ids = IdGenerator::new().request(None);
        assert!(is_uuid(&ids.request));
        assert_eq!(ids.request().as_bytes()[14], b'4');
        assert!(b"89ab".contains(&ids.request().as_bytes()[19]));
        assert!(ids.extended.ends_with(b"="));
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
