//! Undoes the percent-encoding in which some services log policy documents.
//!
//! Source: RFC 3986, section 2.1; a plus for a space, as HTML forms write it.

/// `text` with `%7B` and the like resolved; what is no such escape stays. What then is not UTF-8
/// becomes U+FFFD.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        match escaped_byte(rest) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            None => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |c: u8| char::from(c).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_escapes_are_resolved() {
        for (text, expected) in [
            ("%7B%22a%22%3A+1%7D", r#"{"a": 1}"#),
            ("%7b%zz%", "{%zz%"),
            ("%C3%A9%ff%", "é\u{fffd}%"),
            ("é", "é"),
            ("", ""),
        ] {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }
}
