//! Prints what cleaning masks, file by file: the rule and the text, and what is kept.
//!
//! `cargo run --example clean_masks -- FILE...`

use slantwise::{CleanContext, CleanParams, Cleaner, Part, kept_ranges};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cleaner = Cleaner::new(&CleanParams::default())?;
    let mut out = String::new();
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path)?;
        let masks = cleaner.mask(None, &text, &CleanContext::default());
        out.push_str(&format!("== {path}\n"));
        for mask in &masks {
            out.push_str(&format!("{:15} {}\n", mask.rule.as_str(), text[mask.start..mask.end].replace('\n', "\\n")));
        }
        out.push_str("-- kept\n");
        for range in kept_ranges(text.len(), Part::Text, &masks) {
            out.push_str(&text[range]);
        }
    }
    std::io::Write::write_all(&mut std::io::stdout(), out.as_bytes())?;
    Ok(())
}
