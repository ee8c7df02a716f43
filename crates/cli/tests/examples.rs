//! Every example that `--help` shows does what it says.

use std::path::Path;
use std::process::Command;

use crate::cloud::{Answer, Cloud, Request};
use crate::shop::{Shop, gzip, record};

#[test]
fn every_example_runs() {
    let mut ran = 0;
    let cloud = Cloud::start(everything());
    for command in [
        "",
        "scan",
        "search",
        "report",
        "timeline",
        "summary",
        "case",
        "feedback",
        "replay",
        "cost",
        "explain",
        "verify",
        "history",
        "doctor",
        "respond list",
        "respond show",
        "respond approve",
        "respond reject",
        "respond undo",
        "respond stop",
        "respond start",
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
            run(&shop, &cloud, example);
            ran += 1;
        }
    }
    assert!(ran > 20, "only {ran} examples were found");
}

/// The event of a false alarm, and of others.
const EVENT: &str = "3038ebd2-c98a-4c65-9b6e-e22506292313";

/// All that the examples speak of.
fn furnished() -> Shop {
    let shop = Shop::furnished();
    let line = record("DeleteTrail", "2026-11-22T14:02:11Z")
        .replace("id-DeleteTrail-2026-11-22T14:02:11Z", EVENT);
    let line = line.replace(
        r#""userName":"maria""#,
        r#""userName":"maria","accessKeyId":"AKIAIOSFODNN7EXAMPLE""#,
    );
    crate::verify::lay_out(&shop, &crate::forge::organisation(), true);
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
fn run(shop: &Shop, cloud: &Cloud, example: &str) {
    let program = Path::new(env!("CARGO_BIN_EXE_trailhound"))
        .parent()
        .expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let output = Command::new("sh")
        .args(["-c", example])
        .current_dir(shop.path())
        .env("HOME", shop.path())
        .env("ALERT", EVENT)
        .env("PATH", format!("{}:{path}", program.display()))
        .envs(cloud.environment())
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

/// AWS as the examples need it: a history, and an account in order.
fn everything() -> impl Fn(&Request) -> Answer + Send + Sync {
    let history = crate::history::answers(true);
    move |request| match request.operation() {
        "LookupEvents" => history(request),
        _ => crate::respond::answer(request).unwrap_or_else(|| crate::doctor::in_order(request)),
    }
}
