//! The inner loops of training: margins of a sparse row for several classes at once, and updates of their weights.
//!
//! The weights of one feature for all classes lie together (`L` lanes, several blocks where there are
//! more classes than lanes), so that one look-up serves all classes.

use crate::features::Entry;

/// Floats of a cache line.
const LINE: usize = 16;

/// Weights of `n_features` features, `n_blocks · L` classes each, and an intercept a class.
#[derive(Debug)]
pub(super) struct Weights<const L: usize> {
    n_blocks: usize,
    /// The lanes begin at `from`, at the start of a cache line, so that none lies across two of them.
    flat: Vec<f32>,
    from: usize,
    /// Trained like the weight of a feature that is 1 in every row.
    pub(super) intercepts: Vec<[f32; L]>,
}

impl<const L: usize> Weights<L> {
    pub(super) fn zeros(n_features: usize, n_blocks: usize) -> Weights<L> {
        let length = n_features * n_blocks * L;
        let mut flat = vec![0f32; length + LINE - 1];
        let from = flat.as_ptr().align_offset(LINE * size_of::<f32>()).min(LINE - 1);
        flat.truncate(from + length);
        Weights { n_blocks, flat, from, intercepts: vec![[0.0; L]; n_blocks] }
    }

    #[inline]
    fn lanes(&self) -> &[[f32; L]] {
        self.flat[self.from..].as_chunks::<L>().0
    }

    #[inline]
    fn lanes_mut(&mut self) -> &mut [[f32; L]] {
        self.flat[self.from..].as_chunks_mut::<L>().0
    }

    /// `Σ value · weight + intercept` for every class.
    #[inline]
    pub(super) fn margins(&self, row: &[Entry], margins: &mut [[f32; L]]) {
        margins.copy_from_slice(&self.intercepts);
        let lanes = self.lanes();
        if self.n_blocks == 1 {
            // Four sums side by side: one sum alone would wait for itself at every entry.
            let mut sums = [[0f32; L]; 4];
            let chunks = row.chunks_exact(4);
            let rest = chunks.remainder();
            for chunk in chunks {
                for (sum, e) in sums.iter_mut().zip(chunk) {
                    let w = &lanes[e.column as usize];
                    (0..L).for_each(|l| sum[l] += e.value * w[l]);
                }
            }
            for e in rest {
                let w = &lanes[e.column as usize];
                (0..L).for_each(|l| sums[0][l] += e.value * w[l]);
            }
            (0..L).for_each(|l| margins[0][l] += (sums[0][l] + sums[1][l]) + (sums[2][l] + sums[3][l]));
        } else {
            for e in row {
                let from = e.column as usize * self.n_blocks;
                for (margin, w) in margins.iter_mut().zip(&lanes[from..from + self.n_blocks]) {
                    (0..L).for_each(|l| margin[l] += e.value * w[l]);
                }
            }
        }
    }

    /// Adds `step · value` to the weights of every class.
    #[inline]
    pub(super) fn add(&mut self, row: &[Entry], step: &[[f32; L]]) {
        self.intercepts.iter_mut().zip(step).for_each(|(b, s)| (0..L).for_each(|l| b[l] += s[l]));
        let n_blocks = self.n_blocks;
        let lanes = self.lanes_mut();
        if let &[step] = step {
            // A copy of the step: the sums of all lanes are made at once then.
            for e in row {
                let w = &mut lanes[e.column as usize];
                (0..L).for_each(|l| w[l] += e.value * step[l]);
            }
        } else {
            for e in row {
                let from = e.column as usize * n_blocks;
                for (w, s) in lanes[from..from + n_blocks].iter_mut().zip(step) {
                    (0..L).for_each(|l| w[l] += e.value * s[l]);
                }
            }
        }
    }

    /// Adds `step · value · scale` to the weights, with a scale of its own for every feature and class (one block).
    #[inline]
    pub(super) fn add_scaled(&mut self, row: &[Entry], step: &[f32; L], scale: &[[f32; L]]) {
        let step = *step;
        (0..L).for_each(|l| self.intercepts[0][l] += step[l]);
        let lanes = self.lanes_mut();
        for e in row {
            let (w, s) = (&mut lanes[e.column as usize], &scale[e.column as usize]);
            (0..L).for_each(|l| w[l] += e.value * step[l] * s[l]);
        }
    }

    /// The weights of class `class`, feature after feature.
    pub(super) fn class(&self, class: usize) -> impl Iterator<Item = f32> + '_ {
        self.lanes().iter().skip(class / L).step_by(self.n_blocks).map(move |lanes| lanes[class % L])
    }
}
