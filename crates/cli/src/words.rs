//! Small pieces of text that several verbs print.

use feedforward::training::judgement::labels;

/// Columns of a terminal that a user's name may take.
const WIDTH: usize = 24;

/// `1 row`, `1,234 rows`.
pub(crate) fn counted(n: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// `1,234,567`.
pub(crate) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
