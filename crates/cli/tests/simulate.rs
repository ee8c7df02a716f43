//! `trailhound simulate`

use insta::assert_snapshot;

use crate::shop::Shop;

#[test]
fn the_same_seed_writes_the_same_bytes() {
    let shop = Shop::new();
    let simulate = "simulate --days 1 --records 600 --single-file --output";
    shop.run(&format!("{simulate} a")).ends(0);
    shop.run(&format!("{simulate} b")).ends(0);
    shop.run(&format!("{simulate} c --seed 2")).ends(0);
    let file =
        |folder: &str| std::fs::read(shop.path().join(folder).join("records.json.gz")).unwrap();
    assert_eq!(file("a"), file("b"));
    assert_ne!(file("a"), file("c"));
}

#[test]
fn all_that_is_written_can_be_judged() {
    let shop = Shop::new();
    let said = shop
        .run("simulate --days 1 --records 1234 --output logs")
        .ends(0)
        .stderr;
    assert!(said.starts_with("Wrote 1,234 records in "), "{said}");
    let scan = shop.run("scan logs").ends(0);
    assert!(
        scan.stderr.contains("Records: 1,234 read = 1,234 judged"),
        "{scan}"
    );
    shop.run("simulate --days 1 --records 1234 --single-file --output one")
        .ends(0);
    let one = shop.run("scan one").ends(0);
    assert!(
        one.stderr.contains("Records: 1,234 read = 1,234 judged"),
        "{one}"
    );
}

#[test]
fn peace_has_no_stories() {
    let shop = Shop::new();
    shop.run("simulate --days 3 --output war").ends(0);
    shop.run("simulate --days 3 --output peace --peaceful")
        .ends(0);
    let high = |folder: &str| {
        shop.run(&format!("scan {folder} --level high --fail-on high"))
            .code
    };
    assert_eq!((high("war"), high("peace")), (1, 0));
}

#[test]
fn a_story_can_be_piped_into_a_scan() {
    let shop = Shop::new();
    let story = shop.run("simulate --story trail-blinded").ends(0).stdout;
    let scan = shop.run_on("scan -", &story).ends(0);
    assert!(scan.stdout.contains("Trail deleted"), "{scan}");
    shop.run("simulate --events attacks").ends(0);
    assert_eq!(shop.read("attacks/trail-blinded.json"), story);
}

#[test]
fn it_never_mixes_two_lives() {
    let shop = Shop::furnished();
    assert_snapshot!("not_empty", shop.run("simulate --output logs").ends(3));
    let unknown = shop.run("simulate --story no-such-thing").ends(3);
    assert!(
        unknown.stderr.contains("help: use one of ") && unknown.stderr.contains("trail-blinded")
    );
    shop.run("simulate --days 0").ends(3);
}
