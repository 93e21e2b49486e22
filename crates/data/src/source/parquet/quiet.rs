//! Panics of a library that are caught and told as errors are not written to the terminal as well.

use std::cell::Cell;
use std::panic::{self, UnwindSafe};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `work` returns, or nothing if it panics.
pub(super) fn quietly<T>(work: impl FnOnce() -> T + UnwindSafe) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |about| {
            if !QUIET.get() {
                before(about);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(work).ok();
    QUIET.set(false);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_nothing_and_the_next_one_is_loud() {
        assert_eq!(quietly(|| -> u8 { panic!("damaged") }), None);
        assert_eq!(quietly(|| 3), Some(3));
        assert!(!QUIET.get());
    }
}
