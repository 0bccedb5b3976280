//! What `clean` keeps, and where it says the masks lie.

use serde_json::Value;

use crate::Folder;

#[test]
fn masks_are_places_of_the_original_and_the_rest_is_the_text() {
    let folder = Folder::new();
    let text = String::from_utf8(folder.read("page.txt")).unwrap();
    let original: Vec<char> = text.chars().collect();
    let out = folder.ok("clean page.txt --format jsonl --quiet");
    let row: Value = serde_json::from_str(&out).unwrap();
    let masks = row["masks"].as_array().unwrap();
    assert!(masks.len() >= 5, "{out}");
    let mut rest = String::new();
    let mut at = 0;
    for mask in masks {
        let place = |key: &str| mask[key].as_u64().unwrap() as usize;
        let words: String = original[place("start")..place("end")].iter().collect();
        assert_eq!(mask["text"], Value::String(words));
        rest.extend(&original[at..place("start")]);
        at = place("end");
    }
    rest.extend(&original[at..]);
    let words = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
    assert_eq!(words(row["text"].as_str().unwrap()), words(&rest));
    assert!(rest.contains("Readers may leave a reply at the office") && !rest.contains("Required fields"));
    assert_eq!((&row["lang"], &row["id"]), (&Value::from("en"), &Value::from("page.txt")));
}

#[test]
fn rules_can_be_switched_off_and_unknown_ones_are_named() {
    let folder = Folder::new();
    let kept = |options: &str| folder.ok(&format!("clean page.txt --format jsonl -q {options}"));
    assert!(!kept("").contains("\"text\":\"By Ann Lowe\\n"));
    let off = kept("--off comment --off subscribe");
    assert!(!off.contains("\"rule\":\"comment\"") && off.contains("Leave a Reply"), "{off}");
    let error = folder.error("clean page.txt --off comments");
    assert!(error.contains("no such rule") && error.contains("repeated-lead"), "{error}");
    assert!(folder.error("clean nosuch.txt").contains("nosuch.txt"));
}

#[test]
fn the_outlets_own_name_is_masked_and_a_model_reads_as_it_was_trained() {
    let folder = Folder::with_models();
    let row = r#"{"id": "a", "domain": "bbc.co.uk", "text": "The BBC has learned that the bridge is open. Nobody was hurt."}"#;
    folder.write("a.jsonl", row);
    let out = folder.ok("clean a.jsonl --format jsonl -q");
    assert!(out.contains("\"rule\":\"outlet\""), "{out}");
    folder.write("plain.toml", "[reading]\nclean = false\n");
    folder.ok("train tram.jsonl -o plain.slant --min-df 1 --params plain.toml");
    let out = folder.ok("clean a.jsonl page.txt --format jsonl -q --model plain.slant");
    assert_eq!(out.matches("\"masks\":[]").count(), 2, "{out}");
}

#[test]
fn articles_without_text_have_a_reason() {
    let folder = Folder::new();
    folder.write("empty.jsonl", "{\"text\": \" \"}\n{\"text\": \"Leave a Reply\"}\n");
    let out = folder.ok("clean empty.jsonl --format jsonl -q");
    let reasons: Vec<Value> =
        out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["reason"].clone()).collect();
    assert_eq!(reasons, ["the article has no text", "all of the text is masked"]);
    let html = folder.ok("clean empty.jsonl --format html -q");
    assert!(html.contains("<del data-rule=\"comment\">Leave a Reply</del>"), "{html}");
}

#[test]
fn rejected_rows_need_a_file_of_their_own() {
    let folder = Folder::new();
    let error = folder.error("clean page.txt --format jsonl -o out.jsonl --rejects out.jsonl");
    assert!(error.contains("-o and --rejects name the same file"), "{error}");
    let error = folder.error("clean page.txt --format jsonl --rejects page.txt");
    assert!(error.contains("is an input as well"), "{error}");
}
