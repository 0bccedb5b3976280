//! The written forms of terms, one after the other in memory of a fixed size.

/// Bytes before a text: whose it is, and how long.
const HEAD: usize = 4 + 2;
/// Places are counted in steps of so many bytes, so that 32 bits reach far enough.
const STEP: usize = 4;

/// Texts with the number of the slot whose term each writes. Place 0 is none.
#[derive(Debug, Default)]
pub(super) struct Arena {
    pub(super) bytes: Vec<u8>,
    limit: usize,
    /// What the last moving together left.
    pub(super) compacted: usize,
}

impl Arena {
    /// An empty arena of so many bytes at most.
    pub(super) fn new(limit: usize) -> Arena {
        let limit = limit.min(STEP * u32::MAX as usize);
        let mut bytes = Vec::with_capacity(limit);
        bytes.resize(STEP.min(limit), 0);
        Arena { bytes, limit, compacted: STEP }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Writes a text; `None` where there is no room for it.
    pub(super) fn push(&mut self, slot: u32, text: &[u8]) -> Option<u32> {
        let length = u16::try_from(text.len()).ok()?;
        let end = (self.bytes.len() + HEAD + text.len()).next_multiple_of(STEP);
        if end > self.limit {
            return None;
        }
        let at = self.bytes.len() / STEP;
        self.bytes.extend_from_slice(&slot.to_le_bytes());
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(text);
        self.bytes.resize(end, 0);
        Some(at as u32)
    }

    /// The text at a place.
    pub(super) fn get(&self, at: u32) -> Option<&[u8]> {
        let (_, text) = self.record(at as usize * STEP)?;
        (at > 0).then_some(text)
    }

    fn record(&self, at: usize) -> Option<(u32, &[u8])> {
        let (head, rest) = self.bytes.get(at..)?.split_at_checked(HEAD)?;
        let slot = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let length = u16::from_le_bytes([head[4], head[5]]);
        Some((slot, rest.get(..usize::from(length))?))
    }

    /// Whether enough was written since texts were last moved together that many may be of terms that are gone.
    pub(super) fn is_worth_compacting(&self) -> bool {
        self.bytes.len() - self.compacted > self.limit / 16
    }

    /// Moves texts together. `moves` is told the slot, the place and the new place of each, and says whether it is still in use.
    pub(super) fn compact(&mut self, mut moves: impl FnMut(u32, u32, u32) -> bool) {
        let (mut from, mut to) = (STEP, STEP);
        while let Some((slot, text)) = self.record(from) {
            let length = (HEAD + text.len()).next_multiple_of(STEP);
            if moves(slot, (from / STEP) as u32, (to / STEP) as u32) {
                self.bytes.copy_within(from..from + length, to);
                to += length;
            }
            from += length;
        }
        self.bytes.truncate(to);
        self.compacted = to;
    }

    /// Whether whole records fill the arena, as a file says: each place where one begins is told.
    pub(super) fn check(&self, mut each: impl FnMut(u32, u32) -> bool) -> bool {
        let mut at = STEP;
        while let Some((slot, text)) = self.record(at) {
            if std::str::from_utf8(text).is_err() || !each(slot, (at / STEP) as u32) {
                return false;
            }
            at += (HEAD + text.len()).next_multiple_of(STEP);
        }
        at == self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_again_and_those_in_use_stay_when_they_move() {
        let mut arena = Arena::new(100);
        let places: Vec<u32> =
            [(7, "war"), (8, "peace"), (9, "")].map(|(s, t)| arena.push(s, t.as_bytes()).unwrap()).into();
        assert_eq!(arena.get(places[1]), Some(&b"peace"[..]));
        assert_eq!(arena.get(0), None);
        let mut moved = Vec::new();
        arena.compact(|slot, from, to| {
            moved.push((slot, from, to));
            slot != 7
        });
        assert_eq!(
            moved.iter().map(|m| (m.0, m.1)).collect::<Vec<_>>(),
            [(7, places[0]), (8, places[1]), (9, places[2])]
        );
        assert_eq!((arena.get(moved[1].2), arena.get(moved[2].2)), (Some(&b"peace"[..]), Some(&b""[..])));
        assert_eq!(moved[1].2, places[0]);
        assert!(arena.check(|_, _| true));
    }

    #[test]
    fn there_is_an_end() {
        let mut arena = Arena::new(40);
        assert!(arena.push(1, &[b'x'; 40]).is_none());
        assert!(arena.push(1, &[b'x'; 30]).is_some());
        assert!(arena.push(1, b"").is_none());
        assert!(Arena::new(1 << 20).push(1, &[b'x'; 70_000]).is_none(), "longer than 16 bits can say");
    }
}
