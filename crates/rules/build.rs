//! Lists the rule files of the repository, so that the compiler can take them in; once whole, once in two
//! parts: what judges records, read already, and what is needed once a record has matched.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let variable = |name: &str| env::var(name).map(PathBuf::from).map_err(io::Error::other);
    let root = variable("CARGO_MANIFEST_DIR")?
        .join("../..")
        .canonicalize()?;
    let folder = root.join("rules");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let out = variable("OUT_DIR")?;
    let mut whole = fs::File::create(out.join("files.rs"))?;
    let mut judging = fs::File::create(out.join("judging.rs"))?;
    let mut read = Vec::new();
    writeln!(whole, "&[")?;
    writeln!(judging, "&[")?;
    for file in &files {
        let (name, text) = (name(&root, file), fs::read_to_string(file)?);
        writeln!(whole, "({name:?}, include_str!({file:?})),")?;
        for document in documents(&text) {
            let (judges, tells) = split(&document);
            let start = read.len();
            read.extend(short_form(&name, &judges)?);
            writeln!(
                judging,
                "ForJudging {{ name: {name:?}, id: {:?}, place: ({start}, {}), block: {tells:?} }},",
                id(&document),
                read.len()
            )?;
        }
    }
    writeln!(whole, "]")?;
    writeln!(judging, "]")?;
    fs::write(out.join("judging.bin"), read)?;
    exclusions(&root, &out)
}

/// A document as it comes back fastest.
fn short_form(name: &str, text: &str) -> io::Result<Vec<u8>> {
    let error = |problem: &dyn std::fmt::Display| io::Error::other(format!("{name}: {problem}"));
    let mut documents = yaml_tree::documents(text);
    match (documents.pop(), documents.len()) {
        (Some(Ok(document)), 0) => document.to_bytes().map_err(|problem| error(&problem)),
        (Some(Err(unreadable)), _) => Err(error(&unreadable.problem)),
        _ => Err(error(&"not one document")),
    }
}

/// Lists the exclusions: name, title, text.
fn exclusions(root: &Path, out: &Path) -> io::Result<()> {
    let folder = root.join("exclusions");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut list = fs::File::create(out.join("exclusions.rs"))?;
    writeln!(list, "&[")?;
    for file in &files {
        let text = fs::read_to_string(file)?;
        let title = text.lines().find_map(|line| line.strip_prefix("title: "));
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let title = title.unwrap_or_default();
        writeln!(
            list,
            "Exclusion {{ name: {name:?}, title: {title:?}, text: include_str!({file:?}) }},"
        )?;
    }
    writeln!(list, "]")
}

/// The documents of a file, each behind as many empty lines as stand before it, so that places stay
/// where they are.
fn documents(text: &str) -> Vec<String> {
    let (mut documents, mut document) = (Vec::new(), String::new());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" {
            documents.push(std::mem::take(&mut document));
            document = "\n".repeat(at + 1);
        } else {
            document.push_str(line);
        }
    }
    documents.push(document);
    documents.retain(|document| !document.trim().is_empty());
    documents
}

/// The value of the rule's `id:`.
fn id(text: &str) -> &str {
    let id = text.lines().find_map(|line| line.strip_prefix("id: "));
    id.unwrap_or_default()
}

/// What no record is judged by, and no alert needs.
const LEFT_OUT: [&str; 6] = [
    "description",
    "references",
    "author",
    "status",
    "falsepositives",
    "tests",
];

/// The text without what is left out, and from it the block for the reader of alerts.
fn split(text: &str) -> (String, String) {
    let (mut judges, mut tells) = (String::new(), String::new());
    let mut section = "";
    for line in text.split_inclusive('\n') {
        if !line.starts_with([' ', '#', '\n', '-']) {
            section = line.split(':').next().unwrap_or_default();
        }
        match section {
            // An empty line for each that is left out: places in the rule stay where they are.
            "trailhound" => {
                tells.push_str(line);
                judges.push('\n');
            }
            section if LEFT_OUT.contains(&section) => judges.push('\n'),
            _ => judges.push_str(line),
        }
    }
    judges.truncate(judges.trim_end().len());
    (judges, tells)
}

/// All `.yml` and `.yaml` files under `folder`; none if there is no such folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|end| end == "yml" || end == "yaml")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// The path from the root of the repository, with `/` on every system.
fn name(root: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(root).unwrap_or(file);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
