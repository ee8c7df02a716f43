//! From the scanner's events to a tree, on a stack of our own: no recursion over hostile text.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{Kind, MAX_DEPTH, MAX_NODES, Mark, Node, Problem, Unreadable};

/// Reads the documents of one piece of a stream that starts on `first_line` of its file.
pub(super) fn read(chunk: &str, first_line: usize) -> Vec<Result<Node, Unreadable>> {
    let mut documents = Vec::new();
    let mut builder = Builder::new(first_line);
    for event in Parser::new_from_str(chunk) {
        match builder.take(event) {
            Ok(None) => {}
            Ok(Some(document)) => documents.push(Ok(document)),
            Err(mut unreadable) => {
                unreadable.at = unreadable.at.min(end(chunk, first_line));
                documents.push(Err(unreadable));
                break;
            }
        }
    }
    documents
}

/// The end of the last line that says anything: what is missing is missing there, not after it.
fn end(chunk: &str, first_line: usize) -> Mark {
    let lines = chunk.lines().zip(first_line..);
    let said = lines.filter(|(text, _)| !text.trim().is_empty());
    said.last().map_or(
        Mark {
            line: first_line,
            column: 1,
        },
        |(text, line)| Mark {
            line,
            column: text.trim_end().chars().count() + 1,
        },
    )
}

/// A list or mapping that is still open.
struct Open {
    at: Mark,
    anchor: usize,
    /// How large this one is so far, itself included.
    size: Size,
    parts: Parts,
}

/// How large a node is with all that is in it, aliases expanded.
#[derive(Clone, Copy)]
struct Size {
    nodes: usize,
    height: usize,
}

const ONE: Size = Size {
    nodes: 1,
    height: 1,
};

enum Parts {
    List(Vec<Node>),
    Map(Vec<(Node, Node)>, Option<Node>),
}

struct Builder {
    line_offset: usize,
    open: Vec<Open>,
    /// What an alias stands for, and how large it is; `None` while it is still open.
    anchors: HashMap<usize, Option<(Node, Size)>>,
    nodes: usize,
}

impl Builder {
    fn new(first_line: usize) -> Self {
        Self {
            line_offset: first_line - 1,
            open: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
        }
    }

    /// Takes one event; yields the document that it completes.
    fn take(
        &mut self,
        event: Result<(Event<'_>, Span), ScanError>,
    ) -> Result<Option<Node>, Unreadable> {
        let (event, span) = event.map_err(|error| self.scan_error(&error))?;
        let at = self.mark(span.start);
        match event {
            Event::SequenceStart(anchor, tag) => {
                self.enter(at, anchor, tag.as_deref(), Parts::List(Vec::new()))?;
                Ok(None)
            }
            Event::MappingStart(anchor, tag) => {
                self.enter(at, anchor, tag.as_deref(), Parts::Map(Vec::new(), None))?;
                Ok(None)
            }
            Event::SequenceEnd | Event::MappingEnd => self.leave(),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = is_plain(style, tag.as_deref(), at)?;
                let node = Node {
                    at,
                    last_line: self.mark(span.end).line,
                    kind: Kind::Scalar {
                        text: text.into(),
                        plain,
                    },
                };
                self.place(node, anchor, ONE)
            }
            Event::Alias(anchor) => {
                let (node, size) = self.aliased(anchor, at)?;
                self.place(node, 0, size)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(None),
        }
    }

    fn enter(
        &mut self,
        at: Mark,
        anchor: usize,
        tag: Option<&Tag>,
        parts: Parts,
    ) -> Result<(), Unreadable> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Unreadable {
                at,
                problem: Problem::TooDeep(MAX_DEPTH),
            });
        }
        if let Some(tag) = tag.filter(|tag| !is_core(tag, &["seq", "map"])) {
            return Err(Unreadable {
                at,
                problem: unknown_tag(tag),
            });
        }
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open {
            at,
            anchor,
            size: ONE,
            parts,
        });
        Ok(())
    }

    fn leave(&mut self) -> Result<Option<Node>, Unreadable> {
        let Some(Open {
            at,
            anchor,
            size,
            parts,
        }) = self.open.pop()
        else {
            return Ok(None);
        };
        let (kind, last_line) = match parts {
            Parts::List(items) => {
                let last_line = items.last().map_or(at.line, |item| item.last_line);
                (Kind::List(items), last_line)
            }
            Parts::Map(pairs, _) => {
                check_keys(&pairs)?;
                let last_line = pairs.last().map_or(at.line, |(_, value)| value.last_line);
                (Kind::Map(pairs), last_line)
            }
        };
        self.place(
            Node {
                at,
                last_line,
                kind,
            },
            anchor,
            size,
        )
    }

    /// Puts a finished node into the innermost open one, or yields it as the document.
    fn place(&mut self, node: Node, anchor: usize, size: Size) -> Result<Option<Node>, Unreadable> {
        // An open node's parts were counted one by one; only an alias brings many at once.
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let problem = Problem::TooManyNodes(MAX_NODES);
            return Err(Unreadable {
                at: node.at,
                problem,
            });
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Some((node.clone(), size)));
        }
        let Some(parent) = self.open.last_mut() else {
            self.nodes = 0;
            self.anchors.clear();
            return Ok(Some(node));
        };
        parent.size.nodes += size.nodes;
        parent.size.height = parent.size.height.max(size.height + 1);
        match &mut parent.parts {
            Parts::List(items) => items.push(node),
            Parts::Map(pairs, key) => match key.take() {
                Some(key) => pairs.push((key, node)),
                None => *key = Some(node),
            },
        }
        Ok(None)
    }

    /// What an alias stands for, measured before it is copied.
    fn aliased(&mut self, anchor: usize, at: Mark) -> Result<(Node, Size), Unreadable> {
        let Some(Some((node, size))) = self.anchors.get(&anchor) else {
            return Err(Unreadable {
                at,
                problem: Problem::AliasInsideItself,
            });
        };
        self.nodes += size.nodes;
        if self.nodes > MAX_NODES {
            return Err(Unreadable {
                at,
                problem: Problem::TooManyNodes(MAX_NODES),
            });
        }
        if self.open.len() + size.height > MAX_DEPTH {
            return Err(Unreadable {
                at,
                problem: Problem::TooDeep(MAX_DEPTH),
            });
        }
        Ok((node.clone(), *size))
    }

    fn mark(&self, marker: Marker) -> Mark {
        Mark {
            line: marker.line() + self.line_offset,
            column: marker.col() + 1,
        }
    }

    fn scan_error(&self, error: &ScanError) -> Unreadable {
        // The scanner counts its own depth in a byte; for the author it is the same limit.
        let problem = if error.info().contains("recursion limit") {
            Problem::TooDeep(MAX_DEPTH)
        } else {
            Problem::Yaml(error.info().to_owned())
        };
        Unreadable {
            at: self.mark(*error.marker()),
            problem,
        }
    }
}

fn check_keys(pairs: &[(Node, Node)]) -> Result<(), Unreadable> {
    // Mappings that people write are short; for long ones comparing each with each would be slow.
    const SHORT: usize = 16;
    let mut long = (pairs.len() > SHORT).then(HashMap::new);
    for (position, (key, _)) in pairs.iter().enumerate() {
        let at = key.at;
        let Kind::Scalar { text, plain } = &key.kind else {
            return Err(Unreadable {
                at,
                problem: Problem::KeyNotText,
            });
        };
        if *plain && text == "<<" {
            return Err(Unreadable {
                at,
                problem: Problem::MergeKey,
            });
        }
        let first = match &mut long {
            Some(seen) => seen.insert(text.as_str(), key),
            None => pairs[..position]
                .iter()
                .map(|(key, _)| key)
                .find(|key| key.text() == Some(text)),
        };
        if let Some(first) = first {
            let problem = Problem::DuplicateKey {
                key: text.clone(),
                first_line: first.at.line,
            };
            return Err(Unreadable { at, problem });
        }
    }
    Ok(())
}

/// Whether a scalar's type is read from its spelling; `!!str 5` and quoted text are text.
fn is_plain(style: ScalarStyle, tag: Option<&Tag>, at: Mark) -> Result<bool, Unreadable> {
    match tag {
        None => Ok(style == ScalarStyle::Plain),
        Some(tag) if is_core(tag, &["str"]) => Ok(false),
        Some(tag) if is_core(tag, &["int", "float", "bool", "null"]) => Ok(true),
        Some(tag) => Err(Unreadable {
            at,
            problem: unknown_tag(tag),
        }),
    }
}

fn is_core(tag: &Tag, suffixes: &[&str]) -> bool {
    tag.is_yaml_core_schema() && suffixes.contains(&tag.suffix.as_str())
}

fn unknown_tag(tag: &Tag) -> Problem {
    Problem::UnknownTag(format!("{}{}", tag.handle, tag.suffix))
}
