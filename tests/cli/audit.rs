//! `slantwise audit`: the report for people and for scripts, the gate, and what is refused.

use std::fmt::Write;

use insta::assert_snapshot;
use serde_json::Value;

use crate::Folder;

/// 160 rows of eight outlets, in which every outlet has one label and a sign of its own.
fn leaking() -> String {
    let things = ["bridge", "school", "market", "harbour", "forest", "theatre", "bakery", "station", "orchard"];
    let mut rows = String::new();
    for i in 0..160 {
        let (outlet, label) = (i % 8, ["oppose", "support"][i % 2]);
        let words: Vec<&str> =
            (0..12).map(|j| things[(i * i * 31 + i * j * 13 + j * j * 7 + i / (j + 1)) % 97 % 9]).collect();
        let text = format!("desk{outlet} on the {} number{i} with item{} and part{}", words.join(" "), i * 3, i * 5);
        _ = writeln!(
            rows,
            "{{\"id\": \"r-{i}\", \"text\": \"{text}\", \"lang\": \"en\", \"domain\": \"paper{outlet}.example\", \"label\": \"{label}\"}}"
        );
    }
    rows
}

#[test]
fn the_report_for_people() {
    let folder = Folder::new();
    folder.write("leaking.jsonl", leaking());
    assert_snapshot!(folder.run("audit leaking.jsonl --classifier naive-bayes --top 3 --fail-on outlet-leak"));
    assert_snapshot!(folder.run("audit tram.jsonl --classifier naive-bayes --min-df 1 --folds 4 --top 2"));
}

#[test]
fn the_report_for_scripts() {
    let folder = Folder::new();
    folder.write("leaking.jsonl", leaking());
    let json: Value = serde_json::from_str(&folder.ok("audit leaking.jsonl --format json --seed 5")).unwrap();
    assert_eq!((json["n"].as_u64(), json["sample"]["seed"].as_u64()), (Some(160), Some(5)));
    let finding = json["findings"].as_array().unwrap().iter().find(|f| f["code"] == "outlet-leak").unwrap();
    assert_eq!(finding["severity"], "error");
    assert!(finding["figure"].as_str().unwrap().contains("8 of 8 outlets have one label only"), "{finding}");
    assert!(!finding["remedy"].as_str().unwrap().is_empty());
    assert!(json["model"]["random"]["accuracy"].as_f64().unwrap() > 0.9);
    assert!(json["model"]["gap"]["accuracy"].as_f64().unwrap() > 0.2);
    for key in [
        "floors",
        "confounders",
        "duplicates",
        "outlet_naming",
        "outlet_terms",
        "outlet_swap",
        "label_errors",
        "batches",
    ] {
        assert!(!json[key].is_null(), "{key}");
    }
}

#[test]
fn what_fails_is_said() {
    let folder = Folder::new();
    folder.write("leaking.jsonl", leaking());
    let audit = |gates: &str| folder.run(&format!("audit leaking.jsonl --format json {gates}"));
    for gates in ["--fail-on outlet-leak", "--fail-on swapped-batch,error", "--fail-on warning --fail-on no-outlets"] {
        let run = audit(gates);
        assert_eq!(run.status, 1, "{gates}: {run}");
        assert!(run.stderr.contains("failed: outlet-leak (error): the outlet alone"), "{run}");
        assert!(run.stdout.starts_with("{\"n\":160"), "the report is printed all the same");
    }
    let passed = audit("--fail-on swapped-batch,language-confound");
    assert_eq!((passed.status, passed.stderr.as_str()), (0, ""), "{passed}");
    let message = folder.error("audit leaking.jsonl --fail-on outlets");
    assert!(message.contains("expected note, warning, error, or a code: outlet-leak, "), "{message}");
}

#[test]
fn a_file_of_several_is_a_batch() {
    let folder = Folder::new();
    let rows = leaking();
    let (first, second) = rows.split_at(rows.match_indices('\n').nth(79).unwrap().0 + 1);
    folder.write("first.jsonl", first);
    // In the second file the labels are the other way round.
    folder.write(
        "second.jsonl",
        second.replace("oppose", "s").replace("support", "oppose").replace("\"s\"", "\"support\""),
    );
    let json: Value =
        serde_json::from_str(&folder.ok("audit first.jsonl second.jsonl --min-df 1 --format json")).unwrap();
    let batch = &json["batches"][0];
    assert_eq!((batch["key"].as_str(), batch["values"].as_u64()), (Some("file"), Some(2)));
    let swapped = batch["batches"].as_array().unwrap().iter().filter(|b| b["backwards"] == true).count();
    assert_eq!(swapped, 2, "each file is backwards to the other: {batch}");
    assert_eq!(batch["turned_outlets"][0], 8);
    let codes: Vec<&str> = json["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"swapped-batch") && codes.contains(&"contradicting-outlet"), "{codes:?}");
    let message = folder.error("audit first.jsonl harbour.jsonl");
    assert!(
        message.contains("harbour.jsonl: one class an article here and several labels in another file"),
        "{message}"
    );
}

#[test]
fn bad_input_is_named_with_the_remedy() {
    let folder = Folder::new();
    let rows = leaking();
    folder.write("missing.jsonl", rows.replacen(", \"domain\": \"paper1.example\"", "", 1));
    let message = folder.error("audit missing.jsonl --group-by domain");
    assert!(
        message.contains("article 2 (r-1): no value under the key \"domain\", which forms the groups; add it"),
        "{message}"
    );
    assert!(folder.ok("audit missing.jsonl").contains("note: no-outlets"));

    folder.write("rows.jsonl", &rows);
    let message = folder.error("audit rows.jsonl --group-by lang");
    assert!(
        message.contains("all rows have the value \"en\" under the key \"lang\"")
            && message.contains("group by another key")
    );
    let message = folder.error("audit rows.jsonl --group-by domain --folds 9");
    assert!(message.contains("9 folds need at least 9 groups, found 8; use fewer folds"), "{message}");
    let message = folder.error("audit rows.jsonl --group-by outlet");
    assert!(
        message.contains("the key \"outlet\" is missing, and --group-by needs it (keys here: domain, lang)"),
        "{message}"
    );
    for (options, what) in [
        ("--topic about", "--topic needs it"),
        ("--language tongue", "--language needs it"),
        ("--batch wave", "--batch needs it"),
        ("--batch lang", "lang (1 values) is out of range: expected a key with 2 to 100 distinct values"),
        ("--folds 1", "folds = 1 is out of range: expected 2 to 100"),
        ("--max-rows 5", "at least 100 rows"),
        ("--top 0", "top = 0"),
        ("--min-df 0", "min_df = 0"),
    ] {
        let message = folder.error(&format!("audit rows.jsonl {options}"));
        assert!(message.contains(what), "{options}: {message}");
    }
    folder.write(
        "once.jsonl",
        format!("{rows}{{\"text\": \"on the fence\", \"domain\": \"paper1.example\", \"label\": \"unsure\"}}\n"),
    );
    let report = folder.ok("audit once.jsonl");
    assert!(report.contains("warning: rare-label\n  fewer rows than the 5 folds: \"unsure\" (1)\n"), "{report}");
    folder.write("one.jsonl", rows.lines().step_by(2).collect::<Vec<_>>().join("\n"));
    assert!(folder.error("audit one.jsonl").contains("training needs at least two classes, found 1 (oppose)"));
}
