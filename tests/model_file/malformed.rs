//! One test a malformed file.

use std::sync::LazyLock;

use serde_json::{Value, json};
use slantwise::{Article, Error, FORMAT_VERSION, ModelFileError, Pipeline};

use crate::forge::{HEADER, Part, Parts, refused, sealed, three_classes, three_labels, two_classes};

static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| three_classes().to_bytes());

fn parts() -> Parts {
    static PARTS: LazyLock<Parts> = LazyLock::new(|| Parts::of(&three_classes()));
    PARTS.clone()
}

/// The file with some bytes written over others.
fn patched(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = FILE.clone();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

fn meaning(parts: &Parts) -> &'static str {
    match parts.refused() {
        ModelFileError::Meaning(what) => what,
        other => panic!("refused for another reason: {other}"),
    }
}

/// The reason of a payload that can't be decoded.
fn payload_error(error: ModelFileError) -> String {
    match error {
        ModelFileError::Payload(why) => why,
        other => panic!("refused for another reason: {other}"),
    }
}

// Nothing changed: the tests below change one thing each.

#[test]
fn a_file_put_together_again_is_accepted() {
    for model in [three_classes(), two_classes(), three_labels()] {
        let parts = Parts::of(&model);
        assert_eq!(parts.file(), model.to_bytes());
        assert_eq!(Pipeline::from_bytes(&parts.file()).unwrap(), model);
        // The tests below write settings in another order of keys.
        assert_eq!(Pipeline::from_bytes(&parts.settings(|_| ()).file()).unwrap(), model);
    }
}

// The header.

#[test]
fn an_empty_file() {
    assert_eq!(refused(b""), ModelFileError::Magic);
}

#[test]
fn a_header_cut_in_the_magic() {
    assert_eq!(refused(&FILE[..7]), ModelFileError::Magic);
}

#[test]
fn a_header_cut_after_the_magic() {
    for length in 8..HEADER {
        let expected = ModelFileError::Length { expected: HEADER as u64, found: length as u64 };
        assert_eq!(refused(&FILE[..length]), expected);
    }
}

#[test]
fn another_magic() {
    assert_eq!(refused(&patched(0, b"slantwis")), ModelFileError::Magic);
    assert_eq!(refused(b"PK\x03\x04 some archive or other"), ModelFileError::Magic);
}

#[test]
fn another_version() {
    for found in [0, FORMAT_VERSION + 1, u32::MAX] {
        let expected = ModelFileError::Version { found, supported: FORMAT_VERSION };
        assert_eq!(refused(&patched(8, &found.to_le_bytes())), expected);
    }
}

#[test]
fn a_truncated_payload() {
    let expected = (FILE.len() - HEADER) as u64;
    for found in [0, 1, expected - 1] {
        let file = &FILE[..HEADER + found as usize];
        assert_eq!(refused(file), ModelFileError::Length { expected, found });
    }
}

#[test]
fn bytes_after_the_payload() {
    let expected = (FILE.len() - HEADER) as u64;
    let file = [&FILE[..], b"\n"].concat();
    assert_eq!(refused(&file), ModelFileError::Length { expected, found: expected + 1 });
}

#[test]
fn another_length_in_the_header() {
    let found = (FILE.len() - HEADER) as u64;
    for expected in [0, found - 1, found + 1, u64::MAX] {
        assert_eq!(refused(&patched(12, &expected.to_le_bytes())), ModelFileError::Length { expected, found });
    }
}

#[test]
fn another_checksum_in_the_header() {
    assert_eq!(refused(&patched(20, &0_u64.to_le_bytes())), ModelFileError::Checksum);
}

#[test]
fn any_flipped_bit() {
    for at in 0..FILE.len() {
        let error = refused(&patched(at, &[FILE[at] ^ (1 << (at % 8))]));
        match at {
            0..8 => assert_eq!(error, ModelFileError::Magic),
            8..12 => assert!(matches!(error, ModelFileError::Version { .. })),
            12..20 => assert!(matches!(error, ModelFileError::Length { .. })),
            _ => assert_eq!(error, ModelFileError::Checksum),
        }
    }
}

#[test]
fn two_models_one_after_the_other() {
    assert!(matches!(refused(&[&FILE[..], &FILE[..]].concat()), ModelFileError::Length { .. }));
}

// The payload; the checksum is right.

#[test]
fn an_empty_payload() {
    payload_error(refused(&sealed(b"")));
}

#[test]
fn a_payload_of_garbage() {
    let garbage: Vec<u8> = (0..2000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    payload_error(refused(&sealed(&garbage)));
}

#[test]
fn a_payload_cut_anywhere() {
    let payload = parts().payload();
    for length in (0..payload.len()).step_by(7) {
        payload_error(refused(&sealed(&payload[..length])));
    }
}

#[test]
fn bytes_after_the_last_array() {
    payload_error(refused(&sealed(&[parts().payload(), vec![0]].concat())));
}

#[test]
fn an_array_that_claims_more_than_there_is() {
    for claimed in [1 << 20, 1 << 40, u64::MAX] {
        let mut payload = parts().payload();
        payload[..8].copy_from_slice(&claimed.to_le_bytes());
        payload_error(refused(&sealed(&payload)));
    }
}

#[test]
fn arrays_that_end_inside_a_number() {
    for part in [Part::Hashes, Part::Columns, Part::TermEnds, Part::Idf, Part::Weights, Part::Intercepts] {
        let cut = parts().bytes(part, |bytes| bytes.truncate(bytes.len() - 1));
        assert_eq!(meaning(&cut), "an array ends inside a number", "{part:?}");
    }
}

// The settings.

#[test]
fn settings_that_are_not_json() {
    for bad in [&b""[..], b"SLANTWIS", b"{", b"\xFF\xFE", b"{} {}", b"null", b"[]"] {
        payload_error(parts().bytes(Part::Settings, |bytes| *bytes = bad.to_vec()).refused());
    }
}

#[test]
fn settings_nested_without_end() {
    payload_error(parts().bytes(Part::Settings, |bytes| *bytes = vec![b'['; 1 << 20]).refused());
}

#[test]
fn any_missing_setting() {
    let settings: Value = serde_json::from_slice(&FILE[HEADER + 8..][..settings_length()]).unwrap();
    for key in settings.as_object().unwrap().keys() {
        let without = parts().settings(|s| drop(s.as_object_mut().unwrap().remove(key)));
        if ["decision", "familiarity"].contains(&key.as_str()) {
            assert!(meaning(&without).contains("one of them is missing"), "{key}");
            continue;
        }
        let why = payload_error(without.refused());
        assert!(why.contains(&format!("missing field `{key}`")), "{why}");
    }
}

fn settings_length() -> usize {
    u64::from_le_bytes(FILE[HEADER..HEADER + 8].try_into().unwrap()) as usize
}

/// A setting that this program doesn't know may change what the model means.
#[test]
fn an_unknown_setting() {
    for place in ["", "/params", "/params/analyzer", "/params/features/tfidf", "/params/calibration", "/training"] {
        let unknown = parts().settings(|s| s.pointer_mut(place).unwrap()["surprise"] = json!(1));
        let why = payload_error(unknown.refused());
        assert!(why.contains("unknown field `surprise`"), "{place}: {why}");
    }
}

#[test]
fn a_setting_given_twice() {
    let why = payload_error(
        parts()
            .bytes(Part::Settings, |bytes| {
                let text = String::from_utf8(bytes.clone()).unwrap();
                *bytes = text.replacen('{', "{\"n_words\":1,", 1).into_bytes();
            })
            .refused(),
    );
    assert!(why.contains("duplicate field"), "{why}");
}

#[test]
fn an_unknown_classifier_or_calibration() {
    let why = payload_error(parts().settings(|s| s["params"]["classifier"] = json!({"oracle": {}})).refused());
    assert!(why.contains("unknown variant `oracle`"), "{why}");
    let why = payload_error(parts().settings(|s| s["calibration"] = json!({"prophecy": {}})).refused());
    assert!(why.contains("unknown variant `prophecy`"), "{why}");
}

#[test]
fn a_parameter_out_of_range() {
    for (place, bad) in [
        ("/params/analyzer/words/ngram_range", json!([2, 1])),
        ("/params/analyzer/words/ngram_range", json!([0, 1])),
        ("/params/analyzer/chars/ngram_range", json!([2, 200])),
        ("/params/features/min_df", json!(0)),
        ("/params/features/max_df", json!(1.5)),
        ("/params/features/max_features", json!(0)),
        ("/params/features/select", json!(0)),
        ("/params/classifier/logistic/c", json!(-1.0)),
        ("/params/classifier/logistic/max_iter", json!(0)),
        ("/params/calibration/folds", json!(1)),
    ] {
        let out = parts().settings(|s| *s.pointer_mut(place).unwrap() = bad.clone());
        assert_eq!(meaning(&out), "a parameter is out of range", "{place} = {bad}");
    }
}

#[test]
fn an_analyzer_without_words_and_characters() {
    let none = parts().settings(|s| {
        s["params"]["analyzer"]["words"] = Value::Null;
        s["params"]["analyzer"]["chars"] = Value::Null;
    });
    assert_eq!(meaning(&none), "a parameter is out of range");
}

#[test]
fn labels_that_are_not_sorted_or_not_unique() {
    for labels in [json!(["for", "against", "neutral"]), json!(["against", "against", "neutral"])] {
        let why = payload_error(parts().settings(|s| s["labels"] = labels).refused());
        assert!(why.contains("sorted and unique"), "{why}");
    }
}

#[test]
fn no_labels() {
    assert_eq!(meaning(&parts().settings(|s| s["labels"] = json!([]))), "no labels");
}

#[test]
fn more_or_fewer_labels_than_weights() {
    for labels in [json!(["against", "for"]), json!(["against", "for", "neutral", "other"])] {
        meaning(&parts().settings(|s| s["labels"] = labels.clone()));
        // Neither does it help to bring all the settings along.
        let n = labels.as_array().unwrap().len();
        let all = parts().settings(|s| {
            s["labels"] = labels;
            s["calibration"]["softmax"]["bias"] = json!(vec![0.0; n]);
            s["training"]["support"] = json!(vec![2; n]);
            s["n_outputs"] = json!(n);
        });
        assert_eq!(meaning(&all), "labels and intercepts differ in number");
    }
}

#[test]
fn a_number_of_outputs_that_the_labels_do_not_have() {
    for n_outputs in [0_u64, 1, 2, 4, u64::from(u32::MAX)] {
        let other = parts().settings(|s| s["n_outputs"] = json!(n_outputs));
        assert_eq!(meaning(&other), "labels and intercepts differ in number");
    }
    assert_eq!(
        meaning(&Parts::of(&two_classes()).settings(|s| s["n_outputs"] = json!(2))),
        "labels and intercepts differ in number"
    );
    // Several labels never share a column.
    assert_eq!(
        meaning(&Parts::of(&two_classes()).settings(|s| {
            s["task"] = json!("several");
            s["calibration"] =
                json!({"temperature": {"task": "several", "n_classes": 2, "slope": 1.0, "fit": "given"}});
        })),
        "labels and intercepts differ in number"
    );
}

#[test]
fn a_calibration_of_other_labels() {
    let short = parts().settings(|s| drop(s["calibration"]["softmax"]["bias"].as_array_mut().unwrap().pop()));
    assert_eq!(meaning(&short), "the calibration is of other labels");
    let temperature = json!({"temperature": {"task": "one", "n_classes": 4, "slope": 1.0, "fit": "given"}});
    assert_eq!(meaning(&parts().settings(|s| s["calibration"] = temperature)), "the calibration is of other labels");
}

#[test]
fn a_calibration_of_the_other_task() {
    let several = json!({"temperature": {"task": "several", "n_classes": 3, "slope": 1.0, "fit": "given"}});
    assert_eq!(meaning(&parts().settings(|s| s["calibration"] = several)), "the calibration is of other labels");
    let labels = Parts::of(&three_labels()).settings(|s| s["task"] = json!("one"));
    assert_eq!(meaning(&labels), "the calibration is of other labels");
}

#[test]
fn a_calibration_that_turns_scores_round() {
    let negative = parts().settings(|s| s["calibration"]["softmax"]["slope"] = json!(-1.0));
    assert_eq!(meaning(&negative), "the calibration is out of range");
}

#[test]
fn numbers_that_json_cannot_hold() {
    for bad in ["1e999", "-1e999", "NaN", "null", "\"0.5\""] {
        payload_error(
            parts()
                .bytes(Part::Settings, |bytes| {
                    let text = String::from_utf8(bytes.clone()).unwrap();
                    let changed = text.replace("\"abstain_below\":0.0", &format!("\"abstain_below\":{bad}"));
                    assert_ne!(changed, text);
                    *bytes = changed.into_bytes();
                })
                .refused(),
        );
    }
}

#[test]
fn a_threshold_that_is_no_probability() {
    for bad in [-0.1, 1.5, 1e300] {
        let out = Parts::of(&three_labels()).settings(|s| s["decision"]["thresholds"][0] = json!(bad));
        assert_eq!(meaning(&out), "a number of the decision is out of range");
        let old = Parts::of(&three_labels()).settings(|s| {
            let settings = s.as_object_mut().unwrap();
            settings.remove("decision");
            settings.remove("familiarity");
            settings.insert("threshold".to_string(), json!(bad));
        });
        assert_eq!(meaning(&old), "the threshold is out of range");
    }
}

#[test]
fn a_support_of_other_labels() {
    let short = parts().settings(|s| s["training"]["support"] = json!([1, 1]));
    assert_eq!(meaning(&short), "labels and their support differ in number");
}

// The vocabulary.

#[test]
fn no_terms() {
    let mut none = parts().settings(|s| s["n_words"] = json!(0));
    for part in [Part::Hashes, Part::Columns, Part::Terms, Part::TermEnds, Part::Idf, Part::Weights] {
        none = none.bytes(part, Vec::clear);
    }
    assert_eq!(meaning(&none), "a vocabulary has between 1 and 2^32 - 2 terms");
}

#[test]
fn arrays_of_different_length() {
    for part in [Part::Columns, Part::TermEnds, Part::Idf] {
        let fewer = parts().bytes(part, |bytes| bytes.truncate(bytes.len() - 4));
        assert_eq!(meaning(&fewer), "terms, columns and weights differ in number", "{part:?}");
    }
    let fewer = parts().u64s(Part::Hashes, |hashes| hashes.truncate(hashes.len() - 1));
    assert_eq!(meaning(&fewer), "terms, columns and weights differ in number");
}

#[test]
fn hashes_that_are_not_sorted() {
    let unsorted = parts().u64s(Part::Hashes, |hashes| hashes.swap(0, 1));
    assert_eq!(meaning(&unsorted), "terms are not unique and sorted");
}

#[test]
fn a_hash_that_occurs_twice() {
    let twice = parts().u64s(Part::Hashes, |hashes| hashes[1] = hashes[0]);
    assert_eq!(meaning(&twice), "terms are not unique and sorted");
}

#[test]
fn a_column_that_occurs_twice() {
    let twice = parts().u32s(Part::Columns, |columns| columns[1] = columns[0]);
    assert_eq!(meaning(&twice), "two terms share a column");
}

#[test]
fn a_column_that_does_not_exist() {
    for far in [0, u32::MAX] {
        let out = parts().u32s(Part::Columns, |columns| columns[0] = far.max(columns.len() as u32));
        assert_eq!(meaning(&out), "a column is out of range");
    }
}

#[test]
fn terms_that_are_not_utf8() {
    let broken = parts().bytes(Part::Terms, |bytes| bytes[0] = 0xFF);
    assert_eq!(meaning(&broken), "terms are not UTF-8");
}

#[test]
fn a_term_that_ends_inside_a_character() {
    let inside = parts().bytes(Part::Terms, |bytes| {
        // Two bytes of one letter where two of two letters were: the text stays UTF-8.
        let at = bytes.windows(2).position(|pair| pair == b"ar").unwrap();
        bytes[at..at + 2].copy_from_slice("ж".as_bytes());
    });
    let ends = |parts: Parts| {
        parts.u32s(Part::TermEnds, |ends| {
            let model = three_classes();
            let text: String = model.vectorizer().vocabulary().terms().map(|t| t.text).collect();
            let at = text.find("ar").unwrap() as u32;
            let place = ends.partition_point(|&end| end <= at);
            ends[place] = at + 1;
        })
    };
    assert_eq!(meaning(&ends(inside)), "a term ends inside a character");
}

#[test]
fn ends_of_terms_that_do_not_ascend() {
    let back = parts().u32s(Part::TermEnds, |ends| ends.swap(0, 3));
    assert_eq!(meaning(&back), "the ends of terms do not ascend");
}

#[test]
fn terms_that_do_not_fill_their_text() {
    for change in [-1, 1] {
        let other = parts().u32s(Part::TermEnds, |ends| {
            let last = ends.len() - 1;
            ends[last] = ends[last].wrapping_add_signed(change);
        });
        let why = meaning(&other);
        assert!(["the terms do not fill their text", "the ends of terms do not ascend"].contains(&why), "{why}");
    }
    let longer = parts().bytes(Part::Terms, |bytes| bytes.push(b'x'));
    assert_eq!(meaning(&longer), "the terms do not fill their text");
}

#[test]
fn more_words_than_terms() {
    let more = parts().settings(|s| s["n_words"] = json!(100_000));
    assert_eq!(meaning(&more), "more words than terms");
}

// The numbers.

#[test]
fn numbers_that_are_not_finite() {
    for part in [Part::Idf, Part::Weights, Part::Intercepts] {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let not = parts().f32s(part, |numbers| *numbers.last_mut().unwrap() = bad);
            assert_eq!(meaning(&not), "a number is not finite", "{part:?} {bad}");
        }
    }
}

/// Times a count, such a weight would not be finite any more.
#[test]
fn an_idf_out_of_range() {
    for bad in [f32::MAX, -1.0] {
        let out = parts().f32s(Part::Idf, |idf| idf[0] = bad);
        assert_eq!(meaning(&out), "an inverse document frequency is out of range", "{bad}");
    }
}

#[test]
fn more_or_fewer_weights_than_terms() {
    for part in [Part::Weights, Part::Intercepts] {
        let fewer = parts().f32s(part, |numbers| numbers.truncate(numbers.len() - 1));
        let more = parts().f32s(part, |numbers| numbers.push(0.0));
        for other in [fewer, more] {
            let expected = match part {
                Part::Weights => "terms and model weights differ in number",
                _ => "labels and intercepts differ in number",
            };
            assert_eq!(meaning(&other), expected);
        }
    }
}

/// Large numbers are allowed, and do no harm.
#[test]
fn weights_as_large_as_can_be() {
    let large = parts()
        .f32s(Part::Weights, |weights| weights.iter_mut().for_each(|w| *w = f32::MAX.copysign(*w)))
        .f32s(Part::Intercepts, |intercepts| intercepts.fill(f32::MAX))
        .settings(|s| s["calibration"]["softmax"]["slope"] = json!(f64::MAX));
    let model = Pipeline::from_bytes(&large.file()).unwrap();
    let article = Article::new("News", "The regime wants arms, arms and peace.");
    assert!((model.predict_proba(&article).iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(model.explain(&article, 3).iter().all(|e| e.contribution.is_finite()));
}

// Files.

#[test]
fn a_missing_file_and_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.slant");
    for path in [missing.as_path(), folder.path()] {
        let error = Pipeline::load(path).unwrap_err();
        assert!(matches!(&error, Error::Io { path: named, .. } if named == path), "{error}");
    }
}

#[test]
fn errors_name_the_file_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.slant");
    std::fs::write(&path, &FILE[..FILE.len() - 1]).unwrap();
    let message = Pipeline::load(&path).unwrap_err().to_string();
    assert!(message.contains("cut.slant") && message.contains("copy or train it again"), "{message}");
}

#[test]
fn a_model_is_not_written_where_it_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no such folder").join("model.slant");
    assert!(matches!(three_classes().save(&path), Err(Error::Io { .. })));
    // A folder can't be replaced by a file, and nothing is left beside it.
    let taken = folder.path().join("taken");
    std::fs::create_dir(&taken).unwrap();
    assert!(three_classes().save(&taken).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn saving_replaces_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.slant");
    std::fs::write(&path, "something else, and longer than nothing").unwrap();
    three_classes().save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), *FILE);
    two_classes().save(&path).unwrap();
    assert_eq!(Pipeline::load(&path).unwrap(), two_classes());
}
