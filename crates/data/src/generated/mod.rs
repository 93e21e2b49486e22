//! Data sets drawn by the program: no download, any number of rows, the same bits on every platform.
//!
//! Row r depends on the seed and on r alone, so that a longer set begins with the shorter one. On a command
//! line a set is written `moons` or `moons:rows=500,noise=0.1,seed=3`.

mod plane;
mod strokes;

use crate::table::{Column, Lines, Table};
use feedforward_base::{Dice, Error, Place, Purpose, Result, Stream};

/// One line per set: its module, the number that keeps its random numbers apart for ever, its columns.
macro_rules! sets {
    ($($module:ident = $key:literal, $columns:literal;)*) => {
        $(mod $module;)*
        /// All generated sets.
        pub const SETS: &[Set] = &[$(Set {
            name: stringify!($module),
            about: $module::ABOUT,
            rows: $module::ROWS,
            noise: $module::NOISE,
            columns: $columns,
            key: $key,
            make: $module::make,
        },)*];
    };
}

sets! {
    digits = 1, 785;
    moons = 2, 3;
    circles = 3, 3;
    xor = 4, 3;
    spirals = 5, 3;
    blobs = 6, 3;
    sine = 7, 2;
}

/// A generated data set.
#[derive(Debug)]
pub struct Set {
    /// What users call it.
    pub name: &'static str,
    /// One line: what it is, what its noise means.
    pub about: &'static str,
    /// Rows unless asked otherwise.
    pub rows: usize,
    /// Noise unless asked otherwise.
    pub noise: f64,
    /// Number of columns; the last is the target.
    pub columns: usize,
    key: u64,
    make: fn(Drawing) -> Vec<Column>,
}

/// What a set is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Number of rows, 1 or more.
    pub rows: usize,
    /// 0..=1000 in the set's own sense; `None` is the set's default.
    pub noise: Option<f64>,
    /// Another seed gives other rows.
    pub seed: u64,
}

/// A checked recipe, as the makers read it.
struct Drawing {
    rows: usize,
    noise: f64,
    stream: Stream,
}

impl Drawing {
    /// The random numbers of each row.
    fn draws(&self) -> impl Iterator<Item = Draws> {
        let stream = self.stream;
        (0..self.rows as u64).map(move |r| Draws { stream: stream.fork(r), next: 0 })
    }
}

/// The random numbers of one row, one after the other.
struct Draws {
    stream: Stream,
    next: u64,
}

impl Draws {
    fn place(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }
    /// Uniform in [low, high).
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let i = self.place();
        low + (high - low) * self.stream.uniform(i)
    }
    /// Mean 0, this standard deviation.
    fn normal(&mut self, deviation: f64) -> f64 {
        let i = self.place();
        deviation * self.stream.normal(i)
    }
    /// Uniform in 0..n.
    fn below(&mut self, n: usize) -> usize {
        let i = self.place();
        self.stream.below(i, n as u64) as usize
    }
}

/// More numbers than this are not drawn.
const MOST_CELLS: usize = 1 << 31;

impl Set {
    /// The set of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn find(name: &str) -> Result<&'static Set> {
        let known = SETS.iter().map(|s| s.name);
        SETS.iter().find(|s| s.name == name).ok_or_else(|| Error::unknown("generated set", name, known))
    }
    /// Its own number of rows and noise, seed 0.
    pub fn recipe(&self) -> Recipe {
        Recipe { rows: self.rows, noise: None, seed: 0 }
    }
    /// Draw it. The target is the last column; the table is called by the set's name.
    ///
    /// # Errors
    /// No rows, more than 2³¹ cells, or a noise outside 0..=1000.
    pub fn generate(&self, recipe: &Recipe) -> Result<Table> {
        let most = MOST_CELLS / self.columns;
        let noise = recipe.noise.unwrap_or(self.noise);
        let mut errors = Vec::new();
        if recipe.rows == 0 || recipe.rows > most {
            errors.push(Error::bad_value("rows", recipe.rows, format!("between 1 and {most}")));
        }
        if !(0.0..=1000.0).contains(&noise) {
            errors.push(Error::bad_value("noise", noise, "between 0 and 1000"));
        }
        Error::many(errors).map_err(|e| e.at(Place::file(self.name)))?;
        let stream = Dice::new(recipe.seed).stream(Purpose::Generate, &[self.key]);
        let columns = (self.make)(Drawing { rows: recipe.rows, noise, stream });
        Ok(Table {
            name: self.name.into(),
            columns,
            rows: recipe.rows,
            lines: Lines::From(1),
            ..Table::default()
        })
    }
}

/// Draw the set `name`; see [`Set::generate`].
///
/// # Errors
/// An unknown name, or a recipe that cannot be.
pub fn generate(name: &str, recipe: &Recipe) -> Result<Table> {
    Set::find(name)?.generate(recipe)
}

/// Read `moons` or `moons:rows=500,noise=0.1,seed=3`; `None` if the text names no generated set.
///
/// # Errors
/// (inside the `Option`) A setting that does not exist, comes twice or has no such value.
pub fn parse(text: &str) -> Option<Result<(&'static Set, Recipe)>> {
    let (name, settings) = text.split_once(':').unwrap_or((text, ""));
    let set = SETS.iter().find(|s| s.name == name)?;
    Some(read_settings(set, settings).map(|recipe| (set, recipe)).map_err(|e| e.at(Place::file(text))))
}

fn read_settings(set: &Set, settings: &str) -> Result<Recipe> {
    let mut recipe = set.recipe();
    let mut errors = Vec::new();
    let mut seen = Vec::new();
    for setting in settings.split(',').filter(|s| !s.is_empty()) {
        let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
        if seen.contains(&key) {
            errors.push(Error::bad_value(key, value, "given once"));
        }
        seen.push(key);
        let ok = match key {
            "rows" => value.parse().map(|rows| recipe.rows = rows).is_ok(),
            "noise" => value.parse().map(|noise| recipe.noise = Some(noise)).is_ok(),
            "seed" => value.parse().map(|seed| recipe.seed = seed).is_ok(),
            _ => {
                errors.push(Error::unknown("setting", key, ["rows", "noise", "seed"]));
                continue;
            }
        };
        if !ok {
            let want = if key == "noise" { "a number of 0 or more" } else { "a whole number of 0 or more" };
            errors.push(Error::bad_value(key, value, want));
        }
    }
    Error::many(errors)?;
    Ok(recipe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Cells, Numbers};
    use proptest::prelude::*;

    fn row(table: &Table, r: usize) -> Vec<String> {
        let cell = |c: &Column| match c.here() {
            Cells::Number(n) => n.get(r).to_string(),
            Cells::Category { codes, levels } => levels[codes[r] as usize].clone(),
            Cells::Text { .. } => panic!("no set holds text"),
        };
        table.columns.iter().map(cell).collect()
    }

    #[test]
    fn every_set_is_what_its_line_says() {
        for set in SETS {
            let recipe = Recipe { rows: 40, ..set.recipe() };
            let t = set.generate(&recipe).unwrap();
            assert_eq!((t.rows, t.columns.len(), &t.name[..]), (40, set.columns, set.name));
            for c in &t.columns {
                match c.here() {
                    Cells::Number(n) => assert!((0..n.len()).all(|r| n.get(r).is_finite()) && n.len() == 40),
                    Cells::Category { codes, .. } => assert_eq!(codes.len(), 40),
                    Cells::Text { .. } => panic!("no set holds text"),
                }
            }
            let other = set.generate(&Recipe { seed: 1, ..recipe.clone() }).unwrap();
            assert_ne!(t, other, "{}", set.name);
            assert_eq!(t, set.generate(&recipe).unwrap());
            assert!(set.about.len() < 110, "{}", set.name);
        }
        let mut keys: Vec<u64> = SETS.iter().map(|s| s.key).collect();
        keys.dedup();
        assert_eq!(keys.len(), SETS.len());
    }

    #[test]
    fn a_longer_set_begins_with_the_shorter_one() {
        for set in SETS {
            let short = set.generate(&Recipe { rows: 7, ..set.recipe() }).unwrap();
            let long = set.generate(&Recipe { rows: 150, ..set.recipe() }).unwrap();
            for r in 0..7 {
                assert_eq!(row(&short, r), row(&long, r), "{}", set.name);
            }
        }
    }

    #[test]
    fn levels_stand_in_the_order_of_their_first_rows() {
        for seed in 0..5 {
            let t = generate("blobs", &Recipe { rows: 50, noise: None, seed }).unwrap();
            let Cells::Category { codes, levels } = t.columns[2].here() else { panic!("category") };
            let mut next = 0;
            for &c in codes {
                assert!(c <= next);
                next = next.max(c + 1);
            }
            assert_eq!(levels.len(), 3);
        }
    }

    #[test]
    fn the_grammar() {
        let (set, recipe) = parse("moons:rows=500,noise=0.1,seed=3").unwrap().unwrap();
        assert_eq!((set.name, recipe), ("moons", Recipe { rows: 500, noise: Some(0.1), seed: 3 }));
        assert_eq!(parse("digits").unwrap().unwrap().1, Set::find("digits").unwrap().recipe());
        assert!(parse("moons.csv").is_none() && parse("folder/moons").is_none() && parse("").is_none());
        let e = parse("moons:row=5,seed=x").unwrap().unwrap_err();
        let text = e.to_string();
        assert!(
            text.contains("there is no setting `row`") && text.contains("did you mean `rows`?"),
            "{text}"
        );
        assert!(text.contains("seed is `x`; it must be a whole number of 0 or more"), "{text}");
        assert!(parse("moons:rows=1,rows=2").unwrap().is_err());
    }

    #[test]
    fn recipes_that_cannot_be() {
        let make = |rows, noise| generate("xor", &Recipe { rows, noise, seed: 0 });
        assert!(make(0, None).is_err() && make(usize::MAX, None).is_err());
        assert!(make(1, Some(f64::NAN)).is_err() && make(1, Some(-0.1)).is_err());
        assert!(make(1, Some(1000.0)).is_ok());
        let e = generate("moon", &Recipe { rows: 1, noise: None, seed: 0 }).unwrap_err();
        assert_eq!(e.hint_text(), Some("did you mean `moons`?"));
    }

    #[test]
    fn the_bits_never_change() {
        // FNV-1a over all numbers and classes. A change here changes every result that was published.
        let hash = |set: &Set| {
            let t = set.generate(&Recipe { rows: 20, noise: None, seed: 7 }).unwrap();
            let mut h = 0xcbf2_9ce4_8422_2325_u64;
            let mut eat = |x: u64| h = (h ^ x).wrapping_mul(0x0000_0100_0000_01b3);
            for c in &t.columns {
                match c.here() {
                    Cells::Number(Numbers::U8(v)) => v.iter().for_each(|x| eat(u64::from(*x))),
                    Cells::Number(n) => (0..n.len()).for_each(|r| eat(n.get(r).to_bits())),
                    Cells::Category { codes, .. } => codes.iter().for_each(|x| eat(u64::from(*x))),
                    Cells::Text { .. } => panic!("no set holds text"),
                }
            }
            (set.name, h)
        };
        let golden = [
            ("digits", 18_033_468_609_677_402_393),
            ("moons", 7_114_907_578_316_680_143),
            ("circles", 7_170_152_425_098_025_435),
            ("xor", 6_994_291_034_897_017_737),
            ("spirals", 3_889_413_132_894_065_874),
            ("blobs", 9_666_185_488_570_325_608),
            ("sine", 3_961_205_251_884_080_197),
        ];
        assert_eq!(SETS.iter().map(hash).collect::<Vec<_>>(), golden);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(moons|xor|digits|)(:[a-z0-9=,.-]{0,20})?") {
            let _ = parse(&text);
        }
    }
}
