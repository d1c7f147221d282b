//! What templates ask of a request while its worker holds it.

use portico_snapshot::{ContextVariable, ParameterPlace, Surroundings};

use crate::rest::encode::{query_pairs, write_query_decoded};
use crate::rest::scope::Scope;

impl Surroundings for Scope<'_> {
    fn show_context(&self, variable: &ContextVariable, show: &mut dyn FnMut(&[u8])) {
        let mut value = self.worker.buffers.take();
        if self.write_context(variable, &mut value) {
            show(&value);
        }
        self.worker.buffers.put(value);
    }

    /// Variables of the path stand as they were sent, as in the events of functions.
    fn each_parameter(&self, place: ParameterPlace, show: &mut dyn FnMut(&[u8], &[u8])) {
        match place {
            ParameterPlace::Path => {
                for (index, name) in self.matched.method.path_parameters.iter().enumerate() {
                    let range = self.matched.captures.get(index);
                    if let Some(raw) = range.and_then(|range| self.matched.path.get(range)) {
                        show(name.as_bytes(), raw);
                    }
                }
            }
            ParameterPlace::QueryString => {
                let (mut name, mut value) = (Vec::new(), Vec::new());
                for (raw_name, raw_value) in query_pairs(self.head.query().unwrap_or_default()) {
                    name.clear();
                    value.clear();
                    write_query_decoded(raw_name, &mut name);
                    write_query_decoded(raw_value, &mut value);
                    show(&name, &value);
                }
            }
            ParameterPlace::Header => {
                self.head.fields().for_each(|field| show(field.name(), field.value()));
            }
        }
    }
}
