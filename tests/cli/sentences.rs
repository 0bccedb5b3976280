//! Models that judge sentences: from rows of one sentence each to articles sentence by sentence.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::Folder;

const LOADED: [&str; 8] = [
    "These vile traitors sold our harbour!",
    "The criminals in the council are shameless liars.",
    "Only a traitor can close a harbour.",
    "Vile criminals rob the fishermen again!",
    "The shameless mayor lies and robs us.",
    "Traitors and liars, all of them!",
    "What shameless criminals rule this town!",
    "Liars and traitors close the harbour.",
];

const PLAIN: [&str; 12] = [
    "The council met on Monday.",
    "A vote on the harbour is held in May.",
    "The harbour is open from eight to four.",
    "Four boats came in on Monday.",
    "The mayor spoke to the fishermen.",
    "Tickets cost four crowns.",
    "The budget for the harbour was read.",
    "Rain is expected on Monday.",
    "The vote took an hour in all.",
    "A boat was repaired in May.",
    "The fishermen met the council in town.",
    "Eight members of the council were there.",
];

const ARTICLE: &str = "The council met on Monday. “Порт”: vile traitors and liars close the harbour! \
    The vote is held in May.\nSubscribe to our newsletter\nShameless criminals rob us.";

/// A folder with a model of sentences, and an article.
fn folder() -> Folder {
    let folder = Folder::new();
    let row = |(text, labels): (&str, Value)| json!({"text": text, "labels": labels}).to_string() + "\n";
    let loaded = LOADED.map(|text| {
        let name_calling = text.contains("iar") || text.contains("raitor");
        (text, if name_calling { json!(["Name_calling", "propaganda"]) } else { json!(["propaganda"]) })
    });
    let rows: String = loaded.into_iter().chain(PLAIN.map(|text| (text, json!([])))).map(row).collect();
    folder.write("sentences.jsonl", rows);
    folder.write(
        "article.jsonl",
        json!({"id": "a", "title": "Monday in May", "text": ARTICLE, "lang": "en"}).to_string(),
    );
    folder.ok("train sentences.jsonl -o slogans.slant --unit sentence --min-df 1");
    folder
}

#[test]
fn people_read_how_many_sentences_have_a_label_and_the_most_certain_ones() {
    assert_snapshot!(folder().run("predict article.jsonl --model slogans.slant"));
}

#[test]
fn sentences_and_spans_are_in_code_points_and_a_table_stays_per_article() {
    let folder = folder();
    let rows = folder.run("predict article.jsonl --model slogans.slant --format jsonl").rows();
    let model = &rows[0]["models"]["slogans"];
    let text: Vec<char> = ARTICLE.chars().collect();
    let cut = |v: &Value| -> String {
        let at = |key: &str| v[key].as_u64().unwrap() as usize;
        text[at("start")..at("end")].iter().collect()
    };
    let sentences = model["sentences"].as_array().unwrap();
    let found: Vec<&str> = sentences.iter().map(|s| s["text"].as_str().unwrap()).collect();
    assert_eq!(found, ["“Порт”: vile traitors and liars close the harbour!", "Shameless criminals rob us."]);
    for sentence in sentences {
        assert_eq!((&sentence["in"], cut(sentence)), (&json!("text"), sentence["text"].as_str().unwrap().to_string()));
        let labels: Vec<&str> = sentence["labels"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
        assert_eq!(sentence["scores"].as_object().unwrap().len(), labels.len());
        let spans = sentence["spans"].as_array().unwrap();
        assert!(!spans.is_empty());
        for span in spans {
            assert!(labels.contains(&span["label"].as_str().unwrap()));
            assert!(sentence["text"].as_str().unwrap().contains(&cut(span)), "{span}");
        }
    }
    let best: f64 = sentences.iter().map(|s| s["scores"]["propaganda"].as_f64().unwrap()).fold(0.0, f64::max);
    assert_eq!(model["scores"]["propaganda"].as_f64(), Some(best));
    let csv = folder.ok("predict article.jsonl --model slogans.slant --format csv");
    assert_eq!(csv.lines().count(), 2);
    assert!(!csv.contains("sentences"), "{csv}");
}

#[test]
fn the_unit_stands_in_the_model_and_goes_with_no_passages() {
    let folder = folder();
    assert!(folder.ok("inspect slogans.slant").contains("unit = \"sentence\""));
    folder.ok("train sentences.jsonl -o articles.slant --min-df 1");
    assert!(!folder.ok("inspect articles.slant").contains("unit"));
    let message = folder.error("train sentences.jsonl -o m.slant --unit sentence --passages 100");
    assert!(message.contains("passage_words"), "{message}");
}
