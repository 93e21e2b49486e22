//! The one style: every colour by its role, in light and dark; dashes and marks that tell series apart in black and
//! white.

/// Text sizes.
pub(super) const TITLE: f64 = 16.0;
pub(super) const HEAD: f64 = 13.0;
pub(super) const TEXT: f64 = 11.0;

/// Fonts; the first two are the widest, which [`super::text`] counts with.
pub(super) const FONTS: &str = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Paper,
    Ink,
    Faint,
    /// Series 0 ..= 5.
    Series(usize),
    /// Shade 0 (nearly paper) ..= SHADES − 1.
    Shade(usize),
}

/// Steps from paper to the strongest shade.
pub(super) const SHADES: usize = 9;

/// Colours of series on light and on dark paper, of different lightness.
const SERIES: [(&str, &str); 6] = [
    ("#0b3c8c", "#7fb4ff"),
    ("#c2540a", "#ffb46e"),
    ("#00735c", "#5fd9b5"),
    ("#8a1f7a", "#eb9be0"),
    ("#3d3d3d", "#d0d0d0"),
    ("#7d7d7d", "#9a9a9a"),
];

/// Even steps of lightness: darker on light paper, lighter on dark paper.
const SHADE: [(&str, &str); SHADES] = [
    ("#fafbfc", "#161a1f"),
    ("#ebf0f5", "#1d2630"),
    ("#dae4ed", "#243342"),
    ("#c9d7e5", "#2c4155"),
    ("#b7cadd", "#355068"),
    ("#a4bdd4", "#405f7b"),
    ("#91b0cb", "#4d6f8d"),
    ("#7da2c2", "#5c809f"),
    ("#6994b8", "#6e92b0"),
];

/// Dashes of lines by number of the series; the first is solid.
const DASHES: [&str; 6] = ["", "7 3", "2 3", "9 3 2 3", "4 2", "12 4"];

/// Marks of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Disc,
    Square,
    Triangle,
    Cross,
    Diamond,
    Plus,
}

const MARKS: [Mark; 6] = [Mark::Disc, Mark::Square, Mark::Triangle, Mark::Cross, Mark::Diamond, Mark::Plus];

impl Role {
    /// The role of a series' colour.
    pub(super) fn of_series(i: usize) -> Role {
        Role::Series(i % SERIES.len())
    }
    /// The shade of `x` in 0..=1.
    pub(super) fn shade(x: f64) -> Role {
        Role::Shade(((x.clamp(0.0, 1.0) * SHADES as f64) as usize).min(SHADES - 1))
    }
    /// On light and on dark paper.
    pub(super) fn colours(self) -> (&'static str, &'static str) {
        match self {
            Role::Paper => ("#ffffff", "#101317"),
            Role::Ink => ("#1b1b1b", "#e9e9e9"),
            Role::Faint => ("#d9d9d9", "#363c43"),
            Role::Series(i) => SERIES[i],
            Role::Shade(i) => SHADE[i],
        }
    }
    /// The suffix of its class.
    pub(super) fn name(self) -> String {
        match self {
            Role::Paper => "paper".into(),
            Role::Ink => "ink".into(),
            Role::Faint => "faint".into(),
            Role::Series(i) => format!("s{i}"),
            Role::Shade(i) => format!("h{i}"),
        }
    }
    /// Attributes of a shape that is filled with it.
    pub(super) fn fill(self) -> String {
        format!("class=\"fff-{}\" fill=\"{}\"", self.name(), self.colours().0)
    }
    /// Attributes of a shape that is drawn with it.
    pub(super) fn stroke(self) -> String {
        format!("class=\"ffs-{}\" fill=\"none\" stroke=\"{}\"", self.name(), self.colours().0)
    }
}

/// Dark colours where the reader's system is dark. Light ones are attributes, which every renderer understands, and
/// which a style sheet overrides. A page that holds inline pictures has it once.
pub fn style_sheet() -> String {
    let series = (0..SERIES.len()).map(Role::Series);
    let shades = (0..SHADES).map(Role::Shade);
    let mut rules = String::new();
    for role in [Role::Paper, Role::Ink, Role::Faint].into_iter().chain(series).chain(shades) {
        let (name, (_, dark)) = (role.name(), role.colours());
        rules.push_str(&format!(".fff-{name}{{fill:{dark}}}.ffs-{name}{{stroke:{dark}}}"));
    }
    format!("@media screen and (prefers-color-scheme:dark){{{rules}}}")
}

/// The dashes of series `i`, as an attribute.
pub(super) fn dash(i: usize) -> String {
    match DASHES[i % DASHES.len()] {
        "" => String::new(),
        dash => format!(" stroke-dasharray=\"{dash}\""),
    }
}

/// The mark of series `i`.
pub(super) fn mark(i: usize) -> Mark {
    MARKS[i % MARKS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as the web's accessibility guidelines define it.
    fn luminance(colour: &str) -> f64 {
        let channel = |i: usize| {
            let c = f64::from(u8::from_str_radix(&colour[i..i + 2], 16).unwrap()) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn shades_are_ordered_in_grey() {
        let light: Vec<f64> = SHADE.iter().map(|s| luminance(s.0)).collect();
        let dark: Vec<f64> = SHADE.iter().map(|s| luminance(s.1)).collect();
        assert!(light.windows(2).all(|w| w[0] - w[1] > 0.02), "{light:?}");
        assert!(dark.windows(2).all(|w| w[1] > w[0] * 1.15), "{dark:?}");
    }

    #[test]
    fn lines_and_text_stand_out_on_their_paper() {
        let contrast = |a: &str, b: &str| {
            let (a, b) = (luminance(a), luminance(b));
            (a.max(b) + 0.05) / (a.min(b) + 0.05)
        };
        let paper = Role::Paper.colours();
        for role in (0..SERIES.len()).map(Role::Series).chain([Role::Ink]) {
            let (light, dark) = role.colours();
            assert!(contrast(light, paper.0) >= 4.0 && contrast(dark, paper.1) >= 4.0, "{role:?}");
        }
        // Ink on the strongest shade.
        let shade = Role::Shade(SHADES - 1).colours();
        let ink = Role::Ink.colours();
        assert!(contrast(ink.0, shade.0) > 3.0 && contrast(ink.1, shade.1) > 2.5);
    }
}
