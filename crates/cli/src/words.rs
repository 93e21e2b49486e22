//! Small pieces of text that several verbs print.

pub(crate) use feedforward::words::{counted, grouped};

use feedforward::training::judgement::labels;

/// Columns of a terminal that a user's name may take.
const WIDTH: usize = 24;

/// Three digits that count: `0.012`, `1.23`, `12.3`, `12,345`.
pub(crate) fn digits(x: f64) -> String {
    let decimals = match x.abs() {
        x if x >= 99.95 || x == 0.0 => return grouped(x.round() as usize),
        x if x >= 9.995 => 1,
        x if x >= 0.9995 => 2,
        _ => 3,
    };
    format!("{x:.decimals$}")
}

/// A measured number to four digits: more are not known.
pub(crate) fn rounded(x: f64) -> f64 {
    format!("{x:.3e}").parse().unwrap_or(x)
}

/// Names on one line each, long ones cut so that no two become alike.
pub(crate) fn cut<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    labels(names, WIDTH)
}

/// The first `most` names, cut, in backticks; more than that are counted.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let all = cut(names);
    let shown = all.iter().take(most).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {} more", grouped(more)),
    }
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '=' | ',');
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_things() {
        assert_eq!(
            [0, 1, 12, 123, 1234, 1_234_567].map(|n| counted(n, "row")),
            ["0 rows", "1 row", "12 rows", "123 rows", "1,234 rows", "1,234,567 rows"]
        );
    }

    #[test]
    fn measured_numbers_are_short() {
        let all = [0.0, 0.0123, 1.0, 9.99, 9.996, 12.34, 99.96, 12345.6].map(digits);
        assert_eq!(all, ["0", "0.012", "1.00", "9.99", "10.0", "12.3", "100", "12,346"]);
        assert_eq!([12345.678, 0.000123456, 7.0].map(rounded), [12350.0, 0.0001235, 7.0]);
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(cut(["a\nb"]), ["a\u{fffd}b"]);
        assert_eq!(cut([&*"ü".repeat(30)])[0].chars().count(), WIDTH);
        assert_eq!(list(["a", "b", "c"], 2), "`a`, `b` and 1 more");
    }

    #[test]
    fn words_survive_the_shell() {
        assert_eq!(
            [quoted("a_b.ff"), quoted("a b"), quoted("it's"), quoted("")],
            ["a_b.ff", "'a b'", r"'it'\''s'", "''"]
        );
    }
}
