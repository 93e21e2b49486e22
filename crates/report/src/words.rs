//! Numbers and counts as a page shows them.

/// `1 row`, `1,234 rows`.
pub(crate) fn counted(n: usize, what: &str) -> String {
    let plural = match (n, what.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        _ => "s",
    };
    format!("{} {what}{plural}", grouped(n))
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

/// `85.71 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// Four digits that count.
pub(crate) fn number(x: f64) -> String {
    feedforward_plot::number(x, 4)
}

/// A count of rows, or a sum of weights.
pub(crate) fn weight(x: f64) -> String {
    if x.fract() == 0.0 && (0.0..1e15).contains(&x) { grouped(x as usize) } else { number(x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_numbers() {
        assert_eq!([counted(1, "class"), counted(2, "class")], ["1 class", "2 classes"]);
        assert_eq!([counted(1, "row"), counted(12_345, "row")], ["1 row", "12,345 rows"]);
        assert_eq!([percent(0.857_06), number(0.123_456), weight(1234.0)], ["85.71 %", "0.1235", "1,234"]);
        assert_eq!(weight(0.5), "0.5");
    }
}
