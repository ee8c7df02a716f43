use super::*;
use crate::post::stage::alert;

fn topics() -> Vec<String> {
    let arn = |name: &str| format!("arn:aws:sns:eu-west-1:111122223333:{name}");
    ["on-call", "shop", "cn"].map(arn).into()
}

fn accounts() -> Accounts {
    "111122223333 = prod-shop, team, Workloads/Shop; 444455556666 = test"
        .parse()
        .unwrap()
}

fn read(text: &str) -> Result<Routes, Vec<RouteError>> {
    Routes::parse(text, &topics(), &accounts(), &[Language::En])
}

/// The names of the topics that hear of it, with their languages.
fn told(routes: &Routes, account: &str, level: Level) -> Vec<String> {
    let name = |to: &Addressee| {
        let address = to.address.as_deref().unwrap_or("mail");
        let languages = to
            .languages
            .iter()
            .flatten()
            .map(|language| language.as_str());
        let name = address.rsplit(':').next().unwrap();
        std::iter::once(name)
            .chain(languages)
            .collect::<Vec<_>>()
            .join(" ")
    };
    routes
        .of(&alert(account, level))
        .into_iter()
        .map(name)
        .collect()
}

#[test]
fn every_row_that_fits_is_followed_and_what_fits_none_goes_where_it_went() {
    let routes = read(
        "account = prod-*, level = high, topic = on-call
         unit = workloads/*, topic = arn:aws:sns:eu-west-1:111122223333:shop;
         rule = Root key made*|other, account = 444455556666 , topic = cn, language = zh-CN;
         level = critical, topic = mail",
    )
    .unwrap();
    for (account, level, expected) in [
        ("111122223333", Level::High, vec!["on-call", "shop"]),
        (
            "111122223333",
            Level::Critical,
            vec!["mail", "on-call", "shop"],
        ),
        ("111122223333", Level::Medium, vec!["shop"]),
        ("444455556666", Level::Low, vec!["cn zh-CN"]),
        ("777788889999", Level::High, vec!["mail"]),
    ] {
        assert_eq!(told(&routes, account, level), expected, "{account} {level}");
    }
    assert_eq!(
        told(&Routes::default(), "111122223333", Level::Low),
        ["mail"]
    );
    assert!(
        Routes::default()
            .marks(&alert("111122223333", Level::Low))
            .is_empty()
    );
    assert_eq!(routes.marks(&alert("111122223333", Level::High)).len(), 2);
}

#[test]
fn a_topic_has_one_language() {
    let both = read("level = high, topic = cn; level = low, topic = cn, language = both").unwrap();
    assert_eq!(told(&both, "111122223333", Level::High), ["cn en zh-CN"]);
    for (text, row) in [
        ("topic = cn, language = en; topic = cn, language = zh-CN", 2),
        ("topic = mail, language = zh-CN", 1),
    ] {
        let problems = read(text).unwrap_err();
        assert_eq!(problems.len(), 1, "{text}");
        assert_eq!(
            (problems[0].row, problems[0].cell.as_str()),
            (row, "language")
        );
    }
    assert!(read("topic = mail, language = en").is_ok());
}

#[test]
fn each_wrong_cell_is_named() {
    let problems = read(
        "level = high; level = loud, topic = on-call, topic = shop; account, topic = mail; x = 1",
    );
    let named: Vec<_> = problems
        .unwrap_err()
        .into_iter()
        .map(|problem| (problem.row, problem.cell))
        .collect();
    let named: Vec<_> = named
        .iter()
        .map(|(row, cell)| (*row, cell.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            (1, "topic"),
            (2, "topic"),
            (2, "level"),
            (3, "account"),
            (4, "x"),
            (4, "topic")
        ]
    );
    assert_eq!(read(" ;\n"), Ok(read("").unwrap()));
}

#[test]
fn a_unit_is_all_that_stands_below_it_and_names_of_the_organization_open_no_route() {
    let mut routes =
        read("unit = Workloads, topic = shop; account = prod*, topic = on-call").unwrap();
    let members = [
        ("777788889999", "prod", Some("Workloads/Europe/Web")),
        ("444455556666", "prod-too", Some("Work")),
    ];
    routes.know(accounts().with_units(members.into_iter()));
    assert_eq!(told(&routes, "777788889999", Level::High), ["shop"]);
    assert_eq!(told(&routes, "444455556666", Level::High), ["mail"]);
    assert_eq!(
        told(&routes, "111122223333", Level::High),
        ["shop", "on-call"]
    );
}
