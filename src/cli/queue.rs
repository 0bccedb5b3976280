//! Rows read ahead by a thread of its own, handed over as many as there are, within a bound.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Between the thread that reads and the one that takes what has been read.
///
/// Whoever takes gets all that waits: single rows where they trickle in, so that each is answered at once, and
/// large batches where reading is faster than labelling.
#[derive(Debug)]
pub(super) struct Queue<T> {
    shared: Arc<Shared<T>>,
}

#[derive(Debug)]
struct Shared<T> {
    state: Mutex<State<T>>,
    /// Something to take, or the end.
    filled: Condvar,
    /// Room again, or nobody takes any more.
    emptied: Condvar,
}

#[derive(Debug)]
struct State<T> {
    items: Vec<T>,
    size: usize,
    ended: bool,
    abandoned: bool,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // The state is whole at every point where a thread could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that no more comes, also when the reading thread panics.
struct End<T>(Arc<Shared<T>>);

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.filled.notify_one();
    }
}

impl<T: Send + 'static> Queue<T> {
    /// Reads `items` ahead until their sizes sum up to `bound`.
    pub(super) fn read_ahead(
        items: impl Iterator<Item = T> + Send + 'static,
        size: fn(&T) -> usize,
        bound: usize,
    ) -> std::io::Result<Queue<T>> {
        let state = State { items: Vec::new(), size: 0, ended: false, abandoned: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), filled: Condvar::new(), emptied: Condvar::new() });
        let end = End(Arc::clone(&shared));
        // Not joined: it may wait for input that never comes when nobody wants it any more.
        thread::Builder::new().name("reader".into()).spawn(move || {
            let shared = &end.0;
            for item in items {
                let size = size(&item);
                let mut state = shared.lock();
                while state.size >= bound && !state.abandoned {
                    state = shared.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                if state.abandoned {
                    break;
                }
                state.items.push(item);
                state.size += size;
                drop(state);
                shared.filled.notify_one();
            }
        })?;
        Ok(Queue { shared })
    }

    /// All that waits, at least one; `None` at the end.
    pub(super) fn take(&self) -> Option<Vec<T>> {
        let mut state = self.shared.lock();
        while state.items.is_empty() && !state.ended {
            state = self.shared.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let items = std::mem::take(&mut state.items);
        state.size = 0;
        drop(state);
        self.shared.emptied.notify_one();
        (!items.is_empty()).then_some(items)
    }
}

impl<T> Drop for Queue<T> {
    fn drop(&mut self) {
        self.shared.lock().abandoned = true;
        self.shared.emptied.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn everything_comes_in_order() {
        let queue = Queue::read_ahead(0..10_000, |_| 1, 64).unwrap();
        let mut all = Vec::new();
        while let Some(items) = queue.take() {
            assert!(!items.is_empty() && items.len() <= 64);
            all.extend(items);
        }
        assert_eq!(all, (0..10_000).collect::<Vec<_>>());
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn a_single_row_is_handed_over_while_the_next_is_awaited() {
        let (sender, receiver) = channel();
        let queue = Queue::read_ahead(receiver.into_iter(), |_: &u32| 1, 64).unwrap();
        sender.send(7).unwrap();
        assert_eq!(queue.take(), Some(vec![7]));
        sender.send(8).unwrap();
        assert_eq!(queue.take(), Some(vec![8]));
        drop(sender);
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn no_more_is_read_than_the_bound_allows() {
        static READ: AtomicUsize = AtomicUsize::new(0);
        let items = (0..1000).inspect(|_| _ = READ.fetch_add(1, Ordering::SeqCst));
        let queue = Queue::read_ahead(items, |_| 10, 100).unwrap();
        thread::sleep(Duration::from_millis(50));
        assert_eq!(READ.load(Ordering::SeqCst), 11, "ten wait in the queue, one in the hand of the reader");
        drop(queue);
        thread::sleep(Duration::from_millis(50));
        assert_eq!(READ.load(Ordering::SeqCst), 11);
    }
}
