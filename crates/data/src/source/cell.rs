//! One cell of text: missing, a number, or text.

use super::ReadOptions;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Missing,
    Number(f64),
    /// `inf`, or a number beyond f64.
    Infinite(&'a str),
    /// A number with the other decimal mark.
    OtherMark(&'a str),
    Text(&'a str),
    NotUtf8,
}

/// Knows the missing markers and the decimal mark.
pub(super) struct CellReader {
    markers: Vec<Vec<u8>>,
    /// The bytes that markers begin with: most cells need no more than this look.
    first: [bool; 256],
    decimal: u8,
}

impl CellReader {
    pub(super) fn new(options: &ReadOptions) -> Self {
        let markers: Vec<_> = options.missing.iter().map(|m| m.trim().as_bytes().to_vec()).collect();
        let mut first = [false; 256];
        markers.iter().filter_map(|m| m.first()).for_each(|&b| first[usize::from(b)] = true);
        CellReader { markers, first, decimal: options.decimal }
    }

    /// Whether the bytes, blanks around them removed, mean "no value".
    #[inline]
    pub(super) fn is_missing(&self, bytes: &[u8]) -> bool {
        match bytes.first() {
            None => true,
            Some(&b) => self.first[usize::from(b)] && self.markers.iter().any(|m| m == bytes),
        }
    }

    /// The cell as a category's.
    #[inline]
    pub(super) fn text<'a>(&self, bytes: &'a [u8]) -> Cell<'a> {
        let bytes = bytes.trim_ascii();
        if self.is_missing(bytes) {
            return Cell::Missing;
        }
        std::str::from_utf8(bytes).map_or(Cell::NotUtf8, Cell::Text)
    }

    /// The cell as it looks.
    #[inline]
    pub(super) fn any<'a>(&self, bytes: &'a [u8]) -> Cell<'a> {
        let bytes = bytes.trim_ascii();
        if let Some(n) = short_decimal(bytes, self.decimal)
            && !self.is_missing(bytes)
        {
            return Cell::Number(n);
        }
        match self.text(bytes) {
            Cell::Text(text) => self.number(text),
            other => other,
        }
    }

    fn number<'a>(&self, text: &'a str) -> Cell<'a> {
        let value = match self.decimal {
            b'.' => text.parse::<f64>().ok(),
            _ if text.contains('.') => None,
            _ => text.replacen(',', ".", 1).parse::<f64>().ok(),
        };
        match value {
            Some(v) if v.is_finite() => Cell::Number(v),
            Some(v) if v.is_nan() => Cell::Missing,
            Some(_) => Cell::Infinite(text),
            None if self.has_other_mark(text) => Cell::OtherMark(text),
            None => Cell::Text(text),
        }
    }

    /// `7,2` where a point is the mark; `7.2` where a comma is.
    fn has_other_mark(&self, text: &str) -> bool {
        let mark = if self.decimal == b'.' { ',' } else { '.' };
        let Some((whole, rest)) = text.split_once(mark) else { return false };
        let whole = whole.strip_prefix(['+', '-']).unwrap_or(whole);
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let (fraction, power) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        digits(whole) && digits(fraction) && !fraction.is_empty() && digits(power) && !power.is_empty()
    }
}

/// Digits that begin with a zero, such as a postcode `01123`: read as a number they would lose it.
#[inline]
pub(super) fn is_padded(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii();
    bytes.first() == Some(&b'0') && bytes.len() > 1 && bytes.iter().all(u8::is_ascii_digit)
}

/// Whether a cell that was read as `value` is a whole number that f64 does not hold exactly.
#[inline]
pub(super) fn is_inexact(bytes: &[u8], value: f64) -> bool {
    value.abs() >= EXACT && {
        let text = std::str::from_utf8(bytes.trim_ascii()).unwrap_or_default();
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        // Beyond i128 nothing is known, so that the number counts as cut.
        digits.bytes().all(|b| b.is_ascii_digit()) && text.parse::<i128>() != Ok(value as i128)
    }
}

/// Up to here, 2^53, all whole numbers are different in f64.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether f64 holds `n` exactly.
#[inline]
pub(super) fn is_exact(n: i128) -> bool {
    n.unsigned_abs() <= 1 << 53 || (n as f64) as i128 == n
}

/// `-12.345`, of up to 18 characters: most cells of most files. Whole numbers up to 2^53 and powers of ten up to 10^22 are
/// exact in f64, and a division rounds once: the bits are those of `str::parse`, in a third of the time.
#[inline]
fn short_decimal(bytes: &[u8], mark: u8) -> Option<f64> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 18 {
        return None;
    }
    let (whole, rest) = leading_digits(0, digits);
    let (n, fraction) = match rest {
        [first, fraction @ ..] if *first == mark => match leading_digits(whole, fraction) {
            (n, []) => (n, fraction.len()),
            _ => return None,
        },
        [] => (whole, 0),
        _ => return None,
    };
    if digits.len() == rest.len() && fraction == 0 || n > 1 << 53 {
        return None;
    }
    let value = if fraction == 0 { n as f64 } else { n as f64 / POWERS[fraction] };
    Some(if negative { -value } else { value })
}

/// The digits that `bytes` begin with, behind those of `n`, and what follows them.
#[inline]
fn leading_digits(mut n: u64, bytes: &[u8]) -> (u64, &[u8]) {
    for (i, b) in bytes.iter().enumerate() {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return (n, &bytes[i..]);
        }
        n = n * 10 + u64::from(digit);
    }
    (n, &[])
}

/// 10^0 to 10^18.
const POWERS: [f64; 19] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// Digits in groups of three: at least two groups behind the first, or one and a fraction with another mark.
fn has_thousands(text: &str) -> bool {
    let digits = text.trim().trim_start_matches(['+', '-']);
    let Some(mark) =
        digits.chars().find(|c| !c.is_ascii_digit()).filter(|c| ",.' ’\u{a0}\u{202f}".contains(*c))
    else {
        return false;
    };
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let groups: Vec<&str> = digits.split(mark).collect();
    let [first, middle @ .., last] = &groups[..] else { return false };
    let (whole, fraction) = last.split_once([',', '.']).map_or((*last, None), |(w, f)| (w, Some(f)));
    let threes = middle.iter().chain([&whole]).all(|g| g.len() == 3 && all_digits(g));
    let told_apart = fraction.map_or(groups.len() > 2 || !",.".contains(mark), all_digits);
    (1..=3).contains(&first.len()) && all_digits(first) && threes && told_apart
}

/// What to do about text in a number column.
pub(super) fn number_hint(text: &str, column: &str, decimal: u8) -> String {
    let reader = CellReader { markers: Vec::new(), first: [false; 256], decimal };
    match reader.number(text) {
        _ if has_thousands(text) => {
            format!("`{text}` uses thousands separators; remove them from the column")
        }
        Cell::OtherMark(_) if decimal == b',' => {
            "with `--decimal ,` a point cannot be read: remove points between thousands, or leave `--decimal ,` out \
             if decimals have a point"
                .into()
        }
        Cell::OtherMark(_) if text.split_once(',').is_some_and(|(_, thousand)| thousand.len() == 3) => {
            "if this is a decimal comma, pass `--decimal ,`; commas between thousands must be removed".into()
        }
        Cell::OtherMark(_) => "this file writes decimals with a comma; pass `--decimal ,`".into(),
        _ => format!(
            "if it means \"no value\", pass `--missing '{text}'`; if the column holds categories, pass `--type \
             '{column}=category'`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The short way says nothing else than the long one, to the bit, and never says more.
        #[test]
        fn short_numbers_have_the_bits_of_the_standard_library(
            text in "-?[0-9]{0,10}[.,]?[0-9]{0,10}", other in "[-+0-9.,eE ]{0,19}",
        ) {
            for text in [text, other] {
                for mark in [b'.', b','] {
                    let foreign = if mark == b'.' { ',' } else { '.' };
                    let long = match text.contains(foreign) {
                        true => None,
                        false => text.replacen(char::from(mark), ".", 1).parse::<f64>().ok(),
                    };
                    if let Some(short) = short_decimal(text.as_bytes(), mark) {
                        prop_assert_eq!(Some(short.to_bits()), long.map(f64::to_bits), "{}", text);
                    }
                }
            }
        }
    }

    #[test]
    fn most_numbers_take_the_short_way() {
        for text in ["0", "-0", "7", "-12.5", "3.", ".5", "9007199254740992", "99.99999", "0.000000000000001"]
        {
            let short = short_decimal(text.as_bytes(), b'.').map(f64::to_bits);
            assert_eq!(short, Some(text.parse::<f64>().unwrap().to_bits()), "{text}");
        }
        assert_eq!(short_decimal(b"7,25", b','), Some(7.25));
        for text in [
            "",
            "-",
            ".",
            "-.",
            "+1",
            "1e5",
            "1.2.3",
            "7,25",
            "9007199254740993",
            "0000000000000000001",
            "1 ",
        ] {
            assert_eq!(short_decimal(text.as_bytes(), b'.'), None, "{text}");
        }
    }

    fn any(text: &str) -> Cell<'_> {
        CellReader::new(&ReadOptions::default()).any(text.as_bytes())
    }

    #[test]
    fn numbers_are_read_as_rust_reads_them() {
        let good = [
            ("7", 7.0),
            (" -1.5 ", -1.5),
            ("+3", 3.0),
            ("1e5", 1e5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1E-3", 1e-3),
        ];
        for (text, value) in good {
            assert_eq!(any(text), Cell::Number(value), "{text}");
        }
        assert_eq!(any("123456789012"), Cell::Number(123_456_789_012.0));
        for text in ["1_000", "0x10", "1 000", "abc", "--1", "1e", "12kg", "1,234,567"] {
            assert_eq!(any(text), Cell::Text(text), "{text}");
        }
    }

    #[test]
    fn missing_markers_infinities_and_other_marks_are_told_apart() {
        for text in ["", "  ", "?", "NA", " NaN ", "nan", "-nan", "None", "null"] {
            assert_eq!(any(text), Cell::Missing, "{text}");
        }
        for text in ["inf", "-Infinity", "1e999"] {
            assert_eq!(any(text), Cell::Infinite(text));
        }
        for text in ["7,2", "-0,5", "1,2e-3", ",5"] {
            assert_eq!(any(text), Cell::OtherMark(text));
        }
        assert_eq!(CellReader::new(&ReadOptions::default()).any(b"\xff"), Cell::NotUtf8);
    }

    #[test]
    fn a_decimal_comma_and_numbers_that_mean_missing() {
        let missing = vec!["-999".into(), "999".into()];
        let reader = CellReader::new(&ReadOptions { decimal: b',', missing, ..ReadOptions::default() });
        assert_eq!(reader.any(b"7,2"), Cell::Number(7.2));
        assert_eq!(reader.any(b"7"), Cell::Number(7.0));
        assert_eq!(reader.any(b"7.2"), Cell::OtherMark("7.2"));
        assert_eq!(reader.any(b"1.234,5"), Cell::Text("1.234,5"));
        assert_eq!(reader.any(b"-999"), Cell::Missing);
        assert_eq!(reader.any(b"999"), Cell::Missing);
        assert_eq!(reader.any(b"998"), Cell::Number(998.0));
        assert_eq!(reader.any(b"?"), Cell::Text("?"));
    }

    #[test]
    fn identifiers_are_known() {
        for (text, padded) in [("01123", true), (" 007 ", true), ("0", false), ("0.5", false), ("-01", false)]
        {
            assert_eq!(is_padded(text.as_bytes()), padded, "{text}");
        }
        for (text, inexact) in [
            ("9007199254740993", true),
            ("-9007199254740993", true),
            ("9007199254740992", false),
            ("18446744073709551615", true),
            ("9007199254740993.0", false),
            ("1e300", false),
            ("5", false),
        ] {
            assert_eq!(is_inexact(text.as_bytes(), text.parse().unwrap()), inexact, "{text}");
        }
        assert!(is_exact(1 << 60) && !is_exact((1 << 60) + 1) && !is_exact(i128::from(u64::MAX)));
    }

    #[test]
    fn hints_fit_the_text() {
        assert_eq!(
            number_hint("7,2", "x", b'.'),
            "this file writes decimals with a comma; pass `--decimal ,`"
        );
        assert!(number_hint("1,234", "x", b'.').contains("thousands"));
        for (text, thousands) in [
            ("1.671,61", true),
            ("1,234,567", true),
            ("-12 345", true),
            ("1,234.5", true),
            ("1,234", false),
            ("12,34", false),
            ("1.2.3", false),
            ("2024.100,", false),
        ] {
            assert_eq!(has_thousands(text), thousands, "{text}");
        }
        assert!(number_hint("1.671,61", "x", b',').starts_with("`1.671,61` uses thousands separators"));
        assert!(number_hint("69.500", "x", b',').contains("between thousands"));
        assert!(number_hint("7.2", "x", b',').contains("leave"));
        assert!(number_hint("oops", "my x", b'.').contains("--type 'my x=category'"));
    }
}
