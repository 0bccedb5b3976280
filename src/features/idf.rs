//! The inverse document frequency of every column, laid out for rows that are weighed one after the other.

use std::ops::Deref;

/// Columns of a block.
const BLOCK: usize = 64;

/// The idf of every column.
///
/// Columns come by falling document frequency, so that nearly all neighbours among a million terms have the same idf. One number for each
/// block of equal ones is what a processor can keep near it, where all of them are not.
#[derive(Debug, Clone)]
pub(crate) struct IdfByColumn {
    each: Vec<f32>,
    /// The idf of all columns of a block, or not a number where they differ.
    blocks: Vec<f32>,
}

impl FromIterator<f32> for IdfByColumn {
    fn from_iter<I: IntoIterator<Item = f32>>(each: I) -> IdfByColumn {
        IdfByColumn::from(each.into_iter().collect::<Vec<f32>>())
    }
}

impl From<Vec<f32>> for IdfByColumn {
    fn from(each: Vec<f32>) -> IdfByColumn {
        let shared = |block: &[f32]| if block.iter().all(|idf| *idf == block[0]) { block[0] } else { f32::NAN };
        let blocks = each.chunks(BLOCK).map(shared).collect();
        IdfByColumn { each, blocks }
    }
}

impl IdfByColumn {
    /// The idf of a column.
    #[inline]
    pub(crate) fn at(&self, column: u32) -> f32 {
        let shared = self.blocks[column as usize / BLOCK];
        if shared.is_nan() { self.each[column as usize] } else { shared }
    }
}

impl PartialEq for IdfByColumn {
    fn eq(&self, other: &IdfByColumn) -> bool {
        self.each == other.each
    }
}

impl Deref for IdfByColumn {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.each
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_say_what_each_column_says() {
        let each: Vec<f32> = (0..300u16).map(|c| if c < 100 { f32::from(c) } else { 7.0 }).collect();
        let idf = IdfByColumn::from(each.clone());
        assert!(idf.blocks[0].is_nan() && idf.blocks[2] == 7.0);
        assert_eq!(idf, idf.clone(), "what is not a number doesn't make it differ from itself");
        assert_eq!((0..300).map(|c| idf.at(c)).collect::<Vec<_>>(), each);
    }
}
