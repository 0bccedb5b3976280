//! Parameters that can be switched off: `false` in a file, since TOML has no null.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `None` is `false`.
pub(crate) fn serialize<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(serializer),
        None => serializer.serialize_bool(false),
    }
}

/// `false` (or null, where the format has it) is `None`, `true` is the default.
pub(crate) fn deserialize<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    struct Switch<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Switch<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("parameters, true (the defaults) or false (none)")
        }

        fn visit_bool<E: Error>(self, on: bool) -> Result<Option<T>, E> {
            Ok(on.then(T::default))
        }

        fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }
    }

    deserializer.deserialize_any(Switch(PhantomData))
}

#[cfg(test)]
mod tests {
    use crate::text::{AnalyzerParams, CharParams, WordParams};

    #[test]
    fn what_is_switched_off_stays_off_through_a_file() {
        let chars = Some(CharParams { ngram_range: (2, 4) });
        let params = AnalyzerParams { words: None, chars, ..AnalyzerParams::default() };
        let written = toml::to_string(&params).unwrap();
        assert!(written.contains("words = false"), "{written}");
        assert_eq!(toml::from_str::<AnalyzerParams>(&written).unwrap(), params);
        let json = serde_json::to_string(&params).unwrap();
        assert_eq!(serde_json::from_str::<AnalyzerParams>(&json).unwrap(), params);
    }

    #[test]
    fn true_is_the_default_and_nothing_else_passes() {
        let params: AnalyzerParams = toml::from_str("chars = true").unwrap();
        assert_eq!(params.words, Some(WordParams::default()));
        assert_eq!(params.chars, Some(CharParams::default()));
        assert_eq!(serde_json::from_str::<AnalyzerParams>("{\"words\": null}").unwrap().words, None);
        let error = toml::from_str::<AnalyzerParams>("[words]\nngrams = 3").unwrap_err();
        assert!(error.message().contains("unknown field `ngrams`"), "{error}");
        assert!(error.span().is_some());
        let error = toml::from_str::<AnalyzerParams>("words = 3").unwrap_err();
        assert!(error.message().contains("true (the defaults) or false (none)"), "{error}");
    }
}
