//! Completions, manual pages and `docs/cli.md` come from the definitions of `--help`.

use std::fs;

use crate::shop::Shop;

#[test]
fn every_shell_gets_its_completions() {
    let shop = Shop::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = shop.run(&format!("completions {shell}")).ends(0);
        for word in ["simulate", "fail-on", "no-builtin"] {
            assert!(script.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn every_command_has_a_page() {
    let shop = Shop::new();
    assert!(shop.run("man").ends(0).stdout.contains(".TH trailhound 1"));
    shop.run("man --output man1").ends(0);
    for page in [
        "trailhound",
        "trailhound-scan",
        "trailhound-rules-test",
        "trailhound-man",
    ] {
        assert!(
            shop.read(&format!("man1/{page}.1"))
                .contains(".SH SYNOPSIS"),
            "{page}"
        );
    }
}

/// The reference holds what `--help` says of every command; `UPDATE_DOCS=1` writes it anew.
#[test]
fn the_reference_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, _) = text.split_once(MARK).expect("the mark");
    let expected = format!("{before}{MARK}\n{}", reference());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, &expected).unwrap();
    }
    let text = fs::read_to_string(path).unwrap();
    assert!(
        text == expected,
        "docs/cli.md is out of date: run the tests with UPDATE_DOCS=1"
    );
}

const MARK: &str = "<!-- Below: what --help says. Written by the tests with UPDATE_DOCS=1. -->\n";

fn reference() -> String {
    let shop = Shop::new();
    let mut text = String::new();
    for command in commands(&shop, "") {
        let help = shop
            .run_wide(&format!("{command} --help"), 100)
            .ends(0)
            .stdout;
        let help: Vec<_> = help.lines().map(str::trim_end).collect();
        text += &format!(
            "## trailhound{command}\n\n```text\n{}\n```\n\n",
            help.join("\n").trim_end()
        );
    }
    text.trim_end().to_owned() + "\n"
}

/// All commands, as `--help` lists them: ` rules`, ` rules list`, …
fn commands(shop: &Shop, parent: &str) -> Vec<String> {
    let help = shop.run(&format!("{parent} --help")).stdout;
    let listed = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let below = names
        .filter(|name| *name != "help")
        .flat_map(|name| commands(shop, &format!("{parent} {name}")));
    std::iter::once(parent.to_owned()).chain(below).collect()
}
