//! Counts what the language detector says of rows whose language is known.
//!
//! `cargo run --release --example language_table -- FILE.jsonl...` (or `-` for standard input); each
//! row has `lang` and `text`, and maybe `title`. Prints a confusion table for titles and one for
//! bodies; a plus sign marks the answers called reliable.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};

use slantwise::detect_language;

type Table = BTreeMap<(String, String), (usize, usize)>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut titles, mut bodies) = (Table::new(), Table::new());
    for path in std::env::args().skip(1) {
        let input: Box<dyn Read> =
            if path == "-" { Box::new(std::io::stdin()) } else { Box::new(std::fs::File::open(&path)?) };
        for line in BufReader::new(input).lines() {
            let row: serde_json::Value = serde_json::from_str(&line?)?;
            let Some(lang) = row["lang"].as_str() else { continue };
            for (key, table) in [("title", &mut titles), ("text", &mut bodies)] {
                if let Some(text) = row[key].as_str() {
                    let found = detect_language(text);
                    let cell = table.entry((lang.to_string(), found.language.code().to_string())).or_default();
                    cell.0 += 1;
                    cell.1 += usize::from(found.reliable);
                }
            }
        }
    }
    let mut out = std::io::stdout().lock();
    for (name, table) in [("titles", titles), ("bodies", bodies)] {
        writeln!(out, "{name}: declared language, detected language, rows, of them reliable")?;
        for ((declared, detected), (rows, reliable)) in table {
            writeln!(out, "  {declared:3} {detected:8} {rows:7} {reliable:7}+")?;
        }
    }
    Ok(())
}
