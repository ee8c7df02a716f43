//! A server on loopback, for tests: what it is asked, and what it answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use crate::Cloud;
use crate::signed::Caller;

/// A server that gives these answers, one a connection, and hands over what it was asked.
pub(crate) fn server<A: Into<Vec<u8>> + Send + 'static>(
    answers: Vec<A>,
) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let answer = |answer: A| {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(bytes) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                    length = bytes.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            // Whoever has read enough hangs up.
            let _ = reader.get_mut().write_all(&answer.into());
            head + &String::from_utf8(body).unwrap()
        };
        answers.into_iter().map(answer).collect()
    });
    (address, asked)
}

/// Who calls, at `endpoint` if there is one.
pub(crate) fn caller(region: &str, endpoint: Option<String>) -> Caller {
    Caller::new(Cloud {
        region: region.to_owned(),
        access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "secret".to_owned(),
        session: Some("session".to_owned()),
        endpoint,
    })
}

/// Waits for what is asynchronous.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
