//! One run of every command, word for word.

use insta::assert_snapshot;

use crate::Folder;

#[test]
fn train() {
    let folder = Folder::new();
    assert_snapshot!(folder.run("train tram.jsonl -o tram.slant --classifier naive-bayes --min-df 1"));
    assert_snapshot!(folder.run("train harbour.jsonl -o harbour.slant --classifier naive-bayes --chars 2..3"));
}

#[test]
fn predict() {
    let folder = Folder::with_models();
    assert_snapshot!(folder.run("predict articles --model tram.slant --model harbour.slant --evidence 3"));
    assert_snapshot!(folder.run("predict articles --model tram.slant --format jsonl --evidence 1 --keep domain"));
    assert_snapshot!(
        folder.run("predict articles --model tram.slant --model harbour.slant --format csv --keep domain")
    );
    assert_snapshot!(folder.run("predict articles --model tram.slant --model harbour.slant"));
}

#[test]
fn evaluate() {
    let folder = Folder::with_models();
    assert_snapshot!(folder.run("evaluate tram.jsonl --model tram.slant"));
    assert_snapshot!(folder.run("evaluate harbour.jsonl --model harbour.slant --format json"));
}

#[test]
fn crossval() {
    let folder = Folder::new();
    let options = "--classifier naive-bayes --min-df 1 --folds 4";
    assert_snapshot!(folder.run(&format!("crossval tram.jsonl {options} --group-by domain")));
    assert_snapshot!(folder.run(&format!("crossval harbour.jsonl {options} --fail-under macro-f1=0.99")));
}

#[test]
fn explain() {
    let folder = Folder::with_models();
    assert_snapshot!(folder.run("explain articles/for.txt --model tram.slant --top 6"));
    assert_snapshot!(folder.run("explain articles/for.txt --model harbour.slant --top 2 --label money --format json"));
}

#[test]
fn inspect() {
    let folder = Folder::with_models();
    assert_snapshot!(folder.run("inspect tram.slant --top 4"));
    assert_snapshot!(folder.run("inspect harbour.slant --top 1 --format json"));
}

#[test]
fn clean() {
    let folder = Folder::new();
    assert_snapshot!(folder.run("clean page.txt"));
    assert_snapshot!(folder.run("clean page.txt --format jsonl --off comment"));
    assert_snapshot!(folder.run("clean page.txt --format html"));
}

#[test]
fn help() {
    let folder = Folder::new();
    for command in [
        "",
        "train",
        "predict",
        "evaluate",
        "crossval",
        "audit",
        "explain",
        "inspect",
        "compress",
        "clean",
        "completions",
    ] {
        assert_snapshot!(format!("help_{command}"), folder.run(&format!("{command} --help")));
    }
}
