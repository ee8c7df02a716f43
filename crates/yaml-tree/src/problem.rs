//! Why a document could not be read.

/// What is wrong with a file of YAML.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Larger than anything a person writes.
    #[error("the file has {0} bytes, but a rule file may have {1}: split it")]
    FileTooLarge(usize, usize),
    /// More documents than anything a person writes.
    #[error("this file holds more than {0} documents, and the rest is not read: split it")]
    TooManyDocuments(usize),
    /// The YAML scanner stopped.
    #[error("this is not YAML: {0}; check the indentation, colons and quotes here")]
    Yaml(String),
    /// Nesting that only an attack needs.
    #[error("nested more than {0} levels deep: flatten it")]
    TooDeep(usize),
    /// Aliases that multiply, or a flood of values.
    #[error("more than {0} values once aliases are expanded: write fewer, or split the file")]
    TooManyNodes(usize),
    /// `&a [*a]`.
    #[error("this alias stands inside the very value it names: write the value out")]
    AliasInsideItself,
    /// YAML readers disagree on which one counts.
    #[error("`{key}` stands here twice, first on line {first_line}: keep one")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stood first.
        first_line: usize,
    },
    /// `? [a, b] : c`.
    #[error("a key must be plain text: put the list or mapping on the right of the colon")]
    KeyNotText,
    /// `<<: *base`.
    #[error("merge keys are not part of Sigma: write the fields out")]
    MergeKey,
    /// `!foo`.
    #[error("the tag `{0}` has no meaning in a rule: remove it")]
    UnknownTag(String),
}
