//! Floor 1 of feedforward: pictures in one style, as SVG: panels with axes, points, lines, shaded fields, contours and areas.
//!
//! A picture reads in black and white (marks and dashes differ, shades are ordered in grey), follows the reader's
//! light or dark system, keeps its text apart and whole, and has the same bytes for the same content.
#![forbid(unsafe_code)]

mod axis;
mod contour;
mod style;
mod text;

mod svg;

#[cfg(feature = "png")]
mod png;

pub use axis::{Axis, Scale};
pub use style::style_sheet;
pub use text::number;

use feedforward_base::{Error, ErrorKind, Result};

/// Panels side by side, with a title above and words below.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// One line or more.
    pub title: String,
    /// What is seen, in sentences; may be empty.
    pub caption: String,
    /// Panels in a row.
    pub columns: usize,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
}

/// One pair of axes and what is drawn between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Above the panel; may be empty.
    pub title: String,
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// What is drawn, the first at the bottom.
    pub items: Vec<Item>,
    /// Whether the panel is as high as it is wide.
    pub square: bool,
}

/// Something that is drawn. Series 0 ..= 5 differ in colour, dash and mark.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A field in shades, pale where it is low.
    Heat {
        /// The field.
        grid: Grid,
        /// The values of the palest and of the strongest shade.
        range: (f64, f64),
        /// Its words in the legend.
        name: String,
    },
    /// Where a field has the value `level`.
    Contour {
        /// The field.
        grid: Grid,
        /// The value.
        level: f64,
        /// Number of the series.
        series: usize,
        /// Its words in the legend; none if empty.
        name: String,
    },
    /// Points joined by a line; a number that is not finite interrupts it.
    Line {
        /// (x, y).
        points: Vec<(f64, f64)>,
        /// Number of the series.
        series: usize,
        /// Whether each point has a mark.
        marks: bool,
        /// Its words in the legend; none if empty.
        name: String,
    },
    /// Points.
    Points {
        /// (x, y).
        points: Vec<(f64, f64)>,
        /// Number of the series.
        series: usize,
        /// Its words in the legend; none if empty.
        name: String,
    },
    /// A polygon, shaded and outlined.
    Area {
        /// Its corners in order.
        corners: Vec<(f64, f64)>,
        /// 0 (pale) ..= 1 (strong).
        shade: f64,
    },
    /// Bars from 0, upright or lying.
    Bars {
        /// The bars.
        bars: Vec<Bar>,
        /// Whether they go to the right, not up.
        lying: bool,
        /// Its words in the legend; none if empty.
        name: String,
    },
    /// A straight line across the whole field.
    Rule {
        /// Where: x of an upright one, y of a level one.
        at: f64,
        /// Whether it stands upright.
        upright: bool,
        /// Number of the series.
        series: usize,
        /// Its words in the legend; none if empty.
        name: String,
    },
}

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// From where to where it is wide, along the axis that it stands on.
    pub side: (f64, f64),
    /// Where it ends, along the other.
    pub value: f64,
    /// A range of values around its end, drawn as a thin line.
    pub spread: Option<(f64, f64)>,
}

impl Bar {
    /// The bar of name `i` of an axis of names.
    pub fn of_name(i: usize, value: f64) -> Self {
        let middle = i as f64;
        Bar { side: (middle - 0.36, middle + 0.36), value, spread: None }
    }
    /// The same with a range of values around its end.
    pub fn spread(mut self, low: f64, high: f64) -> Self {
        self.spread = Some((low, high));
        self
    }
    /// Its corners and the ends of its range, on its own axes.
    fn extent(&self) -> impl Iterator<Item = (f64, f64)> + use<> {
        let (low, high) = self.spread.unwrap_or((self.value, self.value));
        [(self.side.0, 0.0), (self.side.1, self.value), (self.side.0, low), (self.side.0, high)].into_iter()
    }
}

/// Values at the points of a lattice.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Points in a row, at least 2.
    pub columns: usize,
    /// Rows of points, at least 2.
    pub rows: usize,
    /// x of the first and of the last column.
    pub x: (f64, f64),
    /// y of the first and of the last row.
    pub y: (f64, f64),
    /// Row after row, columns · rows of them.
    pub values: Vec<f64>,
}

impl Grid {
    /// The points of a lattice, row after row, as (x, y).
    pub fn points(columns: usize, rows: usize, x: (f64, f64), y: (f64, f64)) -> Vec<(f64, f64)> {
        let at = |(low, high): (f64, f64), i: usize, n: usize| low + (high - low) * i as f64 / (n - 1) as f64;
        (0..rows).flat_map(|r| (0..columns).map(move |c| (at(x, c, columns), at(y, r, rows)))).collect()
    }
    /// Values that `f` gives for all points of a lattice at once.
    pub fn of(n: usize, x: (f64, f64), y: (f64, f64), f: impl FnOnce(&[(f64, f64)]) -> Vec<f64>) -> Self {
        let values = f(&Grid::points(n, n, x, y));
        Grid { columns: n, rows: n, x, y, values }
    }
    /// The place of column `c`, row `r`.
    pub(crate) fn at(&self, c: usize, r: usize) -> (f64, f64) {
        let one = |(low, high): (f64, f64), i: usize, n: usize| {
            low + (high - low) * i as f64 / (n.max(2) - 1) as f64
        };
        (one(self.x, c, self.columns), one(self.y, r, self.rows))
    }
    pub(crate) fn value(&self, c: usize, r: usize) -> f64 {
        self.values[r * self.columns + c]
    }
}

impl Item {
    /// Points of series `series`.
    pub fn points(points: Vec<(f64, f64)>, series: usize, name: &str) -> Self {
        Item::Points { points, series, name: name.into() }
    }
    /// A line of series `series`.
    pub fn line(points: Vec<(f64, f64)>, series: usize, name: &str) -> Self {
        Item::Line { points, series, marks: false, name: name.into() }
    }
    /// A line of series `series` with a mark at each point.
    pub fn marked(points: Vec<(f64, f64)>, series: usize, name: &str) -> Self {
        Item::Line { points, series, marks: true, name: name.into() }
    }
    /// A line that goes level and then up: a value that holds until the next one.
    pub fn steps(points: Vec<(f64, f64)>, series: usize, name: &str) -> Self {
        let corners = points.windows(2).flat_map(|pair| [pair[0], (pair[1].0, pair[0].1)]);
        Item::line(corners.chain(points.last().copied()).collect(), series, name)
    }
    /// An upright line at `x`.
    pub fn upright(x: f64, series: usize, name: &str) -> Self {
        Item::Rule { at: x, upright: true, series, name: name.into() }
    }
    /// A level line at `y`.
    pub fn level(y: f64, series: usize, name: &str) -> Self {
        Item::Rule { at: y, upright: false, series, name: name.into() }
    }
    /// The places that an axis must show.
    fn extent(&self) -> Vec<(f64, f64)> {
        match self {
            Item::Heat { grid, .. } | Item::Contour { grid, .. } => {
                vec![(grid.x.0, grid.y.0), (grid.x.1, grid.y.1)]
            }
            Item::Line { points, .. } | Item::Points { points, .. } => points.clone(),
            Item::Area { corners, .. } => corners.clone(),
            Item::Bars { bars, lying, .. } => {
                let turn = |(along, value)| if *lying { (value, along) } else { (along, value) };
                bars.iter().flat_map(Bar::extent).map(turn).collect()
            }
            Item::Rule { at, upright: true, .. } => vec![(*at, f64::NAN)],
            Item::Rule { at, upright: false, .. } => vec![(f64::NAN, *at)],
        }
    }
}

impl Panel {
    /// A wide panel.
    pub fn new(title: &str, x: Axis, y: Axis, items: Vec<Item>) -> Self {
        Panel { title: title.into(), x, y, items, square: false }
    }
    /// A panel as high as wide: for planes.
    pub fn plane(title: &str, x: Axis, y: Axis, items: Vec<Item>) -> Self {
        Panel { square: true, ..Panel::new(title, x, y, items) }
    }
}

impl Figure {
    /// A picture of panels, `columns` in a row.
    pub fn new(title: &str, columns: usize, panels: Vec<Panel>) -> Self {
        Figure { title: title.into(), caption: String::new(), columns: columns.max(1), panels }
    }
    /// The same with words below.
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = caption.into();
        self
    }
    /// The picture as an SVG document.
    pub fn to_svg(&self) -> String {
        svg::write(self)
    }
    /// The picture as an element of an HTML page, one panel below the other, 340 units wide, so that it is readable on a
    /// phone; the page's style makes it wider. Title and caption are for those who do not see it; the page shows them
    /// itself, and has [`style_sheet`]. `id` is not used twice on the page.
    pub fn to_inline(&self, id: &str) -> String {
        svg::inline(self, id)
    }
    /// The picture as the bytes of a PNG file.
    ///
    /// # Errors
    /// A program that was built without the feature `png`; a picture too large for memory.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        #[cfg(feature = "png")]
        return png::encode(self);
        #[cfg(not(feature = "png"))]
        Err(no_png())
    }
}

/// Whether this program can write PNG files.
///
/// # Errors
/// It was built without the feature `png`.
pub fn check_png() -> Result<()> {
    if cfg!(feature = "png") { Ok(()) } else { Err(no_png()) }
}

fn no_png() -> Error {
    let e = Error::new(ErrorKind::Conflict {
        one: "a name that ends with `.png`".into(),
        other: "this build".into(),
        why: "it leaves PNG out".into(),
    });
    e.hint("name an `.svg`, or build with `cargo install --path crates/cli --features png`")
}
