//! Texts of files as a terminal may show them: no text that somebody else wrote can move the cursor, change colours,
//! begin a line of its own or turn the direction of what follows.

use std::borrow::Cow;

/// What stands for a character that is not shown.
const INSTEAD: char = '\u{fffd}';

/// Whether `c` does something else than to stand in its place: control characters (ESC among them, line breaks too)
/// and the marks that turn the direction of text.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` on one line, with U+FFFD in place of every character that [`is_control`].
pub fn plain(text: &str) -> Cow<'_, str> {
    without(text, is_control)
}

/// As [`plain`], but line breaks and tabs stay: for whole pages of text.
pub fn plain_page(text: &str) -> Cow<'_, str> {
    without(text, |c| is_control(c) && !matches!(c, '\n' | '\t'))
}

fn without(text: &str, bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&bad) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if bad(c) { INSTEAD } else { c }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_terminal_is_replaced() {
        assert_eq!(plain("a\u{1b}[2J\u{9b}1m\r\nb\u{7f}"), "a\u{fffd}[2J\u{fffd}1m\u{fffd}\u{fffd}b\u{fffd}");
        assert_eq!(plain("cod\u{202e}vsc.exe"), "cod\u{fffd}vsc.exe");
        assert!(matches!(plain("größer – 北京 🌍"), Cow::Borrowed(_)));
        assert_eq!(plain_page("a\tb\nc\u{8}"), "a\tb\nc\u{fffd}");
    }
}
