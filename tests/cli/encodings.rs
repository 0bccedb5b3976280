//! Files in other encodings than UTF-8, web pages, and files that are no text.

use serde_json::json;

use crate::{Folder, Run};

/// «Трамвай — подарунок» and its like, in windows-1251.
const TRAM_1251: &[u8] = b"\xd2\xf0\xe0\xec\xe2\xe0\xe9 \xe7\xed\xee\xe2\xf3 \xe7\xe0\xef\xb3\xe7\xed\xfe\xba\xf2\xfc\xf1\xff, \xe0 \xec\xb3\xf1\xf2\xee \xf7\xe5\xea\xe0\xba.";
const TRAM: &str = "Трамвай знову запізнюється, а місто чекає.";

fn jsonl_1251() -> Vec<u8> {
    let row = |label: &str| {
        [
            b"{\"text\": \"",
            TRAM_1251,
            format!("\", \"label\": \"{label}\", \"where\": \"").as_bytes(),
            b"\xca\xe8\xbf\xe2\"}\n",
        ]
        .concat()
    };
    [row("a"), b"{\"text\": \"rain\", \"label\": \"b\"}\n".to_vec()].concat()
}

fn kept(run: &Run, key: &str) -> Vec<serde_json::Value> {
    assert_eq!(run.status, 0, "{run}");
    run.rows().into_iter().map(|mut row| row[key].take()).collect()
}

#[test]
fn rows_are_utf8_unless_an_encoding_is_named() {
    let folder = Folder::with_models();
    folder.write("rows.jsonl", jsonl_1251());
    let run = folder.run("predict rows.jsonl --model tram.slant --format jsonl");
    assert_eq!((run.status, run.rows().len()), (2, 1));
    assert!(
        run.stderr.starts_with(
            "error: rows.jsonl:1: invalid UTF-8 at byte 10 of the line; name the file's encoding with --encoding"
        ),
        "{run}"
    );
    let run = folder.run("predict rows.jsonl --model tram.slant --format jsonl --encoding cp1251 --keep where");
    assert_eq!(kept(&run, "where"), [json!("Київ"), json!(null)]);
    let utf16: Vec<u8> = format!("\u{feff}{{\"text\": \"{TRAM}\", \"id\": \"ї\"}}\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    folder.write("marked.jsonl", &utf16);
    assert_eq!(kept(&folder.run("predict marked.jsonl --model tram.slant --format jsonl"), "id"), [json!("ї")]);
    let run = folder
        .run_with("predict - --model tram.slant --format jsonl --encoding windows-1251 --keep where", jsonl_1251());
    assert_eq!(kept(&run, "where"), [json!("Київ"), json!(null)]);
}

#[test]
fn every_command_that_reads_articles_takes_an_encoding() {
    let folder = Folder::new();
    let rows: Vec<u8> = (0..12).flat_map(|_| jsonl_1251()).collect();
    folder.write("rows.jsonl", rows);
    let error = folder.error("train rows.jsonl -o m.slant");
    assert!(error.starts_with("error: rows.jsonl:1: invalid UTF-8"), "{error}");
    folder.ok("train rows.jsonl -o m.slant --encoding windows-1251");
    folder.ok("evaluate rows.jsonl --model m.slant --encoding windows-1251");
    assert!(folder.ok("clean rows.jsonl --encoding windows-1251").contains("запізнюється"));
    folder.ok("crossval rows.jsonl --folds 2 --encoding windows-1251");
    assert!(folder.ok("explain rows.jsonl --model m.slant --encoding windows-1251").contains("запізнюється"));
    assert!(folder.ok("inspect m.slant --top 50").contains("трамвай"));
    let error = folder.error("train rows.jsonl -o m.slant --encoding cp9999");
    assert!(error.contains("expected a name such as utf-8, utf-16le, windows-1251"), "{error}");
}

#[test]
fn a_row_that_the_named_encoding_does_not_know_is_named() {
    let folder = Folder::with_models();
    folder.write("rows.jsonl", b"{\"text\": \"\xe1\xe2\"}\n{\"text\": \"\xe1\xd2\"}\n{\"text\": \"\xe2\"}\n");
    let run = folder.run("predict rows.jsonl --model tram.slant --format jsonl --encoding windows-1253");
    assert_eq!((run.status, run.rows().len()), (2, 2));
    assert!(
        run.stderr.starts_with("error: rows.jsonl:2: not windows-1253 at character 11; name another encoding"),
        "{run}"
    );
}

#[test]
fn tables_in_other_encodings_keep_their_lines() {
    let folder = Folder::with_models();
    folder.write("rows.csv", [b"id;x,text\n1,\"", TRAM_1251, b"\n", TRAM_1251, b"\"\n2,\"open\n"].concat());
    let run = folder.run("predict rows.csv --model tram.slant --format jsonl --encoding windows-1251");
    assert_eq!((run.status, run.rows()[0]["id"].as_str()), (2, Some("rows.csv:2")));
    assert!(run.stderr.starts_with("error: rows.csv:4: not a row of this table"), "{run}");
}

#[test]
fn plain_text_is_detected_or_declared() {
    let folder = Folder::with_models();
    folder.write("a.txt", TRAM_1251);
    let explained = |options: &str| folder.ok(&format!("explain a.txt --model tram.slant {options}"));
    assert!(explained("").contains(TRAM));
    assert!(explained("--encoding cp1251").contains(TRAM));
    assert!(explained("--encoding koi8-u").contains("рПЮЛБЮИ"));
    folder.write("a.txt", TRAM.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
    assert!(
        folder
            .error("explain a.txt --model tram.slant")
            .contains("UTF-16 without a byte-order mark, it seems (utf-16be)")
    );
    assert!(explained("--encoding utf-16be").contains(TRAM));
    folder.write("a.txt", [TRAM.as_bytes(), b" \xd0"].concat());
    let error = folder.error("explain a.txt --model tram.slant");
    assert!(error.starts_with("error: a.txt: invalid UTF-8 at byte 78 of the file"), "{error}");
}

#[test]
fn files_that_are_no_text_are_errors_and_the_rest_goes_on() {
    let folder = Folder::with_models();
    for (name, bytes, what) in [
        ("a.txt", &b"%PDF-1.4\n%\xe2\xe3"[..], "a PDF document"),
        ("a.html", b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
        ("a.jsonl", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\0\0\0\0", "a ZIP archive"),
        ("a.ft", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0", "a program"),
        ("a.csv", b"\x1f\x8b\x08\0\0\0\0\0\0\x03 packed twice", "gzip data (a name that ends in .gz is read)"),
        ("b.txt", b"tram\0tram tram", "binary data"),
    ] {
        folder.write(name, bytes);
        let error = folder.run(&format!("predict {name} tram.jsonl --model tram.slant --format jsonl"));
        assert_eq!(error.status, 2, "{error}");
        assert!(error.stderr.starts_with(&format!("error: {name}: not a text but {what}")), "{name}: {error}");
        assert!(error.stderr.contains("give its text as .txt or .jsonl") && !error.rows().is_empty(), "{error}");
        let aside =
            folder.run(&format!("predict {name} tram.jsonl --model tram.slant --rejects r.jsonl --format jsonl"));
        assert_eq!(aside.status, 0, "{aside}");
        let reject: serde_json::Value = serde_json::from_slice(&folder.read("r.jsonl")).unwrap();
        assert_eq!((reject["file"].as_str(), reject["line"].as_u64()), (Some(name), None));
    }
}

#[cfg(feature = "html")]
#[test]
fn a_web_page_is_its_main_text_and_metadata() {
    let folder = Folder::with_models();
    let sentence = "The tram is a gift to the town, and the town knows it well enough by now. ";
    let page = format!(
        "<html lang=en-US><head><title>The tram | Post</title><link rel=canonical href=https://www.post.example/t>\
         <meta property=og:site_name content=Post><meta property=article:published_time content=2024-05-03T10:00></head>\
         <body><nav><a href=/>Folly menu</a></nav><article><h1>The tram</h1><p>{0}{0}</p><p>{0}</p></article></body></html>",
        sentence
    );
    folder.write("page.html", page);
    let run = folder
        .run("predict page.html --model tram.slant --format jsonl --keep title,date,url,domain,source,author,empty");
    assert_eq!(run.status, 0, "{run}");
    let row = &run.rows()[0];
    let expected = [
        ("id", json!("page.html")),
        ("lang", json!("en")),
        ("title", json!("The tram")),
        ("date", json!("2024-05-03")),
        ("url", json!("https://www.post.example/t")),
        ("domain", json!("post.example")),
        ("source", json!("Post")),
        ("author", json!(null)),
        ("empty", json!(null)),
    ];
    for (key, value) in expected {
        assert_eq!(row[key], value, "{key}");
    }
    assert!(!folder.ok("explain page.html --model tram.slant").contains("menu"));
}

#[cfg(feature = "html")]
#[test]
fn a_web_page_without_text_is_labelled_with_a_warning() {
    let folder = Folder::with_models();
    folder.write("empty.html", "<html><head><title>The tram</title></head><body><nav></nav></body></html>");
    let run = folder.run("predict empty.html --model tram.slant --format jsonl");
    assert_eq!((run.status, run.rows()[0]["empty"].as_str()), (0, Some("no main text found in the page")), "{run}");
    assert!(run.stderr.contains("1 pages have no main text"), "{run}");
    assert!(folder.ok("predict empty.html --model tram.slant").contains("  no main text found in the page\n"));
    folder.ok("explain empty.html --model tram.slant");
    let cleaned: serde_json::Value = serde_json::from_str(&folder.ok("clean empty.html --format jsonl")).unwrap();
    assert_eq!(cleaned["reason"], "no main text found in the page");
    folder.ok("predict empty.html --model tram.slant --format csv --evidence 3 --keep empty");
}

#[cfg(not(feature = "html"))]
#[test]
fn web_pages_need_the_feature() {
    let folder = Folder::with_models();
    folder.write("page.html", "<p>The tram.</p>");
    assert!(folder.error("predict page.html --model tram.slant").contains("built without the feature html"));
}
