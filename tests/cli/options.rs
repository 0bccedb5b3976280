//! Options: what they change, how they go together, and what they refuse.

use serde_json::Value;

use crate::Folder;

#[test]
fn the_model_does_not_depend_on_threads_or_runs() {
    let folder = Folder::new();
    for (corpus, classifier) in [("tram", "logistic"), ("harbour", "svm"), ("weather", "nb-svm")] {
        let train = |model: &str, jobs: u32| {
            folder.ok(&format!("train {corpus}.jsonl -o {model} --classifier {classifier} --chars 2..4 --jobs {jobs}"));
            folder.read(model)
        };
        let one = train("one.slant", 1);
        assert!(one == train("two.slant", 2), "{corpus}");
        assert!(one == train("two.slant", 2), "{corpus}");
    }
}

#[test]
fn every_classifier_trains_and_predicts() {
    let folder = Folder::new();
    for corpus in ["tram", "harbour"] {
        for classifier in
            ["logistic", "svm", "nb-svm", "naive-bayes", "complement-naive-bayes", "linfa-logistic", "linfa-svm"]
        {
            folder.ok(&format!("train {corpus}.jsonl -o m.slant --classifier {classifier}"));
            let json: Value = serde_json::from_str(&folder.ok("inspect m.slant --format json")).unwrap();
            assert!(json["n_terms"].as_u64().unwrap() > 10);
            let json = folder.ok(&format!("evaluate {corpus}.jsonl --model m.slant --format json"));
            let json: Value = serde_json::from_str(&json).unwrap();
            assert!(json["macro_f1"].as_f64().unwrap() > 0.5, "{corpus} {classifier}: {json}");
        }
    }
}

#[test]
fn options_go_before_the_parameter_file_and_inspect_prints_it() {
    let folder = Folder::new();
    folder.write("p.toml", "seed = 7\n[features]\nmin_df = 3\n[classifier.svm]\nc = 4.0\n");
    folder.ok("train tram.jsonl -o m.slant --params p.toml --c 0.5 --no-words --chars 2..4 --max-df 0.9");
    let json: Value = serde_json::from_str(&folder.ok("inspect m.slant --format json")).unwrap();
    let params = &json["params"];
    assert_eq!((&params["seed"], &params["features"]["min_df"]), (&7.into(), &3.into()));
    assert_eq!((&params["classifier"]["svm"]["c"], &params["features"]["max_df"]), (&0.5.into(), &0.9.into()));

    // What inspect prints gives the same model again.
    let text = folder.ok("inspect m.slant");
    let toml = text.split_once("Parameters\n\n").unwrap().1.split("\n\noppose\n").next().unwrap();
    folder.write("again.toml", toml);
    folder.ok("train tram.jsonl -o again.slant --params again.toml");
    assert!(folder.read("again.slant") == folder.read("m.slant"));
}

#[test]
fn options_of_reading_and_analysis_stand_in_the_model() {
    let folder = Folder::new();
    let reading = "--known-outlets --repeated-lines --quotes apart --stem --stop-words";
    folder.ok(&format!("train tram.jsonl -o m.slant --classifier naive-bayes --min-df 1 {reading}"));
    let json: Value = serde_json::from_str(&folder.ok("inspect m.slant --format json")).unwrap();
    let (reading, words) = (&json["params"]["reading"], &json["params"]["analyzer"]["words"]);
    assert_eq!((&reading["clean"]["known_outlets"], &reading["quotes"]), (&true.into(), &"apart".into()));
    assert!(reading["repeated_lines"].is_object());
    assert_eq!((&words["stem"], &words["stop_words"]), (&true.into(), &true.into()));
    folder.ok("predict articles --model m.slant --evidence 2");

    // A file may have the rest, and options go before it.
    folder.write(
        "p.toml",
        "[reading]\nclean = false\nquotes = 'drop'\n[analyzer.normalize]\nspaced_out = true\n\
         [analyzer.normalize_by_language.uk]\nleetspeak = true\n",
    );
    folder.ok("train tram.jsonl -o n.slant --classifier naive-bayes --min-df 1 --params p.toml --quotes same");
    let json: Value = serde_json::from_str(&folder.ok("inspect n.slant --format json")).unwrap();
    let params = &json["params"];
    assert_eq!((&params["reading"]["clean"], &params["reading"]["quotes"]), (&false.into(), &"same".into()));
    assert_eq!(params["analyzer"]["normalize"]["spaced_out"], true);
    assert_eq!(params["analyzer"]["normalize_by_language"]["uk"]["leetspeak"], true);

    folder.write("bad.toml", "[analyzer.normalize_by_language.ua]\nleetspeak = true\n");
    let error = folder.error("train tram.jsonl -o o.slant --params bad.toml");
    assert!(error.contains("bad.toml:1") && error.contains("`ua`"), "{error}");
}

#[test]
fn an_option_that_does_not_apply_is_an_error() {
    let folder = Folder::new();
    for (options, what) in [
        ("--classifier naive-bayes --c 2", "--c does not apply to naive-bayes"),
        ("--classifier linfa-svm --class-weight balanced", "--class-weight does not apply to linfa-svm"),
        ("--classifier svm --multi-class one-vs-rest", "--multi-class does not apply to svm, only to logistic"),
        ("--top-k 10", "--top-k does not apply to logistic"),
        ("--memory-budget 1GB", "--memory-budget does not apply to logistic"),
        ("--no-words --punctuation", "cannot be used with"),
        ("--no-words --stem", "cannot be used with"),
        ("--no-clean --known-outlets", "cannot be used with"),
        ("--budget 120s", "unexpected argument"),
        ("--balance lang", "unexpected argument"),
        ("--jobs 0", "invalid value"),
    ] {
        let message = folder.error(&format!("train tram.jsonl -o m.slant {options}"));
        assert!(message.contains(what), "{options}: {message}");
    }
    assert_eq!(
        folder.error("predict tram.jsonl --model m --format html").lines().next().unwrap_or(""),
        "error: invalid value 'html' for '--format <FORMAT>'"
    );
    assert!(folder.error("crossval tram.jsonl --by-date --group-by domain").contains("cannot be used with"));
}

#[test]
fn gates_decide_the_exit_status() {
    let folder = Folder::with_models();
    let evaluate = |gates: &str| folder.run(&format!("evaluate tram.jsonl --model tram.slant --format json {gates}"));
    let passed = evaluate("--fail-under macro-f1=0.5 --fail-under accuracy=0.5");
    assert_eq!((passed.status, passed.stderr.as_str()), (0, ""));
    folder.write(
        "wrong.jsonl",
        "{\"text\": \"The tram\", \"label\": \"oppose\"}\n{\"text\": \"tram\", \"label\": \"support\"}\n",
    );
    let failed = folder.run("evaluate wrong.jsonl --model tram.slant --fail-under macro-f1=1 --fail-under accuracy=0.1 --fail-under balanced-accuracy=1");
    assert_eq!(failed.status, 1, "{failed}");
    assert_eq!(failed.stderr.lines().count(), 2, "{failed}");
    assert!(failed.stderr.starts_with("failed: macro_f1 is "), "{failed}");
    assert!(failed.stdout.contains("macro-f1"), "the scores are printed all the same");
    assert!(folder.error("evaluate tram.jsonl --model tram.slant --fail-under f1=0.5").contains("macro-f1"));
    assert!(
        folder.error("evaluate tram.jsonl --model tram.slant --fail-under log-loss=0.5").contains("less is better")
    );
    assert!(folder.error("evaluate tram.jsonl --model tram.slant --fail-under accuracy=70").contains("from 0 to 1"));
    let run = evaluate("--fail-under samples-f1=0.1");
    assert_eq!(run.status, 2, "{run}");
}

#[test]
fn crossval_gives_folds_and_names_classes_that_a_fold_lacks() {
    let folder = Folder::new();
    let json: Value = serde_json::from_str(&folder.ok("crossval tram.jsonl --folds 4 --format json")).unwrap();
    let folds = json["folds"].as_array().unwrap();
    assert_eq!((json["n"].as_u64(), folds.len()), (Some(20), 4));
    assert_eq!(folds.iter().map(|f| f["n"].as_u64().unwrap()).sum::<u64>(), 20);
    assert!(json["per_label"]["support"]["f1"].is_number());
    assert!(json["interval"].is_object());
    let json: Value =
        serde_json::from_str(&folder.ok("crossval tram.jsonl --by-date --folds 3 --format json")).unwrap();
    assert_eq!(json["folds"].as_array().unwrap().len(), 3);
    assert!(json["n"].as_u64().unwrap() < 20, "the oldest articles are not tested");

    let mut rows = String::from_utf8(folder.read("tram.jsonl")).unwrap();
    rows.push_str("{\"text\": \"The tram, perhaps.\", \"label\": \"unsure\"}\n");
    folder.write("rare.jsonl", rows);
    let run = folder.run("crossval rare.jsonl");
    assert_eq!(run.status, 0, "{run}");
    assert!(run.stderr.starts_with("warning: \"unsure\" is missing from the training part of fold "), "{run}");
    assert!(run.stderr.contains("use fewer folds"), "{run}");
}

#[test]
fn contributions_sum_up_to_the_score() {
    let folder = Folder::with_models();
    let run = folder.run("explain tram.jsonl --model tram.slant --top 3 --format json");
    let rows = run.rows();
    assert_eq!(rows.len(), 20);
    for row in rows {
        for e in row["explanations"].as_array().unwrap() {
            let number = |key: &str| e[key].as_f64().unwrap();
            let evidence = e["evidence"].as_array().unwrap();
            assert_eq!(evidence.len(), 3);
            let shown: f64 = evidence.iter().map(|e| e["contribution"].as_f64().unwrap()).sum();
            assert!((number("intercept") + shown + number("others") - number("score")).abs() < 1e-9);
        }
    }
}

#[test]
fn labels_come_from_any_key() {
    let folder = Folder::new();
    folder.ok("train tram.jsonl -o rank.slant --label source.rank");
    let json: Value = serde_json::from_str(&folder.ok("inspect rank.slant --format json")).unwrap();
    let names: Vec<&str> = json["labels"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["0", "1", "2"]);
    let evaluate = "evaluate tram.jsonl --model rank.slant --label source.rank --format json";
    let json: Value = serde_json::from_str(&folder.ok(evaluate)).unwrap();
    assert_eq!(json["n"], 20);
}

#[test]
fn quiet_leaves_warnings_and_data() {
    let folder = Folder::new();
    let run = folder.run("train tram.jsonl -o m.slant --quiet");
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let loud = folder.run("train tram.jsonl -o m.slant");
    assert!(loud.stdout.is_empty() && loud.stderr.contains("m.slant written in "), "{loud}");
}

#[test]
fn colour_is_for_terminals_or_on_demand() {
    let folder = Folder::with_models();
    let predict = || {
        let mut command = folder.command();
        command.args(["predict", "articles", "--model", "tram.slant", "--evidence", "2"]);
        command
    };
    let plain = crate::Run::of(&mut predict()).stdout;
    assert!(!plain.contains('\x1b'));
    let forced = crate::Run::of(predict().env("CLICOLOR_FORCE", "1")).stdout;
    assert!(forced.contains('\x1b'));
    let refused = crate::Run::of(predict().env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")).stdout;
    assert_eq!(refused, plain);
}

#[test]
fn completions_for_every_shell() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = folder.ok(&format!("completions {shell}"));
        assert!(script.contains("crossval") && script.contains("fail-under"), "{shell}");
    }
    assert!(folder.error("completions csh").contains("possible values"));
}
