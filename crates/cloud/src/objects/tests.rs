use super::{Object, Objects, Request};
use crate::NotDone;
use crate::loopback::{caller, server, wait};
use crate::signed::CallError;

fn objects(endpoint: Option<String>) -> Objects {
    Objects::new(caller("eu-west-1", endpoint))
}

const REQUEST: Request<'static> = Request {
    bucket: "logs",
    key: "AWSLogs/1/a b+c=ü.json.gz",
    version: None,
    from: 0,
    etag: None,
};

async fn whole(mut object: Object) -> Result<String, CallError> {
    let mut body = Vec::new();
    while let Some(piece) = object.next().await {
        body.extend(piece?);
    }
    Ok(String::from_utf8(body).unwrap())
}

#[test]
fn an_object_is_asked_for_by_its_key_encoded_once() {
    let (address, asked) = server(vec![
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\netag: \"1\"\r\n\r\nhello",
    ]);
    let objects = objects(Some(address));
    let request = Request {
        version: Some("3/L4+k"),
        ..REQUEST
    };
    let read = wait(async {
        let object = objects.get(request).await.unwrap();
        assert_eq!(
            (object.size, object.etag.as_deref()),
            (Some(5), Some("\"1\""))
        );
        whole(object).await.unwrap()
    });
    assert_eq!(read, "hello");
    let asked = asked.join().unwrap().remove(0);
    let line = "GET /logs/AWSLogs/1/a%20b%2Bc%3D%C3%BC.json.gz?versionId=3%2FL4%2Bk HTTP/1.1\r\n";
    assert!(asked.starts_with(line), "{asked}");
    // The digest of nothing.
    assert!(asked.contains(
        "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n"
    ));
    assert!(asked.contains("/eu-west-1/s3/aws4_request"));
    assert!(asked.contains("x-amz-security-token: session\r\n"));
    assert!(!asked.contains("range:") && !asked.contains("if-match:"));
}

#[test]
fn the_rest_of_an_object_is_that_part_and_no_other() {
    let (address, asked) = server(vec![
        "HTTP/1.1 206 Partial Content\r\nconnection: close\r\ncontent-length: 2\r\n\r\nlo",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello",
    ]);
    let objects = objects(Some(address));
    let request = Request {
        from: 3,
        etag: Some("\"1\""),
        ..REQUEST
    };
    wait(async {
        let object = objects.get(request).await.unwrap();
        assert_eq!(whole(object).await.unwrap(), "lo");
        let all = objects.get(request).await.unwrap_err();
        assert!(all.to_string().contains("NotTheRange"), "{all}");
    });
    let asked = asked.join().unwrap().remove(0);
    assert!(asked.contains("range: bytes=3-\r\n") && asked.contains("if-match: \"1\"\r\n"));
    // Both are signed.
    assert!(
        asked.contains("SignedHeaders=host;if-match;range;"),
        "{asked}"
    );
}

#[test]
fn what_passes_is_tried_again_and_what_does_not_is_told() {
    let (address, asked) = server(vec![
        "HTTP/1.1 503 Slow Down\r\nconnection: close\r\ncontent-length: 37\r\n\r\n<Error><Code>SlowDown</Code></Error>\r\n",
        "",
        "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n<Error><Code>NoSuchKey</Code><Message>none</Message></Error>",
    ]);
    let gone = wait(objects(Some(address)).get(REQUEST)).unwrap_err();
    let NotDone::Refused(fault) = gone else {
        panic!("{gone}");
    };
    assert_eq!((fault.status, fault.code.as_str()), (404, "NoSuchKey"));
    assert_eq!(asked.join().unwrap().len(), 3);
    let nobody = wait(objects(Some("http://127.0.0.1:1".to_owned())).get(REQUEST));
    assert!(matches!(
        nobody,
        Err(NotDone::Unanswered(CallError::Unreachable))
    ));
}

#[test]
fn an_object_that_breaks_off_is_not_taken_for_whole() {
    let (address, asked) = server(vec![
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhello",
    ]);
    let objects = objects(Some(address));
    let broken = wait(async { whole(objects.get(REQUEST).await.unwrap()).await });
    assert!(matches!(broken, Err(CallError::Unreachable)), "{broken:?}");
    asked.join().unwrap();
}

#[test]
fn buckets_have_hosts_unless_their_names_have_dots() {
    let address = |region: &str, bucket| {
        let objects = Objects::new(caller(region, None));
        let call = objects.call(Request {
            bucket,
            key: "k",
            ..REQUEST
        });
        objects.caller.place(&call).0
    };
    let plain = address("eu-west-1", "logs");
    assert_eq!(plain, "https://logs.s3.eu-west-1.amazonaws.com/k");
    let dotted = address("eu-west-1", "my.logs");
    assert_eq!(dotted, "https://s3.eu-west-1.amazonaws.com/my.logs/k");
    let china = address("cn-north-1", "logs");
    assert_eq!(china, "https://logs.s3.cn-north-1.amazonaws.com.cn/k");
}
