//! One JSON object a line.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::record::Record;
use crate::article::FieldValue;
use crate::error::CorpusErrorKind;

/// Objects inside objects deeper than this are kept as JSON instead of being flattened.
const MAX_DEPTH: usize = 16;

/// The record of a line.
pub(super) fn parse(line: &str) -> Result<Record, CorpusErrorKind> {
    let row: JsonRow = serde_json::from_str(line).map_err(|e| CorpusErrorKind::Json { reason: reason(&e) })?;
    match row.problem {
        Some(problem) => Err(problem),
        None => Ok(row.record),
    }
}

/// The parser's reason with the column; its own line number is always 1 here and would mislead.
fn reason(error: &serde_json::Error) -> String {
    match error.column() {
        0 => bare_reason(error),
        column => format!("{} at column {column}", bare_reason(error)),
    }
}

/// The reason without a position, which inside a value counts from the value's beginning.
fn bare_reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map(|(reason, _)| reason.to_string()).unwrap_or(message)
}

fn inside<E: serde::de::Error>(error: serde_json::Error) -> E {
    E::custom(bare_reason(&error))
}

/// A row with the first of its own keys that holds a wrong type. Such a key does not stop the
/// parser, so that broken JSON further on is still reported as that.
#[derive(Default)]
struct JsonRow {
    record: Record,
    problem: Option<CorpusErrorKind>,
}

impl JsonRow {
    fn wrong(&mut self, key: &str, found: &'static str, expected: &'static str) {
        self.problem.get_or_insert_with(|| CorpusErrorKind::WrongType { key: key.to_string(), found, expected });
    }

    fn string(&mut self, key: &'static str, value: StringValue) -> Option<String> {
        match value {
            StringValue::Text(text) => Some(text),
            StringValue::Null => None,
            StringValue::Other(found) => {
                self.wrong(key, found, "a string");
                None
            }
        }
    }
}

impl<'de> Deserialize<'de> for JsonRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonRow, D::Error> {
        struct RowVisitor;

        impl<'de> Visitor<'de> for RowVisitor {
            type Value = JsonRow;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonRow, A::Error> {
                let mut row = JsonRow::default();
                while let Some(key) = map.next_key::<Key>()? {
                    match key {
                        Key::Text => {
                            let value = map.next_value()?;
                            row.record.text = row.string("text", value).unwrap_or_default();
                        }
                        Key::Title => {
                            let value = map.next_value()?;
                            row.record.title = row.string("title", value);
                        }
                        Key::Id => {
                            let value: &RawValue = map.next_value()?;
                            match field_value(value.get()).map_err(inside)? {
                                Some(FieldValue::Text(id) | FieldValue::Scalar(id)) => row.record.id = Some(id),
                                Some(FieldValue::Nested(_)) => {
                                    row.wrong("id", "an array or object", "a string or number");
                                }
                                None => row.record.id = None,
                            }
                        }
                        Key::Other(key) => {
                            let value: &RawValue = map.next_value()?;
                            flatten(key, value.get(), 0, &mut row.record.fields).map_err(inside)?;
                        }
                    }
                }
                Ok(row)
            }
        }

        deserializer.deserialize_map(RowVisitor)
    }
}

/// Appends the fields of a value: an object's under their dotted keys, `null` as nothing.
fn flatten(
    key: String,
    json: &str,
    depth: usize,
    fields: &mut Vec<(String, FieldValue)>,
) -> Result<(), serde_json::Error> {
    struct Members<'a> {
        key: &'a str,
        depth: usize,
        fields: &'a mut Vec<(String, FieldValue)>,
    }

    impl<'de> Visitor<'de> for Members<'_> {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        /// Whether the object had members.
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
            let mut any = false;
            while let Some(member) = map.next_key::<String>()? {
                any = true;
                let value: &RawValue = map.next_value()?;
                let key = format!("{}.{member}", self.key);
                flatten(key, value.get(), self.depth + 1, self.fields).map_err(inside)?;
            }
            Ok(any)
        }
    }

    if json.starts_with('{') && depth < MAX_DEPTH {
        let members = Members { key: &key, depth, fields };
        if !serde_json::Deserializer::from_str(json).deserialize_map(members)? {
            fields.push((key, FieldValue::Nested(json.to_string())));
        }
        return Ok(());
    }
    if let Some(value) = field_value(json)? {
        fields.push((key, value));
    }
    Ok(())
}

/// The value of a field: strings decoded, everything else as it was written, `null` as none.
fn field_value(json: &str) -> Result<Option<FieldValue>, serde_json::Error> {
    Ok(match json.as_bytes().first() {
        Some(b'"') => Some(FieldValue::Text(serde_json::from_str(json)?)),
        Some(b'{' | b'[') => Some(FieldValue::Nested(json.to_string())),
        Some(b'n') => None,
        _ => Some(FieldValue::Scalar(json.to_string())),
    })
}

enum Key {
    Id,
    Title,
    Text,
    Other(String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        struct KeyVisitor;

        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(match key {
                    "id" => Key::Id,
                    "title" => Key::Title,
                    "text" => Key::Text,
                    other => Key::Other(other.to_string()),
                })
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}

/// A value that should be a string.
enum StringValue {
    Text(String),
    Null,
    Other(&'static str),
}

impl<'de> Deserialize<'de> for StringValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<StringValue, D::Error> {
        struct StringVisitor;

        impl<'de> Visitor<'de> for StringVisitor {
            type Value = StringValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<StringValue, E> {
                Ok(StringValue::Text(text.to_string()))
            }

            fn visit_unit<E>(self) -> Result<StringValue, E> {
                Ok(StringValue::Null)
            }

            fn visit_bool<E>(self, _: bool) -> Result<StringValue, E> {
                Ok(StringValue::Other("a boolean"))
            }

            fn visit_i64<E>(self, _: i64) -> Result<StringValue, E> {
                Ok(StringValue::Other("a number"))
            }

            fn visit_u64<E>(self, _: u64) -> Result<StringValue, E> {
                Ok(StringValue::Other("a number"))
            }

            fn visit_f64<E>(self, _: f64) -> Result<StringValue, E> {
                Ok(StringValue::Other("a number"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<StringValue, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(StringValue::Other("an array"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<StringValue, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(StringValue::Other("an object"))
            }
        }

        deserializer.deserialize_any(StringVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Vec<(String, FieldValue)> {
        parse(line).unwrap().fields
    }

    fn error(line: &str) -> String {
        parse(line).unwrap_err().to_string()
    }

    #[test]
    fn the_keys_of_an_article_are_decoded() {
        let record = parse(r#" {"text": "a\n\u00e9\ud83d\ude00", "title": null, "id": 12.50} "#).unwrap();
        assert_eq!((record.text.as_str(), record.title), ("a\né😀", None));
        assert_eq!(record.id.as_deref(), Some("12.50"));
    }

    #[test]
    fn other_keys_become_fields_with_objects_flattened_and_null_as_nothing() {
        let text = |s: &str| FieldValue::Text(s.into());
        let scalar = |s: &str| FieldValue::Scalar(s.into());
        let nested = |s: &str| FieldValue::Nested(s.into());
        let found = fields(
            r#"{"a": "\"x\"", "b": -1.0e3, "c": {"d": {"e": true}, "f": null, "g": [1, {"h": 2}]}, "i": {}, "j": null}"#,
        );
        let expected = [
            ("a", text("\"x\"")),
            ("b", scalar("-1.0e3")),
            ("c.d.e", scalar("true")),
            ("c.g", nested("[1, {\"h\": 2}]")),
            ("i", nested("{}")),
        ];
        assert_eq!(found, expected.map(|(key, value)| (key.to_string(), value)));
    }

    #[test]
    fn deep_nesting_is_kept_as_json_instead_of_exhausting_the_stack() {
        let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        let found = fields(&format!("{{\"k\":{deep},\"l\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)));
        assert_eq!(found[0].0.matches(".a").count(), MAX_DEPTH);
        assert!(matches!(&found[0].1, FieldValue::Nested(json) if json.len() == 6 * (100_000 - MAX_DEPTH) + 1));
        assert!(parse(&format!("{{\"text\":{deep}}}")).is_err());
    }

    #[test]
    fn broken_json_names_the_column() {
        assert!(error("{\"text\": \"a\", }").contains("at column 15"), "{}", error("{\"text\": \"a\", }"));
        assert!(error("[1]").contains("expected a JSON object"));
        assert!(error("{\"text\": \"a\"} x").contains("trailing characters at column 15"));
        assert!(error("{\"a\": {\"b\": \"\\ud800\"}, \"text\": \"t\"}").contains("hex escape at column"));
    }

    #[test]
    fn a_wrong_type_is_named_unless_the_json_is_broken() {
        assert_eq!(error("{\"text\": 5}"), "the key \"text\" holds a number, expected a string");
        assert_eq!(error("{\"text\": \"a\", \"title\": [[1]]}"), "the key \"title\" holds an array, expected a string");
        assert_eq!(
            error("{\"id\": {}, \"text\": true}"),
            "the key \"id\" holds an array or object, expected a string or number"
        );
        assert!(error("{\"text\": {\"a\": 1}, ").contains("not a JSON object"));
    }
}
