//! Numbers for readers.

/// Digits that a reader is shown; the JSON document has all of them.
const DIGITS: i32 = 7;

/// `x` to seven digits, without zeros that say nothing.
pub fn short(x: f64) -> String {
    if x == 0.0 {
        return "0".into();
    }
    if !x.is_finite() {
        return x.to_string();
    }
    // The exponent after rounding: 0.99999999 is 1.
    let scientific = format!("{x:.*e}", DIGITS as usize - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..DIGITS).contains(&exponent) {
        trimmed(&format!("{x:.*}", (DIGITS - 1 - exponent) as usize)).into()
    } else {
        format!("{}e{exponent}", trimmed(mantissa))
    }
}

fn trimmed(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Numbers one below the other, the points in one column.
pub(crate) fn aligned(numbers: &[String]) -> Vec<String> {
    let point = |n: &str| n.find(['.', 'e', '…']).unwrap_or(n.len());
    let before = numbers.iter().map(|n| point(n)).max().unwrap_or(0);
    let padded: Vec<String> =
        numbers.iter().map(|n| format!("{}{n}", " ".repeat(before - point(n)))).collect();
    let width = padded.iter().map(|n| n.chars().count()).max().unwrap_or(0);
    padded.into_iter().map(|n| format!("{n:<width$}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_digits_that_count() {
        let all =
            [0.0, -0.0, 1.0, -4.5, 0.1 + 0.2, 0.8249137318, 123456789.0, 1e-9, -2.5e-5, 0.99999999, 1e7];
        let want = ["0", "0", "1", "-4.5", "0.3", "0.8249137", "1.234568e8", "1e-9", "-2.5e-5", "1", "1e7"];
        assert_eq!(all.map(short), want);
        assert_eq!(short(1234567.0), "1234567");
    }

    #[test]
    fn points_stand_below_each_other() {
        let all = ["1.25", "-10", "0.5"].map(String::from);
        assert_eq!(aligned(&all), ["  1.25", "-10   ", "  0.5 "]);
    }
}
