//! The distinct terms of one article.

/// The distinct terms of one document with their counts; buffers kept from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    slots: Vec<u32>,
    /// `(hash, count)` in the order of first appearance.
    pub(crate) pairs: Vec<(u64, u32)>,
}

impl Distinct {
    pub(crate) fn count(&mut self, hashes: &[u64]) {
        let size = (hashes.len() * 2).next_power_of_two().max(16);
        let shift = 64 - size.trailing_zeros();
        self.pairs.clear();
        self.slots.clear();
        self.slots.resize(size, 0);
        for &hash in hashes {
            // Not the high bits alone: a partition's hashes share them.
            let mut at = (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize;
            loop {
                let slot = self.slots[at];
                if slot == 0 {
                    self.pairs.push((hash, 1));
                    self.slots[at] = self.pairs.len() as u32;
                    break;
                }
                let pair = &mut self.pairs[slot as usize - 1];
                if pair.0 == hash {
                    pair.1 = pair.1.saturating_add(1);
                    break;
                }
                at = (at + 1) & (size - 1);
            }
        }
    }
}
