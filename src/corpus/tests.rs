//! Corpora read from files and streams of every kind.

use std::fs;

use proptest::prelude::*;

use super::*;

fn read(text: &str, format: Format) -> Result<Corpus> {
    Corpus::from_reader(text.as_bytes(), "f", format, &ReadOptions::default())
}

fn error(text: &str, format: Format) -> String {
    read(text, format).unwrap_err().to_string()
}

fn ids(corpus: &Corpus) -> Vec<&str> {
    corpus.examples().iter().map(|example| example.article.id()).collect()
}

fn golds(corpus: &Corpus) -> Vec<Gold> {
    corpus.examples().iter().map(|example| example.gold.clone()).collect()
}

/// More rows than one block holds, of very different lengths.
fn many_rows(n: usize) -> Vec<String> {
    let row = |i: usize| {
        let text = "A sentence about the harbour. ".repeat(1 + i * i % 97);
        format!("{{\"id\": \"{i}\", \"text\": \"{text}\", \"label\": \"{}\"}}", i % 3)
    };
    (0..n).map(row).collect()
}

fn threads(n: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap()
}

#[test]
fn labels_and_targets_follow_the_examples() {
    let corpus =
        read("{\"text\": \"t\", \"labels\": [\"b\"]}\n{\"text\": \"u\", \"labels\": []}\n", Format::Jsonl).unwrap();
    assert_eq!((corpus.len(), corpus.task(), corpus.labels().names()), (2, Task::Several, &["b".to_string()][..]));
    assert_eq!(corpus.targets(), Targets::Several { n_classes: 1, flags: vec![true, false] });
    let again = Corpus::from_examples(corpus.clone().into_examples()).unwrap();
    assert_eq!(again, corpus);
}

#[test]
fn order_is_kept_at_any_number_of_threads() {
    let rows = many_rows(4_000);
    let text = rows.join("\n");
    assert!(text.len() > 4 * lines::BLOCK_BYTES);
    let one = threads(1).install(|| read(&text, Format::Jsonl)).unwrap();
    let four = threads(4).install(|| read(&text, Format::Jsonl)).unwrap();
    assert_eq!(one, four);
    let expected: Vec<String> = (0..rows.len()).map(|i| i.to_string()).collect();
    assert_eq!(ids(&four), expected);
}

#[test]
fn the_first_error_of_a_file_is_reported_whichever_thread_meets_one() {
    let mut rows = many_rows(4_000);
    rows[3_999] = "{".into();
    rows[1_500] = "{\"text\": 1}".into();
    let first_of = |rows: &[String]| {
        let text = rows.join("\n");
        threads(4).install(|| error(&text, Format::Jsonl))
    };
    assert!(first_of(&rows).starts_with("f:1501: the key \"text\" holds a number"));
    rows[1_200] = "{\"text\": \"t\", \"labels\": []}".into();
    assert_eq!(
        first_of(&rows),
        "f:1201: this row has several labels, the rows before it one class; a corpus holds one or the other"
    );
    rows[1_100] = "\n{\"text\": \"t\"}".into();
    assert!(first_of(&rows).starts_with("f:1102: no label under the key \"label\""));
}

#[test]
fn one_class_and_several_labels_do_not_mix_across_files_either() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a.csv"), folder.path().join("b.jsonl"));
    fs::write(&a, "text,labels\nt,x|y\nu,\n").unwrap();
    fs::write(&b, "\n{\"text\": \"v\", \"label\": \"x\"}\n").unwrap();
    let error = Corpus::from_paths(&[&a, &b], &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("b.jsonl:2: this row has one class, the rows before it several labels"));
    assert_eq!(Corpus::from_path(&a).unwrap().task(), Task::Several);
}

#[test]
fn tables_name_the_line_where_a_bad_row_begins() {
    let csv = "\u{feff}id,text,label\r\n1,\"a\r\nb\",x\r\n\r\n2,\"c\",\r\n";
    assert_eq!(
        error(csv, Format::Csv).split(" (").next(),
        Some("f:5: no label under the key \"label\"; add it, or name another key with --label")
    );
    let tsv = read("id\ttext\tlabel\n1\ta, b\tx\n2\tc\t\"y\tz\"\n", Format::Tsv).unwrap();
    assert_eq!((ids(&tsv), tsv.labels().names().join("+")), (vec!["1", "2"], "x+y\tz".to_string()));
}

#[test]
fn a_fasttext_file_decides_as_a_whole_between_classes_and_labels() {
    let one = read("__label__b rain\n\n__label__a sun\n", Format::FastText).unwrap();
    assert_eq!(golds(&one), [Gold::One("b".into()), Gold::One("a".into())]);
    assert_eq!(ids(&one), ["f:1", "f:3"]);
    for other in ["__label__a __label__b both", "neither"] {
        let several = read(&format!("__label__b rain\n{other}\n"), Format::FastText).unwrap();
        assert_eq!(golds(&several)[0], Gold::several(["b"]));
        assert_eq!(several.task(), Task::Several);
    }
    assert!(error("__label__a\n", Format::FastText).starts_with("f:1: no text"));
}

#[test]
fn a_text_file_is_fasttext_or_needs_a_folder_for_its_label() {
    assert_eq!(read("\n __label__a sun\n", Format::Text).unwrap().examples()[0].article.text(), "sun");
    assert!(error("An article.", Format::Text).starts_with("f: a file of one article has no label of its own"));
}

#[test]
fn folders_name_the_labels_of_the_files_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let write = |name: &str, text: &str| {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("wet/b.txt", "Rain.");
    write("wet/2024/a.txt", "Snow.");
    write("dry/1001", "Sun.");
    write("dry/photo.jpg", "passed over");
    write("more.jsonl", "{\"text\": \"Hail.\", \"label\": \"wet\", \"id\": \"m\"}\n");
    let corpus = Corpus::from_path(root).unwrap();
    let rows: Vec<_> = corpus.examples().iter().map(|e| (e.article.text(), e.gold.labels()[0].as_str())).collect();
    assert_eq!(rows, [("Sun.", "dry"), ("Hail.", "wet"), ("Snow.", "wet"), ("Rain.", "wet")]);
    assert_eq!(ids(&corpus)[0], root.join("dry/1001").to_str().unwrap());
    assert_eq!(corpus.task(), Task::One);

    write("wet/empty.txt", "");
    assert!(
        Corpus::from_path(root)
            .unwrap_err()
            .to_string()
            .ends_with("empty.txt: no text; a row needs the key \"text\" with a non-empty string")
    );
    fs::remove_file(root.join("wet/empty.txt")).unwrap();
    write("a.jsonl", "{\"text\": \"t\", \"labels\": []}\n");
    assert!(matches!(
        Corpus::from_path(root).unwrap_err(),
        Error::Corpus { place, kind: CorpusErrorKind::MixedTasks { .. } } if place.path.ends_with("dry/1001")
    ));
}

#[test]
fn compressed_files_give_the_same_corpus_and_damage_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let rows = many_rows(2_000).join("\n");
    let plain = Corpus::from_reader(rows.as_bytes(), "x", Format::Jsonl, &ReadOptions::default()).unwrap();
    let path = folder.path().join("x.jsonl.zst");
    let packed = zstd::encode_all(rows.as_bytes(), 1).unwrap();
    fs::write(&path, &packed).unwrap();
    assert_eq!(Corpus::from_path(&path).unwrap(), plain);
    let capped = ReadOptions::default().max_expanded_bytes(rows.len() as u64 - 1);
    assert!(Corpus::from_paths(&[&path], &capped).unwrap_err().to_string().contains("expands to more than"));
    fs::write(&path, &packed[..packed.len() - 9]).unwrap();
    assert!(Corpus::from_path(&path).unwrap_err().to_string().contains("x.jsonl.zst: can't decompress"));
}

#[test]
fn nothing_to_read_is_an_error() {
    assert_eq!(error("\n \r\n", Format::Jsonl), "f: no articles found");
    assert_eq!(error("text,label\n", Format::Csv), "f: no articles found");
    assert!(matches!(Corpus::from_examples(Vec::new()), Err(Error::Corpus { kind: CorpusErrorKind::Empty, .. })));
    let none: &[&Path] = &[];
    assert!(matches!(Corpus::from_paths(none, &ReadOptions::default()), Err(Error::Param { .. })));
    assert!(matches!(Corpus::from_path("no/such.jsonl"), Err(Error::Io { .. })));
}

#[test]
fn examples_made_in_memory_are_checked_too() {
    let example = |gold, end| Example {
        article: crate::article::Article::from_text("дім"),
        gold,
        spans: vec![crate::article::LabelledSpan { start: 0, end, label: "x".into() }],
    };
    let one = Gold::One("a".into());
    let beyond = Corpus::from_examples(vec![example(one.clone(), 3), example(one.clone(), 4)]).unwrap_err();
    assert_eq!(beyond.to_string(), "examples:2: the span 0..4 does not fit a text of 3 code points");
    let mixed = Corpus::from_examples(vec![example(one, 3), example(Gold::several(["a"]), 3)]).unwrap_err();
    assert!(mixed.to_string().starts_with("examples:2: this row has several labels"));
}

const FORMATS: [Format; 6] = [Format::Jsonl, Format::Csv, Format::Tsv, Format::FastText, Format::Text, Format::Html];

/// Bytes that come near to rows: parts of every format in any order.
fn near_rows() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(&b"{\"text\": \"a\\u00e9\", \"label\": \"x\"}"[..]),
        Just(&b"{\"text\": \"b\", \"labels\": [\"x\", \"y\"], \"spans\": [{\"start\": 0, \"end\": 1, \"label\": \"z\"}]}"[..]),
        Just(&b"{\"id\": 1e400, \"a\": {\"b\": [{}]}, "[..]),
        Just(&b"text,label,labels\n"[..]),
        Just(&b"text\tlabel\n"[..]),
        Just(&b"__label__x __label__"[..]),
        Just(&b"\""[..]),
        Just(&b"\"\""[..]),
        Just(&b"\\"[..]),
        Just(&b","[..]),
        Just(&b"\t"[..]),
        Just(&b"\r\n"[..]),
        Just(&b"\n"[..]),
        Just(&b"}"[..]),
        Just(&b"\xff"[..]),
        Just(&b"\xef\xbb\xbf"[..]),
        Just(&b"\xd0\xb4"[..]),
    ];
    proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_both_readers_agree(
        bytes in prop_oneof![near_rows(), proptest::collection::vec(any::<u8>(), 0..200)],
        format in proptest::sample::select(&FORMATS[..]),
        limit in prop_oneof![Just(1usize << 20), 1usize..40],
    ) {
        let options = ReadOptions::default().max_line_bytes(limit);
        let corpus = Corpus::from_reader(&bytes[..], "f", format, &options);
        let rows: Vec<_> = Rows::from_reader(std::io::Cursor::new(bytes), "f", format, &options).collect();
        if let Ok(corpus) = corpus && !format.is_one_article() {
            // What training accepts, prediction reads alike.
            prop_assert_eq!(rows.len(), corpus.len());
            for (row, example) in rows.iter().zip(corpus.examples()) {
                prop_assert_eq!(&row.as_ref().unwrap().article, &example.article);
            }
        }
    }

    #[test]
    fn any_bytes_in_a_compressed_file_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        magic in prop_oneof![Just(&b"\x28\xb5\x2f\xfd"[..]), Just(&b"\x1f\x8b\x08"[..]), Just(&b""[..])],
        name in proptest::sample::select(&["a.jsonl.zst", "a.jsonl.gz", "a.csv.gz", "a.txt.zst"][..]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, [magic, &bytes].concat()).unwrap();
        let _ = Corpus::from_path(&path);
        prop_assert!(Rows::open(&path, &ReadOptions::default()).unwrap().take(1_000).count() < 1_000);
    }
}
