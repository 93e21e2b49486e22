//! The bad cells and rows of a file, reported together.

use feedforward_base::{Error, ErrorKind, Result};

/// The first problems of a file and the number of all.
#[derive(Default)]
pub(super) struct Problems {
    /// In the order of their places.
    errors: Vec<((u64, usize), Error)>,
    total: usize,
}

impl Problems {
    /// One more, behind all others; `error` is made only while there is room for it.
    pub(super) fn push(&mut self, error: impl FnOnce() -> Error) {
        self.push_at(u64::MAX, usize::MAX, error);
    }

    /// One more, in this line and column; `error` is made only if it is among the first.
    pub(super) fn push_at(&mut self, line: u64, column: usize, error: impl FnOnce() -> Error) {
        self.total += 1;
        let place = self.errors.partition_point(|(other, _)| *other <= (line, column));
        if place < Error::SHOWN {
            self.errors.truncate(Error::SHOWN - 1);
            self.errors.insert(place, ((line, column), error()));
        }
    }

    /// All of them as one error.
    pub(super) fn finish(self) -> Result<()> {
        let errors: Vec<Error> = self.errors.into_iter().map(|(_, error)| error).collect();
        if self.total <= errors.len() {
            return Error::many(errors);
        }
        Err(Error::new(ErrorKind::Many { errors, total: self.total }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_base::Place;

    #[test]
    fn twenty_are_kept_and_all_are_counted() {
        let mut problems = Problems::default();
        (0..1000).for_each(|_| problems.push(|| Error::new(ErrorKind::Missing)));
        let e = problems.finish().unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Many { errors, total: 1000 } if errors.len() == 20));
        assert!(Problems::default().finish().is_ok());
    }

    #[test]
    fn the_first_by_their_places_are_kept_whatever_comes_first() {
        let mut problems = Problems::default();
        // Column after column, as a block of rows is read.
        for (column, line) in (0..9).flat_map(|column| (1..=9).rev().map(move |line| (column, line))) {
            let place = Place::default().row(line);
            problems.push_at(line, column, || {
                Error::new(ErrorKind::Missing).at(place.column(column.to_string()))
            });
        }
        let e = problems.finish().unwrap_err();
        let ErrorKind::Many { errors, total: 81 } = e.kind() else { panic!("{e}") };
        let places: Vec<String> = errors.iter().map(|e| e.place().to_string()).collect();
        let first = (0..20).map(|i| format!("row {}, column `{}`", i / 9 + 1, i % 9));
        assert_eq!(places, first.collect::<Vec<_>>());
    }
}
