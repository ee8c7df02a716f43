use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, TcpListener};

use cloud::Cloud;
use cloud::objects::Objects;
use cloud::signed::Caller;

use super::{AGAIN, Atlas, Database};

#[path = "../../../baseline/src/places/mmdb/tiny.rs"]
mod tiny;

/// An S3 that hands out these objects, one after the other.
fn s3(objects: Vec<Vec<u8>>) -> Objects {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for object in objects {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                reader.read_line(&mut head).unwrap();
            }
            assert!(head.starts_with("GET /tables/geo/places.mmdb "), "{head}");
            let length = object.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            reader.get_mut().write_all(head.as_bytes()).unwrap();
            reader.get_mut().write_all(&object).unwrap();
        }
    });
    Objects::new(Caller::new(Cloud {
        region: "eu-west-1".to_owned(),
        access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "secret".to_owned(),
        session: None,
        endpoint: Some(endpoint),
    }))
}

fn database() -> Vec<u8> {
    tiny::database(&[tiny::Network {
        first: [203, 0, 113, 0].into(),
        wide: 24,
        country: "IE",
        asn: 64_500,
        owner: "Liffey Broadband",
    }])
}

fn owner(atlas: &Atlas) -> Option<String> {
    let address: IpAddr = "203.0.113.7".parse().unwrap();
    atlas.places().place(address).owner
}

fn wait(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future);
}

#[test]
fn a_database_in_a_bucket_is_read_when_it_is_needed_and_tried_again_if_it_is_none() {
    let objects = s3(vec![b"no database".to_vec(), database()]);
    let named = Database::parse("s3://tables/geo/places.mmdb").unwrap();
    let mut atlas = Atlas::new(vec![named], objects);
    wait(async {
        atlas.open(1_000).await;
        assert_eq!(owner(&atlas), None, "the built-in tables know no owners");
        // Not asked for again so soon: the server would hand out the next.
        atlas.open(1_000 + AGAIN - 1).await;
        assert_eq!(owner(&atlas), None);
        atlas.open(1_000 + AGAIN).await;
        assert_eq!(owner(&atlas).as_deref(), Some("Liffey Broadband"));
        // And never again.
        atlas.open(1_000 + 3 * AGAIN).await;
        assert_eq!(owner(&atlas).as_deref(), Some("Liffey Broadband"));
    });
}

#[test]
fn a_database_may_lie_in_a_file() {
    let path = std::env::temp_dir().join(format!("places-{}.mmdb", std::process::id()));
    std::fs::write(&path, database()).unwrap();
    let named = Database::parse(path.to_str().unwrap()).unwrap();
    let mut atlas = Atlas::new(vec![named], s3(Vec::new()));
    wait(atlas.open(1));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(owner(&atlas).as_deref(), Some("Liffey Broadband"));
}

#[test]
fn a_database_is_named_by_its_path_or_its_object() {
    for (text, whole) in [
        ("/opt/a.mmdb", true),
        ("s3://b/k/a.mmdb", true),
        ("s3://b/", false),
        ("s3:///k", false),
        ("a.mmdb", false),
        ("https://b/k", false),
    ] {
        let parsed = Database::parse(text);
        let said = parsed.map(|database| database.to_string());
        assert_eq!(said.as_deref(), whole.then_some(text));
    }
}
