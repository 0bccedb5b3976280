//! Dates as pages write them, as `YYYY-MM-DD`.

/// The first form that fits: `2024-05-03…`, `2024/05/03`, `20240503`, `03.05.2024`, `3 May 2024`, `May 3, 2024` (with a
/// weekday before them or not), and seconds or milliseconds since 1970. The day is the one that is written, whatever the time zone.
pub(super) fn iso_date(text: &str) -> Option<String> {
    let text = text.trim();
    let numbers = numbers(text);
    let number = |i: usize| numbers.get(i).map(|(digits, _)| *digits);
    let parts = |i: usize| Some((number(i)?.parse().ok()?, number(i + 1)?.parse().ok()?, number(i + 2)?.parse().ok()?));
    let begins_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    if begins_with_digit {
        match number(0)?.len() {
            10 if numbers.len() == 1 => return since_1970(number(0)?.parse().ok()?),
            13 if numbers.len() == 1 => return since_1970(number(0)?.parse::<u64>().ok()? / 1000),
            8 | 14 => {
                let digits = number(0)?;
                return checked(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..8].parse().ok()?);
            }
            4 => {
                let (year, month, day) = parts(0)?;
                return checked(year, month, day);
            }
            1 | 2 if numbers.get(1).is_some_and(|(_, before)| *before == ".") => {
                let (day, month, year) = parts(0)?;
                return checked(year, month, day);
            }
            _ => {}
        }
    }
    let month = text.split(|c: char| !c.is_alphabetic()).find_map(month)?;
    let year = numbers.iter().position(|(digits, _)| digits.len() == 4)?;
    let day = numbers[..year].iter().rfind(|(digits, _)| digits.len() <= 2)?.0;
    checked(number(year)?.parse().ok()?, month, day.parse().ok()?)
}

/// The date in the path of an address: `/2024/05/03/` or `2024-05-03`.
pub(super) fn date_in_url(url: &str) -> Option<String> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).split_once('/')?.1;
    let path = path.split(['?', '#']).next()?;
    let bytes = path.as_bytes();
    let digits = |from: usize, n: usize| {
        let part = path.get(from..from + n)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok())?
    };
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).find_map(|at| {
        let separator = *bytes.get(at + 4).filter(|b| matches!(b, b'/' | b'-'))?;
        let whole = (at == 0 || !is_digit(at - 1)) && bytes.get(at + 7) == Some(&separator) && !is_digit(at + 10);
        whole.then(|| checked(digits(at, 4)?, digits(at + 5, 2)?, digits(at + 8, 2)?))?
    })
}

/// Runs of digits, each with what stands before it.
fn numbers(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        found.push((&from[..end], before));
        rest = &from[end..];
    }
    found
}

fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let named = |month: &&str| **month == word || (word.len() >= 3 && word.len() <= 4 && month.starts_with(&word));
    MONTHS.iter().position(named).and_then(|i| u32::try_from(i + 1).ok())
}

fn checked(year: u32, month: u32, day: u32) -> Option<String> {
    let days = match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1900..2200).contains(&year) && (1..=days).contains(&day)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The day that so many seconds after the beginning of 1970 lie in, in UTC.
fn since_1970(seconds: u64) -> Option<String> {
    // Hinnant's days_from_civil, backwards: years begin in March, eras have 400 of them.
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    checked(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        for text in [
            "2024-05-03T23:30:00+03:00",
            "2024-5-3",
            " 2024/05/03 10:00",
            "2024.05.03",
            "20240503",
            "20240503T101500Z",
            "20240503101500",
            "03.05.2024",
            "3.5.2024, 10:15",
            "Fri, 03 May 2024 10:00:00 GMT",
            "May 3, 2024 at 10:15 am",
            "3 May 2024",
            "1714737600",
            "1714737600000",
        ] {
            assert_eq!(iso_date(text).as_deref(), Some("2024-05-03"), "{text}");
        }
        assert_eq!(iso_date("Sept. 9, 2019").as_deref(), Some("2019-09-09"));
        assert_eq!(since_1970(0).as_deref(), Some("1970-01-01"));
        assert_eq!(since_1970(951_782_400).as_deref(), Some("2000-02-29"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "2024",
            "2024-13-01",
            "2023-02-29",
            "05/03/2024",
            "10:15",
            "99999999",
            "may",
            "0000000000000",
        ] {
            assert_eq!(iso_date(text).filter(|date| date != "1970-01-01"), None, "{text}");
        }
    }

    #[test]
    fn addresses_may_hold_a_date() {
        for url in
            ["https://a.example/2024/05/03/x", "https://a.example/news/x-2024-05-03.html?d=2020-01-01", "/2024/05/03"]
        {
            assert_eq!(date_in_url(url).as_deref(), Some("2024-05-03"), "{url}");
        }
        for url in [
            "https://a.example/",
            "https://a.example/12024/05/03",
            "https://2024-05-03.example/",
            "https://a.example/2024/05/x",
        ] {
            assert_eq!(date_in_url(url), None, "{url}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_date_or_none(text in "[0-9./: \\-MayTZ,é]{0,24}") {
            for date in [iso_date(&text), date_in_url(&text)].into_iter().flatten() {
                proptest::prop_assert_eq!(iso_date(&date), Some(date.clone()));
            }
        }
    }
}
