//! Numbers and counts as a page shows them.

pub(crate) use feedforward_base::words::{counted, grouped};

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
    fn numbers() {
        assert_eq!([percent(0.857_06), number(0.123_456), weight(1234.0)], ["85.71 %", "0.1235", "1,234"]);
        assert_eq!(weight(0.5), "0.5");
    }
}
