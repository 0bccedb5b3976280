//! Labelling: inputs, outputs, order, bad rows.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::{Folder, Run};

/// The offsets of the evidence, cut out of the text by code points, give the words that it quotes.
fn check_offsets(rows: &[Value], texts: impl Fn(usize) -> String) -> usize {
    let mut checked = 0;
    for (i, row) in rows.iter().enumerate() {
        let text: Vec<char> = texts(i).chars().collect();
        for model in row["models"].as_object().unwrap().values() {
            for e in model["evidence"].as_array().unwrap() {
                let at = |key: &str| e[key].as_u64().unwrap() as usize;
                assert_eq!(e["in"], "text");
                let words: String = text[at("start")..at("end")].iter().collect();
                assert_eq!(words, e["text"].as_str().unwrap());
                checked += 1;
            }
        }
    }
    checked
}

#[test]
fn offsets_are_code_points_in_cyrillic_and_arabic() {
    let folder = Folder::new();
    folder.ok("train weather.jsonl -o weather.slant --min-df 1");
    let run = folder.run("predict weather.jsonl --model weather.slant --format jsonl --evidence 50 --keep text,label");
    assert_eq!(run.status, 2, "the text can't be carried along\n{run}");
    let run = folder.run("predict weather.jsonl --model weather.slant --format jsonl --evidence 50 --keep label");
    let rows = run.rows();
    let source = String::from_utf8(folder.read("weather.jsonl")).unwrap();
    let source: Vec<Value> = source.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), source.len());
    let checked = check_offsets(&rows, |i| source[i]["text"].as_str().unwrap().to_string());
    assert!(checked > 100, "{checked}");
    for (row, source) in rows.iter().zip(&source) {
        assert_eq!((&row["id"], &row["lang"], &row["label"]), (&source["id"], &source["lang"], &source["label"]));
        assert_eq!(row["models"]["weather"]["labels"], json!([source["label"]]));
    }
    let terms: Vec<&str> = rows
        .iter()
        .flat_map(|row| row["models"]["weather"]["evidence"].as_array().unwrap())
        .map(|e| e["term"].as_str().unwrap())
        .collect();
    assert!(terms.contains(&"сонце") && terms.contains(&"الصيف"), "{terms:?}");
}

#[test]
fn every_way_in_gives_the_same_labels() {
    let folder = Folder::with_models();
    let rows = folder.read("tram.jsonl");
    folder.write("tram.jsonl.zst", zstd::encode_all(&rows[..], 3).unwrap());
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&rows).unwrap();
    folder.write("tram.jsonl.gz", gz.finish().unwrap());
    let options = "--model tram.slant --format jsonl --keep domain,source.rank,label,title";
    let expected = folder.ok(&format!("predict tram.jsonl {options}"));
    assert_eq!(expected.lines().count(), 20);
    let first: Value = serde_json::from_str(expected.lines().next().unwrap()).unwrap();
    assert_eq!(first["domain"], "tramnews.example");
    assert_eq!((&first["source.rank"], &first["title"]), (&json!(0), &json!("Tram comes to town")));
    for way in ["tram.jsonl.zst", "tram.jsonl.gz", "-j1 tram.jsonl"] {
        assert_eq!(folder.ok(&format!("predict {way} {options}")), expected, "{way}");
    }
    for way in ["predict", "predict -"] {
        let run = folder.run_with(&format!("{way} {options}"), rows.clone());
        assert_eq!((run.status, run.stdout), (0, expected.clone()), "{way}");
    }
    folder.ok(&format!("predict tram.jsonl {options} -o out.txt"));
    assert_eq!(folder.read("out.txt"), expected.as_bytes());
}

#[test]
fn the_name_of_the_output_tells_its_format() {
    let folder = Folder::with_models();
    for (name, start) in
        [("a.jsonl", "{\"id\":"), ("a.csv", "id,lang,tram.labels,"), ("a.txt", "articles/against.txt  en\n")]
    {
        assert_eq!(folder.ok(&format!("predict articles --model tram.slant -o {name}")), "");
        assert!(folder.read(name).starts_with(start.as_bytes()), "{name}");
    }
    assert!(folder.error("predict articles --model tram.slant -o a.jsonl.gz").contains("leave .gz or .zst away"));
    let csv = String::from_utf8(folder.read("a.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let cells: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
    let sum: f64 = cells[0].iter().skip(4).map(|p| p.parse::<f64>().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-12);
}

#[test]
fn order_and_labels_do_not_depend_on_threads_or_batches() {
    let folder = Folder::with_models();
    let rows: String = (0..3000)
        .map(|i| {
            let text =
                ["The tram brings cleaner air.", "The council wastes money.", "Noise, dust, and quiet streets."][i % 3];
            json!({"id": i, "text": text.repeat(1 + i % 70)}).to_string() + "\n"
        })
        .collect();
    folder.write("many.jsonl", &rows);
    let one = folder.ok("predict many.jsonl --model tram.slant --format jsonl --evidence 2 --jobs 1");
    let four = folder.ok("predict many.jsonl --model tram.slant --format jsonl --evidence 2 --jobs 4");
    assert!(one == four);
    let ids: Vec<Value> = one.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone()).collect();
    assert_eq!(ids, (0..3000).map(|i| json!(i.to_string())).collect::<Vec<_>>());
}

const MIXED: &[u8] = b"{\"id\": \"a\", \"text\": \"The tram.\"}\n{\"id\": \"b\", \n{\"id\": \"c\", \"text\": \"A toy train.\"}\n{\"id\": \"d\"}\n{\"text\": \"\xff\"}\n";

#[test]
fn a_row_that_cannot_be_read_is_named_and_the_rest_goes_on() {
    let folder = Folder::with_models();
    folder.write("mixed.jsonl", MIXED);
    let run = folder.run("predict mixed.jsonl --model tram.slant --format jsonl");
    assert_eq!(run.status, 2);
    assert_eq!(run.rows().iter().map(|r| &r["id"]).collect::<Vec<_>>(), ["a", "c"]);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 4, "{run}");
    assert!(lines[0].starts_with("error: mixed.jsonl:2: not a JSON object"), "{run}");
    assert!(lines[1].starts_with("error: mixed.jsonl:4: no text"), "{run}");
    assert!(lines[2].starts_with("error: mixed.jsonl:5: invalid UTF-8 at byte 10"), "{run}");
    assert!(lines[3].starts_with("error: 3 rows could not be read; 2 articles are labelled"), "{run}");
}

#[test]
fn rejected_rows_are_set_aside_with_their_reason() {
    let folder = Folder::with_models();
    folder.write("mixed.jsonl", MIXED);
    let run = folder.run("predict mixed.jsonl --model tram.slant --format jsonl --rejects bad.jsonl -o good.jsonl");
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run}");
    assert!(run.stderr.starts_with("warning: 3 rows set aside"), "{run}");
    assert_eq!(folder.read("good.jsonl").iter().filter(|b| **b == b'\n').count(), 2);
    let rejects =
        Run { status: 0, stdout: String::from_utf8(folder.read("bad.jsonl")).unwrap(), stderr: String::new() };
    let places: Vec<(Value, Value)> = rejects.rows().iter().map(|r| (r["file"].clone(), r["line"].clone())).collect();
    assert_eq!(places, [2, 4, 5].map(|line| (json!("mixed.jsonl"), json!(line))));
    assert!(rejects.rows()[1]["reason"].as_str().unwrap().starts_with("no text"));
}

#[test]
fn where_nothing_can_be_read_the_old_output_stays() {
    let folder = Folder::with_models();
    folder.write("bad.jsonl", "not JSON\n");
    folder.write("out.jsonl", "old");
    for arguments in ["bad.jsonl", "bad.jsonl --rejects set-aside.jsonl", "missing.jsonl", "articles missing.txt"] {
        let message = folder.run(&format!("predict {arguments} --model tram.slant -o out.jsonl"));
        assert_eq!(message.status, 2, "{message}");
        assert_eq!(folder.read("out.jsonl"), b"old", "{arguments}");
    }
    assert!(!folder.files().iter().any(|file| file.ends_with(".tmp")), "{:?}", folder.files());
}

#[test]
fn an_input_that_breaks_off_is_an_error_after_what_was_read() {
    let folder = Folder::with_models();
    let rows: Vec<u8> = (0..20_000u32)
        .flat_map(|i| format!("{{\"text\": \"tram {}\"}}\n", i.wrapping_mul(2_654_435_761)).into_bytes())
        .collect();
    let packed = zstd::encode_all(&rows[..], 1).unwrap();
    folder.write("cut.jsonl.zst", &packed[..packed.len() / 2]);
    let run = folder.run("predict cut.jsonl.zst --model tram.slant --format jsonl --rejects bad.jsonl");
    assert_eq!(run.status, 2);
    assert!(run.rows().len() > 1000);
    assert!(run.stderr.contains("cut.jsonl.zst: can't decompress"), "{}", run.stderr);
    assert!(run.stderr.contains("could not be read to the end"), "{}", run.stderr);
}

#[test]
fn empty_input_is_told_and_no_error() {
    let folder = Folder::with_models();
    let run = folder.run_with("predict --model tram.slant", "");
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    assert_eq!(run.stderr, "warning: there are no articles in the input\n");
}

#[test]
fn a_closed_pipe_ends_the_run_in_silence() {
    let folder = Folder::with_models();
    let rows = "{\"text\": \"The tram brings cleaner air.\"}\n".repeat(100_000);
    folder.write("many.jsonl", rows);
    for arguments in [
        &["predict", "many.jsonl", "--model", "tram.slant", "--format", "jsonl"][..],
        &["explain", "many.jsonl", "--model", "tram.slant"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_slantwise"))
            .args(arguments)
            .current_dir(folder.0.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn rows_that_trickle_in_are_answered_at_once() {
    let folder = Folder::with_models();
    let mut child = Command::new(env!("CARGO_BIN_EXE_slantwise"))
        .args(["predict", "-", "--model", "tram.slant", "--format", "jsonl"])
        .current_dir(folder.0.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for id in ["first", "second", "third"] {
        writeln!(stdin, "{{\"id\": \"{id}\", \"text\": \"The tram.\"}}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.starts_with(&format!("{{\"id\":\"{id}\"")), "{line}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[cfg(feature = "models")]
#[test]
fn without_a_model_the_shipped_ones_answer() {
    let run = Folder::new().run("predict articles --format jsonl");
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run}");
    let rows = run.rows();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let models = row["models"].as_object().unwrap();
        assert!(models.contains_key("ukraine-stance") && models.contains_key("frames"), "{models:?}");
        assert!(models.values().all(|model| model["scores"].as_object().is_some_and(|scores| scores.len() > 1)));
    }
}

#[test]
fn keys_and_names_that_cannot_be_are_refused() {
    let folder = Folder::with_models();
    let run = folder.run("predict tram.jsonl --model tram.slant --keep nothing --format jsonl");
    assert_eq!(run.status, 0);
    assert_eq!(run.rows()[0]["nothing"], Value::Null);
    assert_eq!(run.stderr, "warning: --keep: no article has the key nothing\n");
    std::fs::create_dir(folder.path("other")).unwrap();
    std::fs::copy(folder.path("tram.slant"), folder.path("other/tram.slant")).unwrap();
    let message = folder.error("predict tram.jsonl --model tram.slant --model other/tram.slant");
    assert!(message.contains("other/tram.slant: another model is named \"tram\""), "{message}");
    assert!(folder.error("predict tram.jsonl --model tram.slant -o tram.jsonl").contains("is an input as well"));
    assert!(folder.error("predict tram.jsonl --model nosuch").contains("nosuch"));
    assert!(folder.error("predict - - --model tram.slant").contains("once only"));
}
