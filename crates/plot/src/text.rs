//! How wide a text is, where its lines break, how a number is written.

/// Widths of the characters from space to `~` in thousandths of the font's size: those of DejaVu Sans, the widest of
/// the fonts that a picture asks for, so that a text takes at most this room.
const WIDTHS: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636,
    636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295,
    295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838,
    500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521,
    392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// The room that `text` takes at most at font size `size`.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let one = |c: char| {
        let i = (c as usize).wrapping_sub(32);
        let wide = if (c as u32) < 0x1100 { 820 } else { 1000 };
        f64::from(WIDTHS.get(i).copied().unwrap_or(wide))
    };
    text.chars().map(one).sum::<f64>() * size / 1000.0
}

/// `text` in lines of at most `room`; a word that is longer is cut.
pub(super) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().flat_map(|w| cut(w, size, room)) {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(&word, size) <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// `text` on one line of at most `room`: of a longer one the beginning and `…`.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if width(&text, size) <= room {
        return text;
    }
    let mut short = String::new();
    let mut used = width("…", size);
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size);
        if used > room {
            break;
        }
        short.push(c);
    }
    short.trim_end().to_string() + "…"
}

/// A word in pieces of at most `room`, of one character at least.
fn cut(word: &str, size: f64, room: f64) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0.0;
    for c in word.chars() {
        let w = width(c.encode_utf8(&mut [0; 4]), size);
        if used + w > room && used > 0.0 {
            pieces.push(String::new());
            used = 0.0;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
        used += w;
    }
    pieces
}

/// A coordinate: two decimals at most, no trailing zeros, no −0.
pub(super) fn coordinate(x: f64) -> String {
    trim(&format!("{x:.2}"))
}

/// `1.50` → `1.5`, `2.00` → `2`, `-0.00` → `0`.
pub(super) fn trim(text: &str) -> String {
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    if short == "-0" { "0".into() } else { short.into() }
}

/// A number for a reader: `digits` digits that count, powers of ten only where they save much.
pub fn number(x: f64, digits: usize) -> String {
    if x == 0.0 || !x.is_finite() {
        return if x == 0.0 { "0".into() } else { x.to_string() };
    }
    let scientific = format!("{x:.*e}", digits.saturating_sub(1));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..=6).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        return trim(&format!("{x:.decimals$}"));
    }
    format!("{}e{exponent}", trim(mantissa))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_its_room() {
        let text = "one boundary that is linear in the hidden plane and curved in the input plane, Pneumonoultramicroscopic";
        for room in [40.0, 90.0, 300.0] {
            let lines = wrap(text, 12.0, room);
            assert!(lines.iter().all(|l| width(l, 12.0) <= room), "{lines:?}");
            let letters = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(letters(&lines.concat()), letters(text));
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(fit("short", 11.0, 60.0), "short");
        let cut = fit("a name that does not fit", 11.0, 60.0);
        assert!(cut.ends_with('…') && width(&cut, 11.0) <= 60.0, "{cut}");
        assert_eq!(fit("a\nb", 11.0, 60.0), "a\u{fffd}b");
    }

    #[test]
    fn numbers_are_short() {
        let all = [0.0, 1.0, -0.5, 123.456, 1e-7, 2.5e9, 0.000_123_456].map(|x| number(x, 4));
        assert_eq!(all, ["0", "1", "-0.5", "123.5", "1e-7", "2.5e9", "0.0001235"]);
        assert_eq!([coordinate(-0.001), coordinate(12.3456), coordinate(100.0)], ["0", "12.35", "100"]);
    }
}
