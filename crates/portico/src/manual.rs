//! The command line written down for others: completions for shells, and manual pages.

use clap::CommandFactory;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use crate::cli::{Cli, Completions, Page};
use crate::layers;
use crate::terminal;

/// Prints the completions of a shell.
pub(crate) fn complete(completions: &Completions) {
    terminal::print(&completions_of(completions.shell));
}

/// Prints a page of the manual.
pub(crate) fn page(page: &Page) {
    terminal::print(&page_of(page.command.as_deref()));
}

/// The commands that have a page of their own; `-` stands before a command of a command.
const PAGES: [&str; 6] =
    ["serve", "check", "routes", "template", "template-render", "template-test"];

/// The names of the pages.
pub(crate) fn pages() -> PossibleValuesParser {
    PossibleValuesParser::new(PAGES)
}

fn completions_of(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "portico", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The page of a command, else of the whole program, in the language of man(7).
fn page_of(command: Option<&str>) -> String {
    let mut program = layers::with_variables(Cli::command());
    program.build();
    let mut names = command.into_iter().flat_map(|command| command.split('-'));
    let found = names.try_fold(&program, |command, name| command.find_subcommand(name));
    let command = found.unwrap_or(&program);
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(command.clone()).render(&mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    // What help shows before everything else the generator leaves out; a manual has it last.
    if let Some(shown) = command.get_before_help() {
        text.push_str(&examples(&shown.to_string()));
    }
    text
}

/// The section with what a help begins with, line by line as it stands.
fn examples(shown: &str) -> String {
    let mut section = String::from(".SH EXAMPLES\n.nf\n");
    let shown = shown.strip_prefix("Example:\n").unwrap_or(shown);
    for line in shown.lines() {
        // A full stop or an apostrophe at the start of a line would be a request of roff's.
        if line.starts_with(['.', '\'']) {
            section.push_str("\\&");
        }
        section.push_str(&line.replace('\\', "\\e").replace('-', "\\-"));
        section.push('\n');
    }
    section.push_str(".fi\n");
    section
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    #[test]
    fn every_command_that_is_shown_has_a_page() {
        fn shown_in(command: &Command, prefix: &str) -> Vec<String> {
            let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
            let names = shown.flat_map(|sub| {
                let name = format!("{prefix}{}", sub.get_name());
                let below = shown_in(sub, &format!("{name}-"));
                std::iter::once(name).chain(below)
            });
            names.collect()
        }
        let shown = shown_in(&Cli::command(), "");
        assert_eq!(shown, PAGES);
        for name in &shown {
            let text = page_of(Some(name));
            assert!(text.contains(&format!(".TH portico-{name} 1")), "{text}");
            assert!(text.contains("PORTICO_COLOR"), "{text}");
            let example = format!("\n  portico {} ", name.replace('-', " "));
            assert!(text.contains(&example), "{name}: {text}");
        }
        let text = page_of(None);
        assert!(text.contains(".TH portico 1"), "{text}");
        for name in shown.iter().filter(|name| !name.contains('-')) {
            assert!(text.contains(&format!("portico\\-{name}(1)")), "{name} in {text}");
        }
        assert!(!text.contains("completions"), "{text}");
    }

    #[test]
    fn an_example_stands_line_by_line_as_it_is() {
        let shown = "Example:\n  portico a --b\n\n.c\\n 'd'\n'e'";
        let expected = ".SH EXAMPLES\n.nf\n  portico a \\-\\-b\n\n\\&.c\\en 'd'\n\\&'e'\n.fi\n";
        assert_eq!(examples(shown), expected);
    }

    #[test]
    fn completions_know_commands_flags_and_values() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let text = completions_of(shell);
            for word in ["serve", "check", "routes", "template", "takeover", "prepend"] {
                assert!(text.contains(word), "{shell}: no {word}");
            }
        }
    }
}
