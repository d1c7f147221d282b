//! What each directive and reference came to, a line each: `3:7 $name = Ada`.

use portico_vtl::Trace;

use crate::terminal::printable;

/// Steps that are written out; the rest is counted.
const SHOWN_MAX: usize = 10_000;
/// Characters of a value that are shown.
const VALUE_MAX: usize = 200;

/// The steps of one rendering.
#[derive(Debug, Default)]
pub(super) struct Steps {
    text: String,
    count: usize,
}

impl Trace for Steps {
    fn step(&mut self, line: u32, column: u32, what: &str, value: &str) {
        self.count += 1;
        if self.count > SHOWN_MAX {
            return;
        }
        let cut = |text: &str| match text.char_indices().nth(VALUE_MAX) {
            Some((end, _)) => format!("{}... ({} bytes)", printable(&text[..end]), text.len()),
            None => printable(text).into_owned(),
        };
        let value = if value.is_empty() { "(empty)".into() } else { cut(value) };
        self.text.push_str(&format!("{line}:{column} {} = {value}\n", cut(what)));
    }
}

impl Steps {
    /// All lines.
    pub(super) fn into_text(self) -> String {
        let Self { mut text, count } = self;
        if let Some(more) = count.checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
            text.push_str(&format!("... and {more} more\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_lines_of_bounded_length_and_number() {
        let mut steps = Steps::default();
        steps.step(1, 2, "$a", "x\n\u{1b}");
        steps.step(3, 4, "$b", &"é".repeat(VALUE_MAX + 1));
        let text = steps.into_text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "1:2 $a = x\\n\\u{1b}");
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1], format!("3:4 $b = {}... (402 bytes)", "é".repeat(VALUE_MAX)));
        let mut steps = Steps::default();
        (0..SHOWN_MAX + 3).for_each(|_| steps.step(1, 1, "$a", ""));
        let text = steps.into_text();
        assert!(text.ends_with("1:1 $a = (empty)\n... and 3 more\n") && text.len() < 200_000);
    }
}
