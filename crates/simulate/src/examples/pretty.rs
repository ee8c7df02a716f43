//! Indents JSON for people, without reading anything into it.
//!
//! A detour over a JSON value would sort or round what it passes; this keeps CloudTrail's order of
//! fields and every digit.

/// `json`, compact and valid, over several lines with two spaces per level.
pub(crate) fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => copy_string(&mut out, &mut characters),
            '{' | '[' => {
                out.push(character);
                if let Some(closing) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(closing);
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                break_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                break_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => out.push(character),
        }
    }
    out.push('\n');
    out
}

/// Copies a string whose opening quote has been read, up to its closing quote.
fn copy_string(out: &mut String, characters: &mut impl Iterator<Item = char>) {
    out.push('"');
    let mut escaped = false;
    for character in characters {
        out.push(character);
        match character {
            '"' if !escaped => return,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_indented_and_emptiness_is_not() {
        assert_eq!(
            pretty(r#"{"a":[1,{}],"b":null}"#),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": null\n}\n"
        );
    }

    #[test]
    fn strings_stay_as_they_are() {
        let json = r#"["a:b,{c}","\"[\\"]"#;
        assert_eq!(pretty(json), "[\n  \"a:b,{c}\",\n  \"\\\"[\\\\\"\n]\n");
    }
}
