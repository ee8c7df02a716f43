//! The page around the data.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::model::{Language, Report};

const STYLE: &str = include_str!("../assets/report.css");

/// The parts of the script, in the order in which they are put together.
const SCRIPT: [&str; 6] = [
    include_str!("../assets/words.js"),
    include_str!("../assets/dom.js"),
    include_str!("../assets/charts.js"),
    include_str!("../assets/graph.js"),
    include_str!("../assets/findings.js"),
    include_str!("../assets/main.js"),
];

/// The report as one HTML file.
///
/// ```
/// # use report::{Report, html};
/// let page = html(&Report { title: "</script><b>x".to_owned(), ..Report::default() });
/// assert!(page.starts_with("<!doctype html>") && !page.contains("<b>x"));
/// ```
#[must_use]
pub fn html(report: &Report) -> String {
    let script = format!("\"use strict\";\n(() => {{\n{}}})();\n", SCRIPT.concat());
    let language = match report.language {
        Language::En => "en",
        Language::ZhCn => "zh-CN",
    };
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Trailhound</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <noscript><p>This report is drawn by a script inside the file, which your browser does not run. \
         本报告由文件内的脚本绘制，而您的浏览器未启用脚本。</p></noscript>\n\
         <script type=\"application/json\" id=\"data\">{}</script>\n\
         <script>{script}</script>\n</body>\n</html>\n",
        hash(&script),
        hash(STYLE),
        data(report),
    )
}

/// What a policy calls a script or a style by.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// JSON without a character that means anything in HTML.
fn data(report: &Report) -> String {
    // A report is numbers, texts and JSON: there is nothing in it that could not be written.
    let json = serde_json::to_string(report).unwrap_or_else(|_| "{}".to_owned());
    let mut safe = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn data_never_ends_its_element_and_comes_back(text in "[<>&!/a-zA-Z\"'\\\\\u{2028}\u{2029}\u{0}-\u{20}-]{0,40}|</script>|<!--.{0,9}") {
            let report = Report { title: text.clone(), ..Report::default() };
            let written = data(&report);
            let means_something = ['<', '>', '&', '\u{2028}', '\u{2029}'];
            prop_assert!(!written.contains(means_something), "{}", written);
            let back: serde_json::Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(back["title"].as_str(), Some(text.as_str()));
        }
    }

    #[test]
    fn the_page_asks_nobody_for_anything() {
        let page = html(&Report::default());
        for word in [
            "src=",
            "href=\"http",
            "url(",
            "@import",
            "fetch(",
            "XMLHttp",
            "innerHTML",
            "eval(",
        ] {
            let ours = page
                .replace("default-src", "")
                .replace("script-src", "")
                .replace("style-src", "");
            assert!(!ours.contains(word), "{word}");
        }
    }

    #[test]
    fn the_script_cannot_be_ended_early() {
        for text in SCRIPT.into_iter().chain([STYLE]) {
            assert!(!text.contains("</") && !text.contains("<!--"));
        }
    }

    #[test]
    fn the_same_data_gives_the_same_page() {
        assert_eq!(html(&Report::default()), html(&Report::default()));
    }
}
