//! Streams: whole runs, passes, checkpoints, and what is refused.

use insta::assert_snapshot;
use serde_json::Value;

use crate::Folder;

/// Many short articles: rows of the sample corpora under texts of their own.
fn rows(n: usize) -> String {
    let sides = [("oppose", "costs noise debts"), ("support", "comfort speed air")];
    let row = |i: usize| {
        let (label, words) = sides[(i * 7 + i / 3) % 2];
        let word = words.split(' ').nth(i % 3).unwrap();
        format!(
            "{{\"text\": \"The council said number {} of the tram brings {word}, street {}.\", \"label\": \"{label}\"}}\n",
            i % 97,
            i
        )
    };
    (0..n).map(row).collect()
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("many.jsonl", rows(3000));
    folder
}

#[test]
fn a_stream_from_a_file() {
    let folder = folder();
    assert_snapshot!(folder.run("train --stream many.jsonl -o m.slant"));
    let text = folder.ok("inspect m.slant --top 2");
    assert!(text.contains("learned from 3000 articles") && text.contains("[classifier.ftrl]"), "{text}");
    folder.write(
        "new.jsonl",
        "{\"text\": \"The council said that the tram brings debts and noise, so many of them.\"}\n",
    );
    let rows = folder.run("predict new.jsonl --model m.slant --format jsonl --evidence 3").rows();
    let found = &rows[0]["models"]["m"];
    assert_eq!(found["labels"][0], "oppose", "{rows:?}");
    let evidence: Vec<&str> =
        found["evidence"].as_array().unwrap().iter().map(|e| e["term"].as_str().unwrap()).collect();
    assert!(evidence.contains(&"debts"), "{evidence:?}");
}

#[test]
fn standard_input_and_files_give_the_same_model_in_one_pass_and_in_two() {
    let folder = folder();
    for options in ["", "--passes 2"] {
        folder.ok(&format!("train --stream many.jsonl -o file.slant {options}"));
        let run = folder.run_with(&format!("train --stream - -o stdin.slant {options}"), rows(3000));
        assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run}");
        assert!(folder.read("file.slant") == folder.read("stdin.slant"), "{options}");
    }
    folder.ok("train --stream many.jsonl -o one.slant");
    assert!(folder.read("file.slant") != folder.read("one.slant"), "the second pass has no influence");
    assert!(folder.files().iter().all(|file| !file.starts_with('.')), "{:?}", folder.files());
}

#[test]
fn the_model_does_not_depend_on_threads() {
    let folder = folder();
    for corpus in ["many", "harbour"] {
        let train = |jobs: u32| {
            folder.ok(&format!(
                "train --stream {corpus}.jsonl -o m.slant --chars 2..3 --min-df 1 --passes 2 --jobs {jobs}"
            ));
            folder.read("m.slant")
        };
        assert!(train(1) == train(2), "{corpus}");
    }
}

#[test]
fn learning_goes_on_from_a_checkpoint_to_the_same_model() {
    let folder = Folder::new();
    // Several batches: a checkpoint is written between two of them.
    let all = rows(12_000);
    folder.write("all.jsonl", &all);
    folder.ok("train --stream all.jsonl -o whole.slant --passes 2");
    // The first runs break off at a row that is no JSON, in the first pass, and then where the same row is whole again.
    let broken: String = all.lines().take(10_000).map(|line| format!("{line}\n")).collect::<String>() + "{\n";
    for from in ["all.jsonl", "-"] {
        folder.write("all.jsonl", &broken);
        let train = format!("train --stream {from} -o m.slant --passes 2 --checkpoint c --checkpoint-every 5000");
        let named = |file: &str| train.replace(&format!("--stream {from} "), &format!("--stream {file} "));
        let run = |stdin: &str| if from == "-" { folder.run_with(&train, stdin) } else { folder.run(&train) };
        let first = run(&broken);
        assert_eq!(first.status, 2, "{first}");
        assert!(first.stderr.contains(":10001: not a JSON object"), "{first}");
        assert!(folder.files().contains(&"c".to_string()) && !folder.files().contains(&"m.slant".to_string()));
        folder.write("all.jsonl", &all);
        let kept = folder.read("c");

        // Other parameters and other articles are told.
        let error = folder.error(&named("all.jsonl").replace("--passes 2", "--passes 3"));
        assert!(
            error.contains("c: the checkpoint was made with other parameters (classifier.ftrl.passes was 2, now 3)"),
            "{error}"
        );
        folder.write("other.jsonl", rows(12_001).split_once('\n').unwrap().1);
        let error = folder.error(&(named("other.jsonl") + " -q"));
        assert!(error.contains("c: the checkpoint was made from other articles"), "{error}");

        folder.write("c", &kept);
        let second = run(&all);
        assert_eq!(second.status, 0, "{second}");
        assert!(second.stderr.starts_with("going on from c: "), "{second}");
        assert!(folder.read("m.slant") == folder.read("whole.slant"), "{from}");
        assert!(!folder.files().contains(&"c".to_string()), "the checkpoint is removed");
        std::fs::remove_file(folder.path("m.slant")).unwrap();
    }
}

#[test]
fn a_checkpoint_that_is_none_is_refused() {
    let folder = folder();
    for (content, message) in [
        (&b"SLANTWIS1234"[..], "c: not a checkpoint"),
        (b"SLANTCKP\x09\0\0\0", "c: checkpoint format 9, this program reads 2"),
        (b"SLANTCKP\x01\0\0\0of version 0.1.0", "c: checkpoint format 1, this program reads 2"),
        (b"SLANTCKP\x02\0\0\0not compressed", "c: the checkpoint is damaged ("),
    ] {
        folder.write("c", content);
        let error = folder.error("train --stream many.jsonl -o m.slant --checkpoint c");
        assert!(error.contains(message), "{error}");
        assert_eq!(folder.read("c"), content);
    }
}

#[test]
fn options_that_mean_nothing_in_a_stream_are_errors() {
    let folder = Folder::new();
    folder.write("svm.toml", "[classifier.svm]\nc = 2.0\n");
    folder.write("select.toml", "[features]\nselect = 100\n");
    for (options, message) in [
        ("--stream --classifier svm", "--stream does not learn with svm, only with ftrl; leave --classifier out"),
        ("--stream --params svm.toml", "--stream does not learn with svm"),
        ("--stream --params select.toml", "select = 100 is out of range: expected none in a stream"),
        ("--stream --max-features 10", "max_features = 10 is out of range: expected none in a stream"),
        ("--stream --select 10", "use compress afterwards"),
        ("--stream --max-df 0.5", "max_df = 0.5 is out of range: expected 1 in a stream"),
        ("--stream --group-by domain", "group_by = domain is out of range"),
        ("--stream --balance-by domain", "balance_by = domain is out of range"),
        ("--stream --repeated-lines", "repeated_lines = on is out of range"),
        ("--stream --c 2", "--c does not apply to ftrl"),
        ("--stream --class-weight balanced", "--class-weight does not apply to ftrl"),
        ("--stream --multi-class one-vs-rest", "--multi-class does not apply to ftrl"),
        ("--stream --top-k 5", "--top-k does not apply to ftrl"),
        ("--stream --memory 1MB", "memory = 1000000 is out of range: expected at least 128MiB"),
        ("--stream --passes 0", "passes = 0 is out of range: expected 1 to 1000"),
        ("--stream --checkpoint m.slant", "m.slant: is the model file as well"),
        ("--stream --checkpoint tram.jsonl", "tram.jsonl: is an input as well"),
        ("--stream --checkpoint-every 5", "--checkpoint <FILE>"),
        ("--passes 2", "--passes does not apply to logistic, only to ftrl"),
        ("--memory 1GB", "--stream"),
        ("--checkpoint c", "--stream"),
        ("tram.jsonl - --stream --passes 2", "give '-' alone"),
    ] {
        let error = folder.error(&format!("train tram.jsonl -o m.slant {options}"));
        assert!(error.contains(message), "{options}: {error}");
    }
}

#[test]
fn bad_streams_are_named_as_corpora_are() {
    let folder = Folder::new();
    let good = "{\"text\": \"The tram is a gift.\", \"label\": \"a\"}\n";
    for (rows, message) in [
        (format!("{good}{{\"text\": \"cut of"), "error: rows.jsonl:2: not a JSON object ("),
        (format!("{good}\n{{\"text\": \"t\"}}\n"), "error: rows.jsonl:3: no label under the key \"label\""),
        (format!("{good}{{\"text\": \"t\", \"labels\": []}}\n"), "error: rows.jsonl:2: this row has several labels"),
        (String::new(), "error: rows.jsonl: no articles found"),
        (good.repeat(3), "error: training needs at least two classes, found 1 (a)"),
        (good.to_string() + &good.replace("\"a\"", "\"b\"").replace("tram", "bus"), "the vocabulary is empty"),
    ] {
        folder.write("rows.jsonl", &rows);
        folder.write("m.slant", "old model");
        for options in ["", "--passes 2"] {
            let error = folder.error(&format!("train --stream rows.jsonl -o m.slant --min-df 5 {options}"));
            assert!(error.contains(message), "{rows}: {error}");
        }
        assert_eq!(folder.read("m.slant"), b"old model");
    }
    let run = folder.run_with("train --stream - -o m.slant --passes 2", "");
    assert_eq!((run.status, run.stderr.as_str()), (2, "error: -: no articles found\n"), "{run}");
    assert!(folder.files().iter().all(|file| !file.starts_with('.')), "{:?}", folder.files());
    folder.write("w.jsonl", good.replace("\"a\"", "\"a\", \"w\": 2") + good);
    let error = folder.error("train --stream w.jsonl -o m.slant --weight-by w");
    assert!(error.contains("weight_by = nothing (w.jsonl:2) is out of range"), "{error}");
}

#[test]
fn articles_that_come_class_by_class_are_warned_about() {
    let folder = folder();
    let mut lines: Vec<String> = rows(400).lines().map(str::to_string).collect();
    let sorted = |line: &String| line.contains("support");
    lines.sort_by_key(sorted);
    folder.write("sorted.jsonl", lines.join("\n"));
    let run = folder.run("train --stream sorted.jsonl -o m.slant");
    assert_eq!(run.status, 0, "{run}");
    assert!(
        run.stderr.contains("warning: the articles come class by class") && run.stderr.contains("shuffle them"),
        "{run}"
    );
    assert!(!folder.run("train --stream many.jsonl -o m.slant").stderr.contains("warning"));
}

#[test]
fn ftrl_also_learns_a_corpus() {
    let folder = folder();
    folder.ok("train many.jsonl -o m.slant --classifier ftrl --passes 3");
    let json: Value = serde_json::from_str(&folder.ok("evaluate many.jsonl --model m.slant --format json")).unwrap();
    assert!(json["accuracy"].as_f64().unwrap() > 0.95, "{json}");
}
