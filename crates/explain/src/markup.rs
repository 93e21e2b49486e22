//! The one-line mathematics of equations: plain text with `^{…}` above and `_{…}` below the line.

use feedforward_base::words::escape;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// On the line.
    Line(String),
    /// Above it.
    Above(String),
    /// Below it.
    Below(String),
}

/// The pieces of a line. What is marked inside a mark is taken as it stands.
pub fn spans(line: &str) -> Vec<Span> {
    let mut all = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let mark = rest.get(1..).filter(|r| (c == '^' || c == '_') && r.starts_with('{'));
        let Some((inside, after)) = mark.and_then(braced) else {
            plain.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        if !plain.is_empty() {
            all.push(Span::Line(std::mem::take(&mut plain)));
        }
        let inside = text(inside);
        all.push(if c == '^' { Span::Above(inside) } else { Span::Below(inside) });
        rest = after;
    }
    if !plain.is_empty() {
        all.push(Span::Line(plain));
    }
    all
}

/// What stands between the brace at the start of `text` and the one that closes it, and what follows.
pub(crate) fn braced(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&text[1..i], &text[i + 1..]));
        }
    }
    None
}

/// For a terminal: `W^{[2]}` is `W^[2]`, `W^{T}` is `Wᵀ`.
pub fn text(line: &str) -> String {
    let whole = |s: &str| {
        let mut inner = s.chars();
        let bracketed =
            matches!((inner.next(), inner.next_back()), (Some('['), Some(']')) | (Some('('), Some(')')));
        bracketed || s.chars().all(char::is_alphanumeric)
    };
    let marked =
        |mark: char, s: String| if whole(&s) { format!("{mark}{s}") } else { format!("{mark}({s})") };
    let piece = |span| match span {
        Span::Line(s) => s,
        Span::Above(s) if s == "T" => "ᵀ".into(),
        Span::Above(s) => marked('^', s),
        Span::Below(s) => marked('_', s),
    };
    spans(line).into_iter().map(piece).collect()
}

/// For a page.
pub fn html(line: &str) -> String {
    let piece = |span| match span {
        Span::Line(s) => escape(&s),
        Span::Above(s) => format!("<sup>{}</sup>", escape(&s)),
        Span::Below(s) => format!("<sub>{}</sub>", escape(&s)),
    };
    spans(line).into_iter().map(piece).collect()
}

/// For the inside of an SVG `text` element.
pub fn svg(line: &str) -> String {
    let raised = |s: &str, up: &str, down: &str| {
        // A blank without width carries the line back: browsers differ in `baseline-shift`.
        format!(r#"<tspan dy="{up}" font-size="75%">{}</tspan><tspan dy="{down}">&#8203;</tspan>"#, escape(s))
    };
    let piece = |span| match span {
        Span::Line(s) => escape(&s),
        Span::Above(s) => raised(&s, "-0.4em", "0.3em"),
        Span::Below(s) => raised(&s, "0.3em", "-0.225em"),
    };
    spans(line).into_iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_three_forms() {
        let line = "z^{[2]} = W^{T}a_{i,j} < 1";
        assert_eq!(text(line), "z^[2] = Wᵀa_(i,j) < 1");
        assert_eq!(html(line), "z<sup>[2]</sup> = W<sup>T</sup>a<sub>i,j</sub> &lt; 1");
        assert!(svg("a^{2}").starts_with(r#"a<tspan dy="-0.4em" font-size="75%">2</tspan>"#));
    }

    #[test]
    fn marks_inside_marks_and_open_braces() {
        assert_eq!(text("e^{-z_{i}}"), "e^(-z_i)");
        assert_eq!(text("a^{b"), "a^{b");
        assert_eq!(text("x^2_1"), "x^2_1");
    }
}
