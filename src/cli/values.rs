//! The values of options, from text.

use std::collections::BTreeMap;
use std::time::Duration;

use slantwise::{ClassWeight, Encoding, Metric};

/// `MIN..MAX`, or one number for both.
pub(super) fn range(text: &str) -> Result<(u8, u8), String> {
    let (min, max) = text.split_once("..").unwrap_or((text, text));
    const EXPECTED: &str = "expected MIN..MAX such as 1..2, with 1 <= MIN <= MAX (words up to 8, characters up to 16)";
    let number = |part: &str| part.trim().parse::<u8>().map_err(|_| EXPECTED.to_string());
    Ok((number(min)?, number(max)?))
}

/// `balanced`, `none`, or `NAME=WEIGHT,...`. A name may hold commas: what has no `=` belongs to what follows.
pub(super) fn class_weight(text: &str) -> Result<ClassWeight, String> {
    match text {
        "balanced" => return Ok(ClassWeight::Balanced),
        "none" => return Ok(ClassWeight::None),
        _ => {}
    }
    let expected = || "expected 'balanced', 'none' or NAME=WEIGHT,NAME=WEIGHT,... with weights above 0".to_string();
    let mut weights = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(expected)?;
        let (weight, after) = after.split_once(',').unwrap_or((after, ""));
        let weight: f64 = weight.trim().parse().map_err(|_| expected())?;
        if weights.insert(name.to_string(), weight).is_some() {
            return Err(format!("the class '{name}' is given two weights"));
        }
        rest = after;
    }
    if weights.is_empty() { Err(expected()) } else { Ok(ClassWeight::Given(weights)) }
}

/// A time, in seconds or with a unit.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let expected = || "expected a time of at least 1 s, such as 90s, 10m or 1h".to_string();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(expected()),
    };
    let number: f64 = number.parse().map_err(|_| expected())?;
    let time = Duration::try_from_secs_f64(number * factor).map_err(|_| expected())?;
    if time >= Duration::from_secs(1) { Ok(time) } else { Err(expected()) }
}

/// A share between 0 and 1.
pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("expected a number between 0 and 1, such as 0.9".to_string()),
    }
}

/// A number of bytes, with or without a unit.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let expected = || "expected a size such as 500MB, 4GiB or a number of bytes".to_string();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        _ => return Err(expected()),
    };
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor).ok_or_else(expected);
    }
    let number: f64 = number.parse().map_err(|_| expected())?;
    Ok((number * factor as f64) as u64)
}

/// `METRIC=VALUE`: the least value that passes.
pub(super) fn gate(text: &str) -> Result<(Metric, f64), String> {
    let expected = "expected METRIC=VALUE, such as macro-f1=0.7";
    let (name, value) = text.split_once('=').ok_or(expected)?;
    let metric: Metric = name.parse().map_err(|error: slantwise::Error| error.to_string())?;
    if !metric.higher_is_better() {
        return Err(format!("of {metric} less is better, so that nothing can fail by being under a value"));
    }
    match value.parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok((metric, value)),
        _ => Err(format!("'{value}' is no value for {metric}: expected a number from 0 to 1")),
    }
}

/// The name of an encoding.
pub(super) fn encoding(text: &str) -> Result<Encoding, String> {
    text.parse().map_err(|_| "expected a name such as utf-8, utf-16le, windows-1251, koi8-u or iso-8859-2".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_one_or_two_numbers() {
        assert_eq!(range("1..2"), Ok((1, 2)));
        assert_eq!(range("3"), Ok((3, 3)));
        for bad in ["", "..", "1..", "a..b", "1..300", "-1..2"] {
            assert!(range(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn class_weights_are_words_or_names_that_may_hold_commas() {
        assert_eq!(class_weight("balanced"), Ok(ClassWeight::Balanced));
        let given = |pairs: &[(&str, f64)]| {
            Ok(ClassWeight::Given(pairs.iter().map(|(name, w)| (name.to_string(), *w)).collect()))
        };
        assert_eq!(class_weight("a=2,b=0.5"), given(&[("a", 2.0), ("b", 0.5)]));
        assert_eq!(class_weight("Name,Label=2,b=3"), given(&[("Name,Label", 2.0), ("b", 3.0)]));
        for bad in ["", "a", "a=x", "a=1,b", "a=1,a=2"] {
            assert!(class_weight(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("1500"), Ok(1500));
        assert_eq!(bytes("2GiB"), Ok(2 << 30));
        assert_eq!(bytes("1.5 kB"), Ok(1500));
        for bad in ["", "GB", "1TB2", "-1", "99999999999TiB"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_gate_is_a_score_and_a_value() {
        assert_eq!(gate("macro-f1=0.7"), Ok((Metric::MacroF1, 0.7)));
        for bad in ["macro-f1", "f1=0.5", "accuracy=70", "accuracy=x", "log-loss=0.5"] {
            assert!(gate(bad).is_err(), "{bad}");
        }
    }
}
