//! Sizes as words.

/// Three digits of a number: `0.0123`, `12.3`, `1230`, `1.23e9`.
pub(super) fn size(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return x.to_string();
    }
    let order = x.abs().log10().floor() as i32;
    if !(-4..6).contains(&order) {
        return format!("{x:.2e}");
    }
    let places = (2 - order).max(0) as usize;
    let text = format!("{x:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_three_digits() {
        let all = [0.0, 0.5, 0.012_345, -12.345, 1_234.5, 123_456.0, 1_234_567.0, 3.2e19, 4.56e-7];
        let want = ["0", "0.5", "0.0123", "-12.3", "1234", "123456", "1.23e6", "3.20e19", "4.56e-7"];
        assert_eq!(all.map(size), want);
    }
}
