//! Categories as inputs of 0 and 1.

use super::levels::UNSEEN;
use crate::table::MISSING;
use feedforward_base::Real;
use serde::{Deserialize, Serialize};

/// One input per level, 1 for the row's own level and 0 for the others.
///
/// Exactly two levels and no empty cell in the training rows need one input only: 0 for the first level, 1
/// for the second. A row whose level is not known then gets ½; with more inputs it gets zeros everywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneHot {
    /// The levels of the training rows in natural order: by number if all are numbers, else by text.
    pub levels: Vec<String>,
    /// The training rows had empty cells: a further input is 1 for them.
    pub missing: bool,
}

impl OneHot {
    /// Two levels on one input.
    pub fn is_binary(&self) -> bool {
        self.levels.len() == 2 && !self.missing
    }
    /// Number of inputs.
    pub fn width(&self) -> usize {
        if self.is_binary() { 1 } else { self.levels.len() + usize::from(self.missing) }
    }
    /// The names of the inputs: `sex=male`, `sex is missing`.
    pub fn names(&self, column: &str) -> Vec<String> {
        let first = usize::from(self.is_binary());
        let mut names: Vec<_> = self.levels[first..].iter().map(|l| format!("{column}={l}")).collect();
        names.extend(self.missing.then(|| format!("{column} is missing")));
        names
    }
    /// The inputs of a row with this code: an index into the levels, [`MISSING`] or not seen. `out` holds
    /// zeros.
    pub(super) fn write<T: Real>(&self, code: u32, out: &mut [T]) {
        match code {
            MISSING | UNSEEN if self.is_binary() => out[0] = T::from_f64(0.5),
            MISSING if self.missing => out[self.levels.len()] = T::ONE,
            MISSING | UNSEEN => {}
            code if self.is_binary() => out[0] = if code == 1 { T::ONE } else { T::ZERO },
            code => out[code as usize] = T::ONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(levels: &[&str], missing: bool, code: u32) -> Vec<f32> {
        let hot = OneHot { levels: levels.iter().map(|l| l.to_string()).collect(), missing };
        let mut out = vec![0.0; hot.width()];
        hot.write(code, &mut out);
        out
    }

    #[test]
    fn ten_classes_as_in_the_lecture() {
        // D4: the label 2 is [0,0,1,0,0,0,0,0,0,0].
        let levels: Vec<String> = (0..10).map(|d| d.to_string()).collect();
        let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
        assert_eq!(row(&levels, false, 2), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn two_levels_share_an_input_unless_some_are_missing() {
        assert_eq!([row(&["f", "m"], false, 0), row(&["f", "m"], false, 1)], [[0.0], [1.0]]);
        assert_eq!(row(&["f", "m"], false, UNSEEN), [0.5]);
        assert_eq!(row(&["f", "m"], false, MISSING), [0.5]);
        assert_eq!(row(&["f", "m"], true, MISSING), [0.0, 0.0, 1.0]);
        assert_eq!(row(&["f", "m"], true, UNSEEN), [0.0, 0.0, 0.0]);
        let hot = OneHot { levels: vec!["f".into(), "m".into()], missing: false };
        assert_eq!(hot.names("sex"), ["sex=m"]);
        let hot = OneHot { missing: true, ..hot };
        assert_eq!(hot.names("sex"), ["sex=f", "sex=m", "sex is missing"]);
    }

    #[test]
    fn levels_never_seen_are_all_zeros() {
        assert_eq!(row(&["a", "b", "c"], false, UNSEEN), [0.0; 3]);
        assert_eq!(row(&["a", "b", "c"], false, MISSING), [0.0; 3]);
    }
}
