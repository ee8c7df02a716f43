//! Lists the rule files of the repository, so that the compiler can take them in; once whole, once
//! without the tests that they carry.

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
    writeln!(whole, "&[")?;
    writeln!(judging, "&[")?;
    for file in &files {
        let (name, text) = (name(&root, file), fs::read_to_string(file)?);
        writeln!(whole, "({name:?}, include_str!({file:?})),")?;
        writeln!(judging, "({name:?}, {:?}),", without_tests(&text))?;
    }
    writeln!(whole, "]")?;
    writeln!(judging, "]")
}

/// The text up to its `tests:`, if they are the last thing in it; else all of it.
fn without_tests(text: &str) -> &str {
    let Some(start) = text.find("\ntests:\n").map(|at| at + 1) else {
        return text;
    };
    let belongs = |line: &str| line.is_empty() || line.starts_with([' ', '#']);
    let is_last = text[start..].lines().skip(1).all(belongs);
    if is_last { &text[..start] } else { text }
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
