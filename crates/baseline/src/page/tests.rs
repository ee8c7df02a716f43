//! Tests of pages.

use std::sync::{Arc, LazyLock};

use detect::cloudtrail::LogFileReader;
use proptest::prelude::*;
use simulate::months::{MonthPlan, month};

use super::*;
use crate::engine::by_mark;
use crate::observe::Observer;
use crate::places::BuiltIn;

/// The journals of a short month's files, in a dozen parts that lie across each other in time.
static PARTS: LazyLock<Vec<Journal>> = LazyLock::new(|| {
    let plan = MonthPlan {
        days: 10,
        quiet: 7,
        ..MonthPlan::new(11)
    };
    let mut observers: Vec<_> = (0..12).map(|_| Observer::default()).collect();
    let mut reader = LogFileReader::default();
    let (mut at, file) = (0_usize, Arc::from("s3://trail/a.json.gz"));
    for bytes in month(plan).files {
        reader.read(&*bytes, |record| {
            at += 1;
            if at.is_multiple_of(5) {
                observers[at / 5 % 12].observe(record, Some(&file));
            }
        });
    }
    let journals = observers.into_iter().map(Observer::into_journal);
    journals
        .map(|mut journal| {
            journal.settle();
            journal
        })
        .collect()
});

type Book = BTreeMap<(Mark, Day), Page>;

fn leave(book: &mut Book, journal: &Journal) {
    for (key, page) in pages(journal) {
        book.entry(key).or_default().merge(&page);
    }
}

fn bytes(book: &Book) -> BTreeMap<(Mark, Day), Vec<u8>> {
    let each = book.iter();
    each.map(|(key, page)| (*key, page.bytes())).collect()
}

fn whole() -> Book {
    let mut all = Journal::default();
    PARTS.iter().for_each(|part| all.merge(part));
    all.settle();
    pages(&all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5))]
    /// An object that is delivered three times is learned once, whoever was quicker.
    #[test]
    fn pages_merge_in_any_order_and_any_number_of_times(
        order in Just((0..12).collect::<Vec<_>>()).prop_shuffle(),
        again in proptest::collection::vec(0_usize..12, 3),
    ) {
        let mut book = Book::new();
        for at in order.iter().chain(&again).chain(&again) {
            leave(&mut book, &PARTS[*at]);
        }
        prop_assert!(bytes(&book) == bytes(&whole()));
    }
}

/// What the bound leaves out does not depend on order either.
#[test]
fn a_page_is_bounded_and_the_bound_keeps_the_law() {
    let record = |at: u32| {
        let (hour, minute, second) = (at / 3600 % 24, at / 60 % 60, at % 60);
        format!(
            r#"{{"eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","eventTime":"2026-03-02T{hour:02}:{minute:02}:{second:02}Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userAgent":"Boto3/1.40","eventID":"odd-{at}","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","userName":"maria","accountId":"111122223333"}},"requestParameters":{{"secretId":"{}-{at}"}}}}"#,
            "x".repeat(190)
        )
    };
    let journal = |range: std::ops::Range<u32>| {
        let mut observer = Observer::default();
        let file = Arc::from("s3://trail/some-very-long-name-of-a-file.json.gz");
        let text: Vec<String> = range.map(|at| record(at * 20)).collect();
        LogFileReader::default().read(text.join("\n").as_bytes(), |record| {
            observer.observe(record, Some(&file));
        });
        let mut journal = observer.into_journal();
        journal.settle();
        journal
    };
    let (morning, evening) = (journal(0..1_500), journal(1_500..3_000));
    let book = |parts: &[&Journal]| {
        let mut book = Book::new();
        parts.iter().for_each(|part| leave(&mut book, part));
        book
    };
    let one = book(&[&morning, &evening]);
    let other = book(&[&evening, &morning, &evening]);
    assert!(bytes(&one) == bytes(&other), "the order shows");
    let page = one.values().next().expect("a page");
    assert_eq!(page.journal().entries.len(), PATTERNS);
    let length = page.bytes().len();
    println!("a page of {PATTERNS} hostile events: {length} bytes");
    assert!(length < 400_000, "{length}");
    let names = page.journal().names.len();
    assert!(
        names < PATTERNS * 3,
        "{names} names, those of files among them"
    );
}

fn how(settings: Settings, calendar: &Arc<Calendar>) -> How<'_> {
    How {
        settings,
        places: &BuiltIn,
        calendar,
    }
}

/// Closes all days of `book`, each with what was kept of the days before.
fn close(book: &Book, dies: bool) -> (Standing, BTreeMap<Mark, Vec<u8>>) {
    let calendar = Arc::default();
    let settings = Settings {
        counts: false,
        ..Settings::default()
    };
    let how = how(settings, &calendar);
    let (first, last) = (
        book.keys().map(|key| key.1).min(),
        book.keys().map(|key| key.1).max(),
    );
    let (first, last) = (first.expect("a day"), last.expect("a day"));
    let mut standing = Standing::new(first);
    let mut kept: BTreeMap<Mark, Vec<u8>> = BTreeMap::new();
    for day in first..=last {
        for half_way in [dies, false] {
            let of_day: Vec<_> = book.iter().filter(|(key, _)| key.1 == day).collect();
            let generations = |mark: &Mark| {
                let bytes = kept.get(mark)?;
                Some(Generations::read("usual", bytes).expect("what was kept"))
            };
            let profiles = of_day
                .iter()
                .filter_map(|(key, _)| generations(&key.0)?.at(standing.open).cloned())
                .collect();
            let mut next = standing.clone();
            let pages = of_day.iter().map(|(_, page)| *page);
            let learned = next.close(pages, profiles, &how);
            let many = learned.len();
            let mut written = Vec::new();
            for (mark, profile) in learned
                .into_iter()
                .take(if half_way { many / 2 } else { many })
            {
                let followed = Generations::follow(generations(&mark), next.open, profile);
                written.push((mark, followed.bytes()));
            }
            kept.extend(written);
            if !half_way {
                standing = Standing::read("usual", &next.bytes()).expect("what was kept");
                break;
            }
        }
    }
    (standing, kept)
}

#[test]
fn who_dies_while_a_day_is_closed_is_followed_by_who_begins_again() {
    let book = whole();
    let (standing, kept) = close(&book, false);
    let (again, kept_again) = close(&book, true);
    assert!(standing == again, "another memory of all together");
    let now = |kept: &BTreeMap<Mark, Vec<u8>>| -> Vec<Profile> {
        let read = |bytes: &Vec<u8>| Generations::read("usual", bytes).expect("what was kept");
        let all = kept.values().map(read);
        all.map(|known| known.at(standing.open).cloned().expect("a profile"))
            .collect()
    };
    assert!(now(&kept) == now(&kept_again), "other profiles");
    assert!(kept.len() > 50, "{} principals", kept.len());
    let mut lengths: Vec<usize> = kept.values().map(Vec::len).collect();
    lengths.sort_unstable();
    println!(
        "two generations of a profile: median {} bytes, largest {}",
        lengths[lengths.len() / 2],
        lengths[lengths.len() - 1]
    );
}

/// Days that were closed from pages teach what the same days teach as a whole.
#[test]
fn closing_days_from_pages_is_learning_them() {
    let book = whole();
    let (standing, kept) = close(&book, false);
    let mut all = Journal::default();
    book.values().for_each(|page| all.merge(page.journal()));
    all.settle();
    let mut engine = Engine::new(Settings {
        counts: false,
        ..Settings::default()
    });
    engine.learn(&all, &BuiltIn);
    assert!(
        engine.common == standing.common,
        "another memory of all together"
    );
    for (mark, profile) in by_mark(&engine) {
        let known = Generations::read("usual", &kept[&mark]).expect("what was kept");
        let known = known.at(standing.open).expect("a profile");
        // What is counted within a while is over at midnight, and not kept.
        assert!(encode(known) == encode(profile), "{}", profile.who.key);
    }
}
