//! From the TeX of the functions' descriptions to one line of [`crate::markup`].

use crate::markup::braced;

/// A formula on one line. A command that is not known stands there by its name.
///
/// ```
/// use feedforward_explain::{markup, tex};
/// assert_eq!(markup::text(&tex::line(r"f(z) = \frac{1}{1 + e^{-z}}")), "f(z) = 1 / (1 + e^(-z))");
/// ```
pub fn line(tex: &str) -> String {
    let mut out = String::new();
    let mut rest = tex;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => rest = command(rest, &mut out),
            '^' | '_' => {
                let (inside, after) = argument(rest);
                out.push_str(&format!("{c}{{{inside}}}"));
                rest = after;
            }
            '{' | '}' => {}
            '&' => out.push(','),
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
    }
    let words = out.split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace(" ,", ",").replace(",,", ",").replace(" ;", ";").replace("∂ ", "∂")
}

/// Write the command at the start of `rest`; what follows it.
fn command<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    if end == 0 {
        // `\,`, `\;`, `\!` are blanks, `\\` ends a line of a case distinction, `\|` is a norm.
        let c = rest.chars().next().unwrap_or(' ');
        out.push_str(match c {
            '\\' => "; ",
            '|' => "‖",
            '{' => "{",
            '}' => "}",
            _ => " ",
        });
        return rest.get(c.len_utf8()..).unwrap_or_default();
    }
    let (name, after) = rest.split_at(end);
    match name {
        "frac" | "tfrac" | "dfrac" => {
            let (above, after) = argument(after);
            let (below, after) = argument(after);
            match (above.as_str(), below.as_str()) {
                ("1", "2") => out.push('½'),
                _ => out.push_str(&format!("{} / {}", grouped(&above), grouped(&below))),
            }
            after
        }
        "sqrt" => {
            let (inside, after) = argument(after);
            let one = inside.chars().all(char::is_numeric) || inside.chars().count() == 1;
            out.push_str(&if one { format!("√{inside}") } else { format!("√({inside})") });
            after
        }
        "text" | "mathrm" | "operatorname" | "mathbf" | "hat" | "bar" => {
            let (inside, after) = argument(after);
            out.push_str(&inside);
            after
        }
        "begin" | "end" => {
            let (_, after) = argument(after);
            out.push(' ');
            after
        }
        name => {
            out.push_str(symbol(name));
            after
        }
    }
}

/// The argument at the start of `rest`, on one line: what stands in braces, a command, or one sign.
fn argument(rest: &str) -> (String, &str) {
    let rest = rest.trim_start();
    if rest.starts_with('{')
        && let Some((inside, after)) = braced(rest)
    {
        return (line(inside), after);
    }
    if let Some(named) = rest.strip_prefix('\\') {
        let mut out = String::new();
        let after = command(named, &mut out);
        return (out, after);
    }
    let end = rest.chars().next().map_or(0, char::len_utf8);
    (rest[..end].to_string(), &rest[end..])
}

/// In parentheses unless it is one word.
fn grouped(line: &str) -> String {
    let one = line.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '∂' | '²' | '_' | '{' | '}'));
    if one { line.to_string() } else { format!("({line})") }
}

fn symbol(name: &str) -> &str {
    match name {
        "left" | "right" | "displaystyle" | "limits" | "big" | "Big" | "bigl" | "bigr" => "",
        "quad" | "qquad" => " ",
        "leftarrow" | "gets" => "←",
        "rightarrow" | "to" => "→",
        "alpha" => "α",
        "beta" => "β",
        "gamma" => "γ",
        "delta" => "δ",
        "epsilon" | "varepsilon" => "ε",
        "eta" => "η",
        "theta" => "θ",
        "lambda" => "λ",
        "mu" => "μ",
        "pi" => "π",
        "rho" => "ρ",
        "sigma" => "σ",
        "tau" => "τ",
        "phi" | "varphi" => "φ",
        "Phi" => "Φ",
        "sum" => "Σ",
        "prod" => "∏",
        "partial" => "∂",
        "nabla" => "∇",
        "ell" => "ℓ",
        "cdot" | "times" => "·",
        "odot" => "⊙",
        "le" | "leq" => "≤",
        "ge" | "geq" => "≥",
        "ne" | "neq" => "≠",
        "pm" => "±",
        "sim" => "~",
        "approx" => "≈",
        "in" => "∈",
        "infty" => "∞",
        "dots" | "ldots" | "cdots" => "…",
        "lVert" | "rVert" | "Vert" => "‖",
        "lvert" | "rvert" | "vert" | "mid" => "|",
        "lfloor" => "⌊",
        "rfloor" => "⌋",
        "top" => "T",
        "prime" => "′",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup;
    use feedforward_network::{Activation, Loss, Optimizer};

    #[test]
    fn formulas_on_a_line() {
        let cases = [
            (r"V \leftarrow \beta V + G, \quad W \leftarrow W - \eta V", "V ← β V + G, W ← W - η V"),
            (r"\ell = \tfrac12 \sum_i (a_i - y_i)^2", "ℓ = ½ Σ_i (a_i - y_i)^2"),
            (r"f(z) = \begin{cases} z & z > 0 \\ 0 & z \le 0 \end{cases}", "f(z) = z, z > 0; 0, z ≤ 0"),
            (r"\sqrt{v / (1 - \beta_2^t)}", "√(v / (1 - β_2^t))"),
            (r"\varphi(z) = e^{-z^2/2} / \sqrt{2\pi}", "φ(z) = e^(-z^2/2) / √(2π)"),
            (r"\frac{\partial \ell}{\partial z_i} = a_i - y_i", "∂ℓ / ∂z_i = a_i - y_i"),
            (r"\begin{cases} z, & z > 0 \\ 0, & z \le 0 \end{cases}", "z, z > 0; 0, z ≤ 0"),
        ];
        for (tex, want) in cases {
            assert_eq!(markup::text(&line(tex)), want, "{tex}");
        }
    }

    #[test]
    fn every_function_s_formula_is_readable() {
        let tex = Activation::ALL.iter().map(|f| f.about().tex);
        let tex = tex.chain(Loss::ALL.iter().map(|l| l.about().tex));
        let tex = tex.chain(Optimizer::ALL.iter().map(|o| o.about().tex));
        for tex in tex {
            let line = markup::text(&line(tex));
            let left = ["\\", "&", "^{", "_{"].iter().any(|mark| line.contains(mark));
            assert!(!left && !line.is_empty(), "{tex}: {line}");
        }
    }
}
