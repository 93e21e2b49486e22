//! The bad cells and rows of a file, reported together.

use feedforward_base::{Error, ErrorKind, Result};

/// The first problems of a file and the number of all.
#[derive(Default)]
pub(super) struct Problems {
    errors: Vec<Error>,
    total: usize,
}

impl Problems {
    /// One more; `error` is made only while there is room for it.
    pub(super) fn push(&mut self, error: impl FnOnce() -> Error) {
        self.total += 1;
        if self.errors.len() < Error::SHOWN {
            self.errors.push(error());
        }
    }

    /// All of them as one error.
    pub(super) fn finish(self) -> Result<()> {
        if self.total <= self.errors.len() {
            return Error::many(self.errors);
        }
        Err(Error::new(ErrorKind::Many { errors: self.errors, total: self.total }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_are_kept_and_all_are_counted() {
        let mut problems = Problems::default();
        (0..1000).for_each(|_| problems.push(|| Error::new(ErrorKind::Missing)));
        let e = problems.finish().unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Many { errors, total: 1000 } if errors.len() == 20));
        assert!(Problems::default().finish().is_ok());
    }
}
