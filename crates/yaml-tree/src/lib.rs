//! YAML with places: every value knows its line and column.
//!
//! Readers of YAML give values without places, so the text is read here from the events of
//! `saphyr-parser`. A document that was read can be kept in a short form ([`Node::to_bytes`]), from which
//! it comes back in a fraction of the time that its text takes.
//!
//! Invariants: a document that cannot be read never hides its neighbours; depth, size and alias
//! expansion are bounded, so hostile text ends in an error, never in a hang or an overflow.
//!
//! Source: YAML 1.2.2; `---` at the start of a line always opens a document (rule 206, c-forbidden),
//! which is why a stream can be cut before it is parsed.

mod node;
mod problem;
mod tree;

pub use node::{Kind, Mark, Node};
pub use problem::Problem;

/// The largest rule file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most documents in one file.
pub const MAX_DOCUMENTS: usize = 1_000;
/// The deepest nesting of lists and mappings.
pub const MAX_DEPTH: usize = 64;
/// The most values in one document, after aliases are expanded.
pub const MAX_NODES: usize = 100_000;

/// Why a document could not be read, and where.
#[derive(Debug)]
pub struct Unreadable {
    /// Where reading stopped.
    pub at: Mark,
    /// Why.
    pub problem: Problem,
}

/// Reads every document of a stream; one that cannot be read leaves the others whole.
pub fn documents(text: &str) -> Vec<Result<Node, Unreadable>> {
    if text.len() > MAX_BYTES {
        let problem = Problem::FileTooLarge(text.len(), MAX_BYTES);
        let at = Mark { line: 1, column: 1 };
        return vec![Err(Unreadable { at, problem })];
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = Vec::new();
    let with_content = chunks(text)
        .into_iter()
        .filter(|(_, chunk)| has_content(chunk));
    for (first_line, chunk) in with_content {
        documents.extend(tree::read(chunk, first_line));
        if documents.len() > MAX_DOCUMENTS {
            documents.truncate(MAX_DOCUMENTS);
            let problem = Problem::TooManyDocuments(MAX_DOCUMENTS);
            let at = Mark {
                line: first_line,
                column: 1,
            };
            documents.push(Err(Unreadable { at, problem }));
            break;
        }
    }
    documents
}

/// Cuts a stream before every `---`; each piece comes with the number of its first line.
fn chunks(text: &str) -> Vec<(usize, &str)> {
    let mut chunks = Vec::new();
    let (mut start, mut start_line, mut offset) = (0, 1, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if opens_document(line) && offset > start {
            chunks.push((start_line, &text[start..offset]));
            (start, start_line) = (offset, index + 1);
        }
        offset += line.len();
    }
    chunks.push((start_line, &text[start..]));
    chunks
}

fn opens_document(line: &str) -> bool {
    line.strip_prefix("---")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// Whether anything but comments, directives and markers stands in a piece.
fn has_content(chunk: &str) -> bool {
    chunk
        .lines()
        .map(|line| line.strip_prefix("---").unwrap_or(line).trim())
        .any(|line| !(line.is_empty() || line.starts_with(['#', '%']) || line == "..."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Problem {
        let first = documents(text).into_iter().find_map(Result::err);
        first.expect("a problem").problem
    }

    #[test]
    fn a_broken_document_leaves_its_neighbours_whole() {
        let text = "title: one\n---\ntitle: [broken\n---\ntitle: three\n";
        let read = documents(text);
        assert_eq!(
            read.iter().map(Result::is_ok).collect::<Vec<_>>(),
            [true, false, true]
        );
        let error = read[1].as_ref().expect_err("the second is broken");
        assert!(
            error.at.line == 2 || error.at.line == 3 || error.at.line == 4,
            "{error:?}"
        );
        let third = read[2].as_ref().expect("the third is whole");
        assert_eq!(third.at.line, 5);
    }

    #[test]
    fn markers_comments_and_directives_alone_are_no_document() {
        for text in [
            "",
            "---\n",
            "# nothing\n---\n...\n",
            "%YAML 1.2\n---\n",
            "\u{feff}\n",
        ] {
            assert!(documents(text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn dashes_inside_a_block_of_text_do_not_cut_it() {
        let read = documents("description: |\n  a\n  --- b\n  ----\ntitle: x\n");
        assert_eq!(read.len(), 1);
        assert!(read[0].is_ok());
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is about the time it takes"
    )]
    fn hostile_text_ends_in_an_error() {
        let flow = "[".repeat(10_000);
        let block = (0..5_000).map(|depth| format!("{}a:\n", " ".repeat(depth % 300)));
        let indented: String = (0..200)
            .map(|depth| format!("{}- \n", " ".repeat(depth)))
            .collect();
        let dashes = "- ".repeat(10_000);
        let bomb = bomb();
        for (text, why) in [
            (flow, "10,000 opening brackets"),
            (block.collect(), "thousands of levels of mappings"),
            (indented, "levels of lists"),
            (dashes, "10,000 dashes on a line"),
            (bomb, "a billion laughs"),
            ("a: &a [*a]".to_owned(), "an alias inside itself"),
            ("a: *b".to_owned(), "an alias to nothing"),
            ("a: 1\na: 2".to_owned(), "a key twice"),
            ("? [a]\n: b".to_owned(), "a list as a key"),
            ("a: &x {b: 1}\nc: {<<: *x}".to_owned(), "a merge key"),
            ("a: !ruby/object b".to_owned(), "a foreign tag"),
            ("x".repeat(MAX_BYTES + 1), "a file over the cap"),
            ("\t- a\n\tb".to_owned(), "tabs"),
            ("a: \"\u{0}\"".to_owned(), "a control character"),
        ] {
            let started = std::time::Instant::now();
            let read = documents(&text);
            assert!(started.elapsed().as_secs() < 5, "{why} took too long");
            assert!(
                read.iter()
                    .all(|document| document.is_err() || text.len() < 20),
                "{why}"
            );
        }
    }

    fn bomb() -> String {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..20 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        text
    }

    #[test]
    fn each_bound_names_itself() {
        assert_eq!(problem(&"[".repeat(200)), Problem::TooDeep(MAX_DEPTH));
        assert_eq!(problem(&bomb()), Problem::TooManyNodes(MAX_NODES));
        assert_eq!(problem("a: &a [*a]"), Problem::AliasInsideItself);
        let twice = Problem::DuplicateKey {
            key: "a".into(),
            first_line: 1,
        };
        assert_eq!(problem("a: 1\nb: 2\na: 3"), twice);
    }
}
