//! Every example that `--help` shows does what it says.

use std::path::Path;
use std::process::Command;

use crate::shop::{Shop, gzip, record};

#[test]
fn every_example_runs() {
    let mut ran = 0;
    for command in [
        "",
        "scan",
        "explain",
        "baseline show",
        "baseline export",
        "baseline diff",
        "baseline reset",
        "baseline seed",
        "rules list",
        "rules check",
        "rules test",
        "rules explain",
        "simulate",
        "completions",
        "man",
    ] {
        let shop = furnished();
        let help = shop.run(&format!("{command} --help")).ends(0).stdout;
        for example in help.lines().filter_map(|line| line.strip_prefix("  $ ")) {
            run(&shop, example);
            ran += 1;
        }
    }
    assert!(ran > 20, "only {ran} examples were found");
}

/// All that the examples speak of.
fn furnished() -> Shop {
    let shop = Shop::furnished();
    let line = record("DeleteTrail", "2026-11-22T14:02:11Z").replace(
        "id-DeleteTrail-2026-11-22T14:02:11Z",
        "3038ebd2-c98a-4c65-9b6e-e22506292313",
    );
    // What examples read, examples may change: each has its own shop.
    for baseline in ["usual.redb", "last-month.redb"] {
        let alice = line.replace("maria", "alice");
        shop.run_on(&format!("baseline seed {baseline} -"), alice)
            .ends(0);
    }
    shop.write("record.json", &line);
    shop.write("logs/a.json.gz", gzip(&line));
    shop.write(
        "my-rules/bucket-made-public.yml",
        crate::shop::TWO_RULES
            .replace("1111-", "5555-")
            .replace("2222-", "6666-"),
    );
    shop
}

/// As a person would: in a shell, the program on the path, the logs at home.
fn run(shop: &Shop, example: &str) {
    let program = Path::new(env!("CARGO_BIN_EXE_trailhound"))
        .parent()
        .expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let output = Command::new("sh")
        .args(["-c", example])
        .current_dir(shop.path())
        .env("HOME", shop.path())
        .env("PATH", format!("{}:{path}", program.display()))
        .output()
        .expect("a shell");
    let code = output.status.code();
    assert!(
        code == Some(0) || (code == Some(1) && example.contains("--fail-on")),
        "$ {example}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
