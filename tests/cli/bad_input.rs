//! Every bad input is named by file and line with what to do, ends with status 2, and leaves nothing half-written.

use crate::Folder;

/// Trains on these rows, which must fail, and returns the message; an old model file must survive.
fn train_error(rows: impl AsRef<[u8]>, options: &str) -> String {
    let folder = Folder::new();
    folder.write("rows.jsonl", rows);
    folder.write("old.slant", "old model");
    let files = folder.files();
    let message = folder.error(&format!("train rows.jsonl -o old.slant {options}"));
    assert_eq!(folder.read("old.slant"), b"old model");
    assert_eq!(folder.files(), files, "nothing else is left behind");
    assert!(message.ends_with('\n') && message.lines().count() == 1, "{message}");
    message
}

const GOOD: &str =
    "{\"text\": \"The tram is a gift.\", \"label\": \"a\"}\n{\"text\": \"The tram is folly.\", \"label\": \"b\"}\n";

#[test]
fn a_broken_line() {
    let message = train_error(format!("{GOOD}{{\"text\": \"cut of"), "");
    assert!(message.starts_with("error: rows.jsonl:3: not a JSON object ("), "{message}");
    assert!(message.contains("each line must be one object such as"), "{message}");
}

#[test]
fn a_row_without_text() {
    let message = train_error(format!("{GOOD}{{\"label\": \"a\"}}\n"), "");
    assert!(message.starts_with("error: rows.jsonl:3: no text; a row needs the key \"text\""), "{message}");
}

#[test]
fn a_row_without_label() {
    let message = train_error(format!("{GOOD}\n{{\"text\": \"t\", \"domain\": \"x.example\"}}\n"), "");
    assert!(message.starts_with("error: rows.jsonl:4: no label under the key \"label\""), "{message}");
    assert!(message.contains("keys here: domain"), "{message}");
}

#[test]
fn an_unknown_key_for_the_label() {
    let message = train_error(GOOD, "--label stance");
    assert!(message.starts_with("error: rows.jsonl:1: no label under the key \"stance\""), "{message}");
    assert!(message.contains("name another key with --label (keys here: label)"), "{message}");
}

#[test]
fn one_class_only() {
    let message = train_error("{\"text\": \"a b\", \"label\": \"x\"}\n".repeat(3), "");
    assert!(message.contains("at least two classes, found 1 (x): give rows of another class"), "{message}");
}

#[test]
fn an_empty_vocabulary() {
    let message = train_error(GOOD, "--min-df 3");
    assert!(message.contains("the vocabulary is empty") && message.contains("lower min_df"), "{message}");
}

#[test]
fn invalid_utf8() {
    let message = train_error([GOOD.as_bytes(), b"{\"text\": \"caf\xe9\", \"label\": \"a\"}\n"].concat(), "");
    assert!(message.starts_with("error: rows.jsonl:3: invalid UTF-8 at byte 13 of the line"), "{message}");
    assert!(message.contains("convert the file to UTF-8"), "{message}");
}

#[test]
fn one_class_and_several_labels() {
    let message = train_error(format!("{GOOD}{{\"text\": \"t\", \"labels\": [\"a\"]}}\n"), "");
    assert!(message.starts_with("error: rows.jsonl:3: this row has several labels, the rows before it one class"));
}

#[test]
fn parameters_out_of_range_say_the_range() {
    for (options, range) in [
        ("--c 0", "above 0"),
        ("--c -1", "above 0"),
        ("--c nan", "above 0"),
        ("--min-df 0", "at least 1"),
        ("--max-df 1.5", "above 0 and up to 1"),
        ("--max-features 0", "at least 1"),
        ("--select 0", "at least 1"),
        ("--words 2..1", "1 <= min <= max <= 8"),
        ("--words 1..9", "1 <= min <= max <= 8"),
        ("--chars 0..5", "1 <= min <= max <= 16"),
        ("--no-words", "words or chars"),
        ("--class-weight a=0", "above 0"),
        ("--class-weight z=2", "the name of a class"),
        ("--classifier linfa-logistic --top-k 0", "at least 1"),
    ] {
        let message = train_error(GOOD, options);
        assert!(message.contains(range), "{options}: {message}");
    }
}

#[test]
fn a_dense_classifier_past_its_budget() {
    let message = train_error(GOOD, "--min-df 1 --classifier linfa-svm --memory-budget 10");
    assert!(message.contains("more than the limit of 10; lower top_k"), "{message}");
}

#[test]
fn output_that_cannot_be_written_is_told_before_training() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("folder")).unwrap();
    // The broken corpus is not even opened.
    folder.write("broken.jsonl", "{");
    for (output, what) in [
        ("no/such/m.slant", "the folder no/such does not exist; create it first"),
        ("folder", "is a folder; name a file"),
        ("broken.jsonl", "is an input as well and would be overwritten"),
    ] {
        let message = folder.error(&format!("train broken.jsonl -o {output}"));
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn missing_files() {
    let folder = Folder::with_models();
    for arguments in [
        "train missing -o m.slant",
        "evaluate missing --model tram.slant",
        "crossval missing",
        "predict missing --model tram.slant",
        "explain missing --model tram.slant",
        "inspect missing",
        "predict tram.jsonl --model missing",
        "train tram.jsonl -o m.slant --params missing",
    ] {
        let message = folder.error(arguments);
        assert!(message.starts_with("error: missing: "), "{arguments}: {message}");
        assert!(message.contains("check the spelling"), "{arguments}: {message}");
    }
}

#[test]
fn model_files_that_cannot_be_trusted() {
    let folder = Folder::with_models();
    let model = folder.read("tram.slant");
    let mut other_version = model.clone();
    other_version[8] = 99;
    let mut changed = model.clone();
    *changed.last_mut().unwrap() ^= 1;
    for (name, bytes, what) in [
        ("empty.slant", Vec::new(), "not a slantwise model"),
        ("notes.slant", b"Dear diary, this is no model.".to_vec(), "not a slantwise model"),
        ("header.slant", model[..20].to_vec(), "the file is damaged"),
        ("cut.slant", model[..model.len() - 1].to_vec(), "the file is damaged"),
        ("longer.slant", [&model[..], b"x"].concat(), "the file is damaged"),
        ("changed.slant", changed, "the file is damaged: its checksum does not match"),
        ("version.slant", other_version, "model format 99, this program reads"),
    ] {
        folder.write(name, bytes);
        for command in
            ["predict tram.jsonl --model", "evaluate tram.jsonl --model", "explain tram.jsonl --model", "inspect"]
        {
            let message = folder.error(&format!("{command} {name}"));
            assert!(message.starts_with(&format!("error: {name}: {what}")), "{message}");
        }
    }
}

#[test]
fn a_parameter_file_is_checked_line_by_line() {
    let folder = Folder::new();
    for (toml, what) in [
        ("seed = 1\n[features]\nmindf = 3\n", "p.toml:3: unknown field `mindf`"),
        ("seed = 1\nseed = 2\n", "p.toml:2: duplicate key"),
        ("\n\n[features\n", "p.toml:3: "),
        ("[features]\nmin_df = \"two\"\n", "p.toml:2: invalid type"),
        ("[classifier.forest]\n", "p.toml:1: unknown variant `forest`"),
        ("[features]\nmin_df = 0\n", "min_df = 0 is out of range"),
    ] {
        folder.write("p.toml", toml);
        let message = folder.error("train tram.jsonl -o m.slant --params p.toml");
        assert!(message.starts_with(&format!("error: {what}")), "{toml}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn labels_that_the_model_does_not_know() {
    let folder = Folder::with_models();
    folder.write("other.jsonl", "{\"text\": \"t\", \"label\": \"perhaps\"}\n");
    let message = folder.error("evaluate other.jsonl --model tram.slant");
    assert!(message.contains("does not know: perhaps (it knows oppose, support)"), "{message}");
    let message = folder.error("evaluate harbour.jsonl --model tram.slant");
    assert!(message.contains("the model gives one class an article, the articles have several labels"), "{message}");
    let message = folder.error("explain tram.jsonl --model tram.slant --label perhaps");
    assert!(message.contains("it knows oppose, support"), "{message}");

    folder.write("more.jsonl", "{\"text\": \"The fire\", \"labels\": [\"safety\", \"weather\"]}\n");
    let run = folder.run("evaluate more.jsonl --model harbour.slant --format json");
    assert_eq!(run.status, 0, "{run}");
    assert!(run.stderr.contains("which are not scored: weather"), "{run}");
}

#[test]
fn rows_that_cannot_be_split_are_named() {
    let folder = Folder::new();
    folder.write("rows.jsonl", GOOD.replace('}', ", \"date\": \"2024-01-02\", \"domain\": \"x\"}") + &GOOD.repeat(5));
    let message = folder.error("crossval rows.jsonl --folds 2 --group-by domain");
    assert!(message.contains("article 3 (rows.jsonl:3): no value under the key \"domain\""), "{message}");
    let message = folder.error("crossval rows.jsonl --folds 2 --by-date");
    assert!(message.contains("article 3 (rows.jsonl:3): "), "{message}");
    assert!(folder.error("crossval rows.jsonl --folds 1").contains("at least 2"));
    assert!(folder.error("crossval rows.jsonl --folds 100").contains("use fewer folds"));
}
