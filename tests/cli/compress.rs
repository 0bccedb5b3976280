//! Smaller model files.

use serde_json::{Value, json};

use crate::Folder;

/// A folder with a model of two sides.
fn folder() -> Folder {
    let folder = Folder::new();
    let sides = [("for", "Free harbours bring grain and bread"), ("against", "The regime of thieves lies about wheat")];
    let row = |i: usize| {
        let (label, text) = sides[i % 2];
        json!({"text": format!("{text}, day {} of week {}.", i % 7, i % 5), "label": label}).to_string() + "\n"
    };
    folder.write("rows.jsonl", (0..40).map(row).collect::<String>());
    folder.ok("train rows.jsonl -o whole.slant --words 1..2 --chars 3..4");
    folder
}

#[test]
fn a_compressed_model_labels_as_the_whole_one_does() {
    let folder = folder();
    folder.ok("compress whole.slant -o small.slant");
    let size = |name: &str| folder.read(name).len();
    assert!(size("small.slant") * 2 < size("whole.slant"));
    let labels = |model: &str| -> Vec<Value> {
        let rows = folder.ok(&format!("predict rows.jsonl --model {model} --format jsonl"));
        rows.lines()
            .map(|row| {
                serde_json::from_str::<Value>(row).unwrap()["models"][model.trim_end_matches(".slant")]["labels"]
                    .clone()
            })
            .collect()
    };
    assert_eq!(labels("small.slant"), labels("whole.slant"));
    // Compressed already: nothing is left to round.
    folder.ok("compress small.slant -o again.slant");
    assert_eq!(folder.read("again.slant"), folder.read("small.slant"));
}

#[test]
fn terms_and_bytes_are_held() {
    let folder = folder();
    folder.ok("compress whole.slant -o few.slant --terms 6");
    let report: Value = serde_json::from_str(&folder.ok("inspect few.slant --format json")).unwrap();
    assert_eq!(report["n_terms"], 6);
    folder.ok("compress whole.slant -o held.slant --bytes 2kB");
    assert!(folder.read("held.slant").len() <= 2000);
    let error = folder.error("compress whole.slant -o none.slant --bytes 10");
    assert!(error.contains("max_bytes") && !folder.path("none.slant").exists(), "{error}");
    assert!(folder.error("compress whole.slant -o none.slant --terms 0").contains("max_terms"));
}
