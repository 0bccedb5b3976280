//! Dates, and blocks of rows in time.

use crate::error::{Error, Result, SplitError};

/// Year, month, day as one ascending number, and how many of them were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Date {
    number: u32,
    parts: u8,
}

/// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; a time after the day is left out.
fn read(text: &str) -> Option<Date> {
    let day = match text.get(..10) {
        Some(day) if text[10..].starts_with(['T', ' ']) => day,
        _ => text,
    };
    let number = |part: &str, digits: usize| {
        (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().ok())?
    };
    let mut parts = day.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map(|m| number(m, 2).filter(|m| (1..=12).contains(m)));
    let day = parts.next().map(|d| number(d, 2));
    if parts.next().is_some() {
        return None;
    }
    match (month, day) {
        (None, _) => Some(Date { number: year * 10_000, parts: 1 }),
        (Some(month), None) => Some(Date { number: year * 10_000 + month? * 100, parts: 2 }),
        (Some(month), Some(day)) => {
            let (month, day) = (month?, day?);
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            (1..=last).contains(&day).then_some(Date { number: year * 10_000 + month * 100 + day, parts: 3 })
        }
    }
}

/// The year of a date; `None` where it can't be read.
pub(super) fn year(text: &str) -> Option<u32> {
    read(text).map(|date| date.number / 10_000)
}

/// The dates as ascending numbers; all must be equally fine.
pub(super) fn parse(dates: &[Option<&str>]) -> Result<Vec<u32>> {
    let mut first: Option<(Date, &str)> = None;
    let mut numbers = Vec::with_capacity(dates.len());
    for (row, value) in dates.iter().enumerate() {
        let value = value.unwrap_or("");
        let date = read(value).ok_or_else(|| Error::Split(SplitError::Date { row, value: value.to_string() }))?;
        let (one, text) = *first.get_or_insert((date, value));
        if one.parts != date.parts {
            let (value, other) = (value.to_string(), text.to_string());
            return Err(Error::Split(SplitError::MixedDates { row, value, other }));
        }
        numbers.push(date.number);
    }
    Ok(numbers)
}

/// Cuts rows by date into blocks of about equal size; rows of one date stay together.
///
/// Each cut is put where the rows before it are closest to their share, but leaves a date to every block.
pub(super) fn blocks(dates: &[u32], n_blocks: usize) -> Result<Vec<u32>> {
    let mut sorted = dates.to_vec();
    sorted.sort_unstable();
    // (date, rows up to and including it)
    let mut ends: Vec<(u32, usize)> = Vec::new();
    for (i, &date) in sorted.iter().enumerate() {
        match ends.last_mut() {
            Some(last) if last.0 == date => last.1 = i + 1,
            _ => ends.push((date, i + 1)),
        }
    }
    if ends.len() < n_blocks {
        let (folds, found) = (n_blocks - 1, ends.len());
        return Err(Error::Split(SplitError::TooFewDates { folds, needed: n_blocks, found }));
    }
    // The last date of each block but the last.
    let mut cuts: Vec<u32> = Vec::with_capacity(n_blocks - 1);
    let mut from = 0;
    for block in 1..n_blocks {
        let share = dates.len() as f64 * block as f64 / n_blocks as f64;
        let last_possible = ends.len() - (n_blocks - block) - 1;
        let mut at = from;
        let gap = |at: usize| (ends[at].1 as f64 - share).abs();
        while at < last_possible && gap(at + 1) <= gap(at) {
            at += 1;
        }
        cuts.push(ends[at].0);
        from = at + 1;
    }
    Ok(dates.iter().map(|date| cuts.partition_point(|cut| cut < date) as u32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_three_forms_and_nothing_else() {
        for good in ["2022", "2022-03", "2022-03-01", "2020-02-29", "2022-03-01T10:00:00Z", "2022-03-01 10:00"] {
            assert!(read(good).is_some(), "{good}");
        }
        let bad = [
            "",
            "22",
            "2022-3-1",
            "2022-13",
            "2022-00",
            "2022-03-32",
            "2023-02-29",
            "2022-03-00",
            "01.03.2022",
            "2022-03-",
            "2022-03-01-05",
            "+022",
            "2022/03/01",
            "é022-03-01",
            "2022-03-01x",
            "2022-03-0é",
        ];
        for bad in bad {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert!(read("2021-12-31").unwrap().number < read("2022-01-01").unwrap().number);
    }

    #[test]
    fn missing_wrong_and_mixed_dates_name_the_row() {
        let message = |dates: &[Option<&str>]| parse(dates).unwrap_err().to_string();
        assert!(message(&[Some("2022"), None]).contains("row 1"));
        assert!(message(&[Some("yesterday")]).contains("yesterday"));
        let mixed = message(&[Some("2022-01-01"), Some("2022-01-02"), Some("2022")]);
        assert!(mixed.contains("row 2") && mixed.contains("2022-01-01"), "{mixed}");
    }

    #[test]
    fn blocks_are_even_and_part_no_date() {
        assert_eq!(blocks(&[5, 1, 2, 4, 3, 6], 3).unwrap(), [2, 0, 0, 1, 1, 2]);
        // nine rows of one date, then three others: every block still gets a date
        let dates = [7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 9, 10];
        let of = blocks(&dates, 3).unwrap();
        assert_eq!(of, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2]);
        assert_eq!(blocks(&[3, 2, 1], 3).unwrap(), [2, 1, 0]);
        assert!(blocks(&[1, 1, 1], 2).is_err());
    }
}
