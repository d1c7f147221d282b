//! GatewayResponses: what a stage's API says of the answers that the gateway gives itself.

use portico_model::GatewayResponseType;

use crate::Part;

const TYPES: usize = GatewayResponseType::ALL.len();

/// The customised gateway responses of one stage; defaults are already given to the types that
/// fall back to them.
#[derive(Debug, Default)]
pub struct GatewayResponses {
    responses: Vec<GatewayResponse>,
    /// For each type one more than the index of its response, 0 for none.
    by_type: [u8; TYPES],
}

/// A customised gateway response.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct GatewayResponse {
    /// In the place of the fault's own.
    pub status: Option<u16>,
    /// Header fields, under the names that clients get; without a value in the request there is no field.
    pub headers: Vec<(Box<str>, Part)>,
    /// Media type to body; there is at least one.
    pub templates: Vec<(Box<str>, Vec<Part>)>,
}

impl GatewayResponses {
    /// Of two responses for one type the later counts. None is for REQUEST_TOO_LARGE, which cannot
    /// be customised.
    pub fn new(responses: Vec<(GatewayResponseType, GatewayResponse)>) -> Self {
        let mut own = [0; TYPES];
        for (index, (response_type, _)) in responses.iter().take(TYPES).enumerate() {
            own[*response_type as usize] = u8::try_from(index + 1).unwrap_or(0);
        }
        let mut by_type = own;
        for response_type in GatewayResponseType::ALL {
            if let (0, Some(default)) =
                (own[*response_type as usize], response_type.falls_back_to())
            {
                by_type[*response_type as usize] = own[default as usize];
            }
        }
        by_type[GatewayResponseType::RequestTooLarge as usize] = 0;
        Self { responses: responses.into_iter().map(|(_, response)| response).collect(), by_type }
    }

    /// The response for a type, if it or the default of its class is customised.
    pub fn of(&self, response_type: GatewayResponseType) -> Option<&GatewayResponse> {
        let slot = self.by_type[response_type as usize];
        self.responses.get(usize::from(slot.checked_sub(1)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_without_its_own_has_the_default_of_its_class() {
        use GatewayResponseType as Type;
        let response = |status| GatewayResponse { status, ..GatewayResponse::default() };
        let responses = GatewayResponses::new(vec![
            (Type::Default4xx, response(Some(444))),
            (Type::Throttled, response(None)),
        ]);
        for response_type in Type::ALL {
            let expected = match response_type {
                Type::Throttled => Some(None),
                Type::RequestTooLarge => None,
                Type::Default4xx => Some(Some(444)),
                it if it.falls_back_to() == Some(Type::Default4xx) => Some(Some(444)),
                _ => None,
            };
            let found = responses.of(*response_type).map(|it| it.status);
            assert_eq!(found, expected, "{}", response_type.as_str());
        }
        let none = GatewayResponses::default();
        assert!(Type::ALL.iter().all(|response_type| none.of(*response_type).is_none()));
    }
}
