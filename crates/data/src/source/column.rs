//! Columns while they grow: numbers in the smallest form that holds them, categories with few levels.

use std::collections::HashMap;
use std::sync::Arc;

use feedforward_base::{Error, Result};

use super::Kind;
use crate::at_rest::{AtRest, Pieces};
use crate::memory::Scratch;
use crate::table::{Cells, Column, Form, MISSING, Numbers, has_fraction};

/// A category has at most so many levels ...
pub(super) const MAX_LEVELS: usize = 65_536;
/// ... whose texts are at most so many bytes together.
const MAX_LEVEL_BYTES: usize = 4 << 20;
/// Bytes of a level beside its text: two strings on the heap and a place in a hash table.
const OF_A_LEVEL: usize = 120;
/// Up to so many levels a column is a category, however few its rows.
const FEW_LEVELS: usize = 100;

/// What is kept of a number: a fraction below 65,536 is rounded to f32, everything else stays as it is. The rule
/// looks at nothing but the number, so that a row read alone has the bits that it has in any file.
#[inline]
pub fn kept(value: f64) -> f64 {
    let size = value.abs();
    let rounded = has_fraction(value) & (size < 65_536.0) & (size >= f64::from(f32::MIN_POSITIVE));
    if rounded { f64::from(value as f32) } else { value }
}

/// A column of numbers while it grows.
pub(super) struct NumberColumn {
    /// Those that stand in memory.
    cells: Numbers,
    /// Those before them that lie in a file.
    pieces: Option<Pieces>,
    /// Numbers are kept as they are, not rounded.
    double: bool,
    reserve: usize,
    /// No cell so far has a fraction.
    whole: bool,
}

impl NumberColumn {
    /// An empty column that starts in `form`, with room for `reserve` cells. `double`: nothing is rounded to f32.
    pub(super) fn new(form: Form, double: bool, reserve: usize) -> Self {
        let cells = Numbers::U8(Vec::new());
        let mut column = NumberColumn { cells, pieces: None, double, reserve, whole: true };
        column.widen(form);
        column
    }

    /// One more cell; NaN is an empty one.
    #[inline]
    pub(super) fn push(&mut self, value: f64) {
        self.whole &= !has_fraction(value);
        let value = if self.double { value } else { kept(value) };
        if !self.cells.form().holds(value) {
            self.widen(Form::of(&[value]));
        }
        self.cells.push(value);
    }

    /// More cells, which are rounded as [`push`](Self::push) rounds one.
    pub(super) fn extend(&mut self, values: &mut [f64]) {
        self.whole &= values.iter().fold(true, |whole, value| whole & !has_fraction(*value));
        if !self.double {
            values.iter_mut().for_each(|value| *value = kept(*value));
        }
        let form = Form::of(values);
        if form > self.cells.form() {
            self.widen(form);
        }
        self.cells.extend(values);
    }

    /// Whether no cell so far has a fraction.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Put the cells that stand in memory into `scratch`.
    pub(super) fn put_away(&mut self, scratch: &Arc<Scratch>) -> Result<()> {
        self.pieces.get_or_insert_with(|| Pieces::new(scratch)).add_numbers(&self.cells)?;
        match &mut self.cells {
            Numbers::U8(v) => v.clear(),
            Numbers::F32(v) => v.clear(),
            Numbers::F64(v) => v.clear(),
        }
        Ok(())
    }

    /// The cells so far, which are whole numbers, as texts.
    pub(super) fn to_texts(&self) -> Result<TextColumn> {
        let mut texts = TextColumn::default();
        let mut push = |numbers: &Numbers| {
            for value in (0..numbers.len()).map(|row| numbers.get(row)) {
                if value.is_nan() { texts.push_missing() } else { texts.push(&value.to_string()) }
            }
        };
        if let Some(pieces) = &self.pieces {
            push(&pieces.numbers(self.cells.form())?);
        }
        push(&self.cells);
        Ok(texts)
    }

    /// The cells so far in a larger form.
    fn widen(&mut self, form: Form) {
        let form = if self.double && form == Form::F32 { Form::F64 } else { form };
        let room = self.reserve.max(self.cells.len() + 1);
        let old = std::mem::replace(&mut self.cells, Numbers::U8(Vec::new()));
        self.cells = Numbers::with_room(form, room);
        (0..old.len()).for_each(|row| self.cells.push(old.get(row)));
    }

    /// The finished column, called `name`.
    pub(super) fn finish(self, name: String) -> Result<Column> {
        let NumberColumn { mut cells, pieces, .. } = self;
        if let Some(mut pieces) = pieces {
            pieces.add_numbers(&cells)?;
            return Ok(Column::at_rest(name, AtRest::Number { pieces, form: cells.form() }));
        }
        match &mut cells {
            Numbers::U8(v) => v.shrink_to_fit(),
            Numbers::F32(v) => v.shrink_to_fit(),
            Numbers::F64(v) => v.shrink_to_fit(),
        }
        Ok(Column::new(name, Cells::Number(cells)))
    }
}

/// The number that an f32 was read from: where [`kept`] rounds, its shortest decimal, so that 0.1 is shown as 0.1.
pub(crate) fn decimal(value: f32) -> f64 {
    let exact = f64::from(value);
    let rounded = value.fract() != 0.0 && value.abs() < 65_536.0;
    if rounded { value.to_string().parse().unwrap_or(exact) } else { exact }
}

/// A column of texts while it grows: a code a row, until there are too many levels.
#[derive(Default)]
pub(super) struct TextColumn {
    /// Those that stand in memory.
    codes: Vec<u32>,
    /// Those before them that lie in a file.
    pieces: Option<Pieces>,
    levels: Vec<String>,
    code_of: HashMap<String, u32>,
    bytes: usize,
    rows: usize,
    missing: usize,
    /// The number of levels at which the cells were given up.
    given_up: Option<usize>,
}

impl TextColumn {
    /// One more cell.
    pub(super) fn push(&mut self, text: &str) {
        self.rows += 1;
        if self.given_up.is_some() {
            return;
        }
        let code = match self.code_of.get(text) {
            Some(&code) => code,
            None if self.levels.len() == MAX_LEVELS || self.bytes + text.len() > MAX_LEVEL_BYTES => {
                let distinct = self.levels.len();
                let (rows, missing) = (self.rows, self.missing);
                *self = TextColumn { given_up: Some(distinct), rows, missing, ..TextColumn::default() };
                return;
            }
            None => {
                let code = self.levels.len() as u32;
                self.levels.push(text.into());
                self.code_of.insert(text.into(), code);
                self.bytes += text.len();
                code
            }
        };
        self.codes.push(code);
    }

    /// One more empty cell.
    pub(super) fn push_missing(&mut self) {
        self.rows += 1;
        self.missing += 1;
        if self.given_up.is_none() {
            self.codes.push(MISSING);
        }
    }

    /// Bytes of the levels, each of which stands in the list and in the table that finds it.
    pub(super) fn text_bytes(&self) -> usize {
        2 * self.bytes + self.levels.len() * OF_A_LEVEL
    }

    /// Put the codes that stand in memory into `scratch`.
    pub(super) fn put_away(&mut self, scratch: &Arc<Scratch>) -> Result<()> {
        self.pieces.get_or_insert_with(|| Pieces::new(scratch)).add_codes(&self.codes)?;
        self.codes.clear();
        Ok(())
    }

    /// The finished column, called `name`. `asked`: the user said that it is a category.
    pub(super) fn finish(self, name: String, asked: Option<Kind>) -> Result<Column> {
        let distinct = self.given_up.unwrap_or(self.levels.len());
        let asked = asked == Some(Kind::Category);
        if asked && self.given_up.is_some() {
            let want = format!("left out: the column has more than {distinct} distinct texts");
            return Err(Error::bad_value(format!("--type {name}"), "category", want));
        }
        let diverse = distinct > FEW_LEVELS && distinct * 2 > self.rows - self.missing;
        if self.given_up.is_some() || diverse && !asked {
            return Ok(Column::new(name, Cells::Text { distinct, missing: self.missing }));
        }
        let TextColumn { mut codes, pieces, levels, .. } = self;
        let (levels, meant) = with_truth_alike(levels);
        if let Some(mut pieces) = pieces {
            pieces.add_codes(&codes)?;
            return Ok(Column::at_rest(name, AtRest::Category { pieces, levels, meant }));
        }
        codes.shrink_to_fit();
        codes.iter_mut().filter(|c| **c != MISSING).for_each(|c| *c = meant[*c as usize]);
        Ok(Column::new(name, Cells::Category { codes, levels }))
    }
}

/// The levels, and which of them each code means: where there is nothing but `True` and `FALSE`, however written, the
/// levels are `true` and `false`.
fn with_truth_alike(texts: Vec<String>) -> (Vec<String>, Vec<u32>) {
    if texts.is_empty() || !texts.iter().all(|l| is_truth(l)) {
        let meant = (0..texts.len() as u32).collect();
        return (texts, meant);
    }
    let (mut levels, mut meant): (Vec<String>, Vec<u32>) = (Vec::new(), Vec::new());
    for level in texts.into_iter().map(|text| text.to_ascii_lowercase()) {
        let at = levels.iter().position(|l| *l == level).unwrap_or_else(|| {
            levels.push(level);
            levels.len() - 1
        });
        meant.push(at as u32);
    }
    (levels, meant)
}

/// `true` or `false` in any case.
pub(crate) fn is_truth(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(values: &[f64]) -> Numbers {
        let mut column = NumberColumn::new(Form::U8, false, 0);
        values.iter().for_each(|&v| column.push(v));
        finished(column)
    }

    fn finished(column: NumberColumn) -> Numbers {
        match column.finish("x".into()).unwrap().cells().unwrap().into_owned() {
            Cells::Number(numbers) => numbers,
            other => panic!("{other:?}"),
        }
    }

    fn texts(column: TextColumn, asked: Option<Kind>) -> Cells {
        column.finish("c".into(), asked).unwrap().cells().unwrap().into_owned()
    }

    #[test]
    fn numbers_take_the_smallest_form() {
        assert_eq!(numbers(&[0.0, 255.0]), Numbers::U8(vec![0, 255]));
        assert_eq!(numbers(&[0.0, 256.0]), Numbers::F32(vec![0.0, 256.0]));
        assert_eq!(numbers(&[7.0, -0.25]), Numbers::F32(vec![7.0, -0.25]));
        assert_eq!(numbers(&[0.1, 16_777_217.0]), Numbers::F64(vec![f64::from(0.1f32), 16_777_217.0]));
        assert_eq!(numbers(&[16_777_216.0]), Numbers::F32(vec![16_777_216.0]));
        assert_eq!(numbers(&[65_536.1]), Numbers::F64(vec![65_536.1]));
        assert_eq!(numbers(&[1e-300]), Numbers::F64(vec![1e-300]));
        assert!(matches!(numbers(&[1.0, f64::NAN]), Numbers::F32(v) if v[0] == 1.0 && v[1].is_nan()));
    }

    #[test]
    fn a_number_alone_is_what_it_is_in_company() {
        let company = [16_777_217.0, 1e-300, 65_536.1, 0.0, 7.0];
        for value in [0.1, -0.0, 3.0, 123.456, -65_535.9, 65_537.7, 1e-40, 1e30] {
            for other in company {
                let (alone, beside) = (numbers(&[value]), numbers(&[other, value, other]));
                assert_eq!(alone.get(0).to_bits(), beside.get(1).to_bits(), "{value} beside {other}");
            }
        }
        let mut double = NumberColumn::new(Form::U8, true, 0);
        [7.0, 0.1].iter().for_each(|&v| double.push(v));
        assert_eq!(finished(double), Numbers::F64(vec![7.0, 0.1]));
    }

    #[test]
    fn texts_become_a_category_or_are_given_up() {
        let grow = |n: usize, times: usize| {
            let mut column = TextColumn::default();
            (0..n * times).for_each(|i| column.push(&format!("t{}", i % n)));
            column.push_missing();
            column
        };
        let cells = texts(grow(3, 1), None);
        let levels = ["t0", "t1", "t2"].map(String::from).to_vec();
        assert_eq!(cells, Cells::Category { codes: vec![0, 1, 2, MISSING], levels });
        assert_eq!(texts(grow(101, 1), None), Cells::Text { distinct: 101, missing: 1 });
        assert!(matches!(texts(grow(101, 2), None), Cells::Category { .. }));
        assert!(matches!(texts(grow(101, 1), Some(Kind::Category)), Cells::Category { .. }));
        let cells = texts(grow(MAX_LEVELS + 1, 1), None);
        assert_eq!(cells, Cells::Text { distinct: MAX_LEVELS, missing: 1 });
        let e = grow(MAX_LEVELS + 1, 1).finish("c".into(), Some(Kind::Category)).unwrap_err();
        assert_eq!(e.exit_code(), 2);
    }

    #[test]
    fn truth_values_are_written_alike() {
        let cells = |all: &[&str]| {
            let mut column = TextColumn::default();
            all.iter().for_each(|t| column.push(t));
            column.push_missing();
            texts(column, None)
        };
        let levels = vec!["true".to_string(), "false".into()];
        let codes = vec![0, 1, 0, 1, MISSING];
        assert_eq!(cells(&["True", "False", "TRUE", "false"]), Cells::Category { codes, levels });
        let Cells::Category { levels, .. } = cells(&["True", "true", "maybe"]) else { panic!("a category") };
        assert_eq!(levels, ["True", "true", "maybe"]);
    }

    #[test]
    fn long_texts_are_given_up_early() {
        let mut column = TextColumn::default();
        (0..5).for_each(|i| column.push(&i.to_string().repeat(1 << 20)));
        assert_eq!(texts(column, None), Cells::Text { distinct: 4, missing: 0 });
    }

    proptest! {
        #[test]
        fn integers_and_large_numbers_are_kept_exactly(values in prop::collection::vec(
            prop_oneof![Just(f64::NAN), (-1i64 << 40..1 << 40).prop_map(|i| i as f64), 7e4..1e9], 0..40,
        )) {
            let kept = numbers(&values);
            for (row, &v) in values.iter().enumerate() {
                prop_assert!(kept.get(row) == v || kept.get(row).is_nan() && v.is_nan());
            }
        }
    }
}
