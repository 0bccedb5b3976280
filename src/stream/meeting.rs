//! Where two threads that learn the same rows tell each other what they found.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread;

use crate::stream::dictionary::HALVES;

/// Looks at the other's desk before the processor is left to others.
const PATIENCE: u32 = 256;

/// Two desks: at each row both threads lay down the same number of sums, wait for the other's, and go on with the total.
pub(super) struct Meeting {
    desks: [Desk; HALVES],
    /// A thread has died, so that nobody comes any more.
    is_over: AtomicBool,
}

/// What one thread lays down; on lines of the cache of its own.
#[repr(align(128))]
struct Desk {
    /// Rows whose sums have been laid down.
    n_rows: AtomicU64,
    /// Those of even and of odd rows: whoever is at the next row writes where the other no longer reads.
    sums: [Vec<AtomicU32>; 2],
}

impl Meeting {
    /// A place for so many sums a row.
    pub(super) fn new(n_sums: usize) -> Meeting {
        let sums = || (0..n_sums).map(|_| AtomicU32::new(0)).collect();
        let desk = || Desk { n_rows: AtomicU64::new(0), sums: [sums(), sums()] };
        Meeting { desks: [desk(), desk()], is_over: AtomicBool::new(false) }
    }

    /// Adds the other thread's sums of the `row`th row to one's own: the first half's plus the second's on both sides, so that both get the same
    /// number. False where the other thread has died.
    #[must_use]
    pub(super) fn add(&self, half: usize, row: u64, sums: &mut [f32]) -> bool {
        let (own, other) = (&self.desks[half], &self.desks[1 - half]);
        let parity = (row % 2) as usize;
        own.sums[parity].iter().zip(&*sums).for_each(|(to, sum)| to.store(sum.to_bits(), Ordering::Relaxed));
        own.n_rows.store(row + 1, Ordering::Release);
        let mut looks = 0;
        while other.n_rows.load(Ordering::Acquire) <= row {
            if self.is_over.load(Ordering::Relaxed) {
                return false;
            }
            looks += 1;
            if looks < PATIENCE { spin_loop() } else { thread::yield_now() }
        }
        for (sum, found) in sums.iter_mut().zip(&other.sums[parity]) {
            *sum += f32::from_bits(found.load(Ordering::Relaxed));
        }
        true
    }

    /// Ends the meeting if the thread that holds this dies.
    pub(super) fn attend(&self) -> impl Drop + '_ {
        Attendance(self)
    }
}

struct Attendance<'a>(&'a Meeting);

impl Drop for Attendance<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.is_over.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_get_the_total_of_every_row() {
        let meeting = Meeting::new(2);
        let attend = |half: usize| {
            let totals = (0..20_000u64).map(|row| {
                let mut sums = [row as f32 + half as f32, 0.5];
                assert!(meeting.add(half, row, &mut sums));
                sums
            });
            totals.collect::<Vec<_>>()
        };
        let (a, b) = thread::scope(|scope| {
            let other = scope.spawn(|| attend(1));
            (attend(0), other.join().unwrap())
        });
        assert_eq!(a, b);
        assert!(a.iter().zip(0..).all(|(sums, row)| *sums == [(2 * row + 1) as f32, 1.0]));
    }

    #[test]
    fn nobody_waits_for_the_dead() {
        let meeting = Meeting::new(1);
        let waited = thread::scope(|scope| {
            let dies = scope.spawn(|| {
                let _here = meeting.attend();
                std::panic::resume_unwind(Box::new("dead"));
            });
            let waited = meeting.add(0, 0, &mut [1.0]);
            assert!(dies.join().is_err());
            waited
        });
        assert!(!waited);
    }
}
