//! The writer: where everything stands, and the document.

use super::axis::Span;
use super::contour;
use super::style::{FONTS, HEAD, Mark, Role, SHADES, TEXT, TITLE, dash, mark, style_sheet};
use super::text::{coordinate as at, width, wrap};
use super::{Axis, Bar, Figure, Grid, Item, Panel};
use feedforward_base::words::escape;
use std::fmt::Write;

/// Width of the field between the axes, and of a picture on a page.
const FIELD: f64 = 300.0;
const INLINE: f64 = 340.0;
/// The field's height where a panel is not square.
const LOW: f64 = 210.0;
/// Room around the picture and between its parts.
const PAD: f64 = 14.0;
/// Lines of text stand so many font sizes apart.
const LEADING: f64 = 1.35;
/// Room of a symbol in the legend, and of a scale of shades.
const SYMBOL: f64 = 26.0;
const SHADES_WIDE: f64 = 54.0;
const TICK: f64 = 4.0;
/// Height of a name on the upright axis, and the share of a panel's width that names may take.
const NAME: f64 = 17.0;
const NAMES: f64 = 0.42;
/// The shade of bars.
const BAR: usize = 5;

/// The picture as a document.
pub(super) fn write(figure: &Figure) -> String {
    let laid: Vec<Laid<'_>> = figure.panels.iter().map(|p| Laid::new(p, Room::Field)).collect();
    let left = laid.iter().map(|p| p.left).fold(0.0, f64::max);
    let right = laid.iter().map(|p| p.right).fold(PAD, f64::max);
    let cell = left + FIELD + right;
    let columns = figure.columns.min(laid.len()).max(1);
    let wide = PAD + columns as f64 * cell + PAD;
    let title = wrap(&figure.title, TITLE, wide - 2.0 * PAD);
    let caption = wrap(&figure.caption, TEXT, wide - 2.0 * PAD);
    let mut body = String::new();
    let mut y = PAD;
    for line in &title {
        y += TITLE * LEADING;
        label(&mut body, line, PAD, y - 0.35 * TITLE, TITLE, "start");
    }
    y += PAD / 2.0;
    for row in laid.chunks(columns) {
        let above = row.iter().map(Laid::above).fold(0.0, f64::max);
        for (i, panel) in row.iter().enumerate() {
            panel.draw(&mut body, PAD + i as f64 * cell + left, y + above);
        }
        y += above + row.iter().map(Laid::below).fold(0.0, f64::max) + PAD;
    }
    for line in &caption {
        y += TEXT * LEADING;
        label(&mut body, line, PAD, y - 0.35 * TEXT, TEXT, "start");
    }
    let high = y + PAD;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" \
         font-family=\"{FONTS}\">\n<title>{}</title>\n<style>{}</style>\n<rect width=\"{w}\" height=\"{h}\" {}/>\n{body}</svg>\n",
        escape(&figure.title),
        style_sheet(),
        Role::Paper.fill(),
        w = at(wide.ceil()),
        h = at(high.ceil()),
    )
}

/// The picture as an element of a page.
pub(super) fn inline(figure: &Figure, id: &str) -> String {
    let mut body = String::new();
    let mut y = 0.0;
    for panel in &figure.panels {
        let laid = Laid::new(panel, Room::Whole);
        laid.draw(&mut body, laid.left, y + laid.above());
        y += laid.above() + laid.below() + PAD;
    }
    let (high, id) = (at((y - PAD).max(0.0).ceil()), escape(id));
    format!(
        "<svg viewBox=\"0 0 {w} {high}\" role=\"img\" aria-labelledby=\"{id}-title {id}-words\" font-family=\"{FONTS}\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-words\">{}</desc>\n{body}</svg>\n",
        escape(&figure.title),
        escape(&figure.caption),
        w = at(INLINE),
    )
}

/// One line of text.
fn label(out: &mut String, text: &str, x: f64, y: f64, size: f64, anchor: &str) {
    let (x, y, size) = (at(x), at(y), at(size));
    let fill = Role::Ink.fill();
    let text = escape(text);
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\" {fill}>{text}</text>"
    );
}

/// What is known of a panel's width.
#[derive(Clone, Copy, PartialEq)]
enum Room {
    /// Its field is [`FIELD`] wide.
    Field,
    /// With its labels it is [`INLINE`] wide.
    Whole,
}

/// A panel whose sizes are known.
struct Laid<'a> {
    panel: &'a Panel,
    x: Span,
    y: Span,
    x_ticks: Vec<(f64, String)>,
    y_ticks: Vec<(f64, String)>,
    title: Vec<String>,
    x_label: Vec<String>,
    y_label: Vec<String>,
    legend: Vec<Vec<Entry<'a>>>,
    field: f64,
    high: f64,
    left: f64,
    right: f64,
}

impl<'a> Laid<'a> {
    fn new(panel: &'a Panel, room: Room) -> Self {
        let places: Vec<(f64, f64)> = panel.items.iter().flat_map(Item::extent).collect();
        let x = Span::of(&panel.x, places.iter().map(|p| p.0));
        let y = Span::of(&panel.y, places.iter().map(|p| p.1));
        let high = match panel.y.names.len() {
            0 if panel.square => FIELD,
            0 => LOW,
            names => (names as f64 * NAME).max(3.0 * NAME),
        };
        let y_ticks = match &panel.y.names[..] {
            [] => y.ticks(if panel.square { 7 } else { 5 }),
            names => Span::named_ticks(names, NAMES * INLINE),
        };
        let widest = widest(&y_ticks);
        let y_label = wrap(&panel.y.label, TEXT, high);
        let left = widest + TICK + 10.0 + y_label.len() as f64 * TEXT * LEADING;
        let (field, right) = across(&panel.x, &x, room, left);
        // A square on a page is as wide as there is room.
        let high = if panel.square && panel.y.names.is_empty() { field } else { high };
        Laid {
            panel,
            x_ticks: x_ticks(&panel.x, &x, field),
            x,
            y,
            y_ticks,
            title: wrap(&panel.title, HEAD, field),
            x_label: wrap(&panel.x.label, TEXT, field),
            y_label,
            legend: legend(&panel.items, field),
            field,
            high,
            left,
            right,
        }
    }
    /// Room above the field.
    fn above(&self) -> f64 {
        self.title.len() as f64 * HEAD * LEADING + 6.0
    }
    /// Room of the field and of all below it.
    fn below(&self) -> f64 {
        let lines = 1 + self.x_label.len() + self.legend.len();
        self.high + TICK + 4.0 + lines as f64 * TEXT * LEADING + 6.0
    }
    fn place(&self, p: (f64, f64)) -> (f64, f64) {
        // Far outside is as good as infinite, and keeps the numbers short.
        let x = (self.x.place(p.0) * self.field).clamp(-9.0 * self.field, 10.0 * self.field);
        let y = ((1.0 - self.y.place(p.1)) * self.high).clamp(-9.0 * self.field, 10.0 * self.field);
        (x, y)
    }
    /// Draw it with the upper left corner of its field at (left, top).
    fn draw(&self, out: &mut String, left: f64, top: f64) {
        for (i, line) in self.title.iter().rev().enumerate() {
            let y = top - 8.0 - i as f64 * HEAD * LEADING;
            label(out, line, left, y, HEAD, "start");
        }
        self.axes(out, left, top);
        let _ = writeln!(
            out,
            "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {2} {3}\">",
            at(left),
            at(top),
            at(self.field),
            at(self.high)
        );
        for item in &self.panel.items {
            self.item(out, item);
        }
        out.push_str("</svg>\n");
        let frame = Role::Ink.stroke();
        let _ = writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {frame}/>",
            at(left),
            at(top),
            at(self.field),
            at(self.high)
        );
        self.words_below(out, left, top);
    }
    /// Ticks with their labels, and faint lines across the field.
    fn axes(&self, out: &mut String, left: f64, top: f64) {
        let (ink, faint) = (Role::Ink.stroke(), Role::Faint.stroke());
        let bottom = top + self.high;
        let (mut lines, mut ticks) = (String::new(), String::new());
        for (value, text) in &self.x_ticks {
            let x = left + self.x.place(*value) * self.field;
            let _ = write!(lines, "M{} {}V{}", at(x), at(top), at(bottom));
            let _ = write!(ticks, "M{} {}v{TICK}", at(x), at(bottom));
            label(out, text, x, bottom + TICK + 2.0 + TEXT, TEXT, "middle");
        }
        for (value, text) in &self.y_ticks {
            let y = bottom - self.y.place(*value) * self.high;
            let _ = write!(lines, "M{} {}H{}", at(left), at(y), at(left + self.field));
            let _ = write!(ticks, "M{} {}h-{TICK}", at(left), at(y));
            label(out, text, left - TICK - 3.0, y + 0.36 * TEXT, TEXT, "end");
        }
        let _ = writeln!(out, "<path d=\"{lines}\" {faint} stroke-width=\"0.6\"/>");
        let _ = writeln!(out, "<path d=\"{ticks}\" {ink}/>");
        let middle = top + 0.5 * self.high;
        for (i, line) in self.y_label.iter().rev().enumerate() {
            let widest = widest(&self.y_ticks);
            let x = left - TICK - 10.0 - widest - i as f64 * TEXT * LEADING;
            let (x, y, fill, text) = (at(x), at(middle), Role::Ink.fill(), escape(line));
            let size = at(TEXT);
            let _ = writeln!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"middle\" \
                 transform=\"rotate(-90 {x} {y})\" {fill}>{text}</text>"
            );
        }
    }
    /// The x axis' label and the legend.
    fn words_below(&self, out: &mut String, left: f64, top: f64) {
        let mut y = top + self.high + TICK + 2.0 + TEXT;
        for line in &self.x_label {
            y += TEXT * LEADING;
            label(out, line, left + 0.5 * self.field, y, TEXT, "middle");
        }
        for line in &self.legend {
            y += TEXT * LEADING;
            let mut x = left;
            for entry in line {
                entry.draw(out, x, y);
                x += entry.wide() + PAD;
            }
        }
    }
    fn item(&self, out: &mut String, item: &Item) {
        match item {
            Item::Heat { grid, range, .. } => self.heat(out, grid, *range),
            Item::Contour { grid, level, series, .. } => {
                for line in contour::lines(grid, *level) {
                    self.line(out, &line, *series);
                }
            }
            Item::Line { points, series, marks, .. } => {
                self.line(out, points, *series);
                if *marks {
                    self.marks(out, points, *series);
                }
            }
            Item::Points { points, series, .. } => self.marks(out, points, *series),
            Item::Bars { bars, lying, .. } => bars.iter().for_each(|bar| self.bar(out, bar, *lying)),
            Item::Rule { at, upright: true, series, .. } => {
                let (x, _) = self.place((*at, 0.0));
                rule(out, (x, 0.0), (x, self.high), *series);
            }
            Item::Rule { at, upright: false, series, .. } => {
                let (_, y) = self.place((0.0, *at));
                rule(out, (0.0, y), (self.field, y), *series);
            }
            Item::Area { corners, shade } => {
                let path = path(&corners.iter().map(|p| self.place(*p)).collect::<Vec<_>>());
                let inside = outlined(Role::shade(*shade));
                let _ = writeln!(out, "<path d=\"{path}Z\" {inside} stroke-width=\"0.7\"/>");
            }
        }
    }
    /// A bar with the thin line of its range.
    fn bar(&self, out: &mut String, bar: &Bar, lying: bool) {
        let place = |along: f64, value: f64| self.place(if lying { (value, along) } else { (along, value) });
        let ((x1, y1), (x2, y2)) = (place(bar.side.0, 0.0), place(bar.side.1, bar.value));
        let (left, top) = (x1.min(x2), y1.min(y2));
        let _ = writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {} stroke-width=\"0.7\"/>",
            at(left),
            at(top),
            at((x1 - x2).abs()),
            at((y1 - y2).abs()),
            outlined(Role::Shade(BAR))
        );
        if let Some((low, high)) = bar.spread {
            let middle = 0.5 * (bar.side.0 + bar.side.1);
            let d = path(&[place(middle, low), place(middle, high)]);
            let _ = writeln!(out, "<path d=\"{d}\" {} stroke-width=\"1.6\"/>", Role::Ink.stroke());
        }
    }
    fn line(&self, out: &mut String, points: &[(f64, f64)], series: usize) {
        let role = Role::of_series(series).stroke();
        for piece in points.split(|p| !(p.0.is_finite() && p.1.is_finite())).filter(|p| !p.is_empty()) {
            let d = path(&piece.iter().map(|p| self.place(*p)).collect::<Vec<_>>());
            let _ = writeln!(out, "<path d=\"{d}\" {role} stroke-width=\"1.8\"{}/>", dash(series));
        }
    }
    fn marks(&self, out: &mut String, points: &[(f64, f64)], series: usize) {
        let mut d = String::new();
        for p in points.iter().filter(|p| p.0.is_finite() && p.1.is_finite()) {
            let (x, y) = self.place(*p);
            shape(&mut d, mark(series), x, y);
        }
        paint(out, &d, series);
    }
    /// Each point of the lattice has a rectangle around it; rectangles of one shade are one path.
    fn heat(&self, out: &mut String, grid: &Grid, (low, high): (f64, f64)) {
        let mut paths = vec![String::new(); SHADES];
        let half = |(a, b): (f64, f64), n: usize| 0.5 * (b - a) / (n - 1) as f64;
        let (dx, dy) = (half(grid.x, grid.columns), half(grid.y, grid.rows));
        for r in 0..grid.rows {
            let mut c = 0;
            while c < grid.columns {
                let shade = |c: usize| match Role::shade((grid.value(c, r) - low) / (high - low)) {
                    Role::Shade(i) => i,
                    _ => 0,
                };
                let (first, own) = (c, shade(c));
                while c < grid.columns && shade(c) == own {
                    c += 1;
                }
                let ((x1, y), (x2, _)) = (grid.at(first, r), grid.at(c - 1, r));
                let (a, b) = (self.place((x1 - dx, y + dy)), self.place((x2 + dx, y - dy)));
                let _ = write!(paths[own], "M{} {}H{}V{}H{}Z", at(a.0), at(a.1), at(b.0), at(b.1), at(a.0));
            }
        }
        for (i, d) in paths.iter().enumerate().filter(|(_, d)| !d.is_empty()) {
            let fill = Role::Shade(i).fill();
            let _ = writeln!(out, "<path d=\"{d}\" {fill} shape-rendering=\"crispEdges\"/>");
        }
    }
}

/// The room of the widest label.
fn widest(ticks: &[(f64, String)]) -> f64 {
    ticks.iter().map(|t| width(&t.1, TEXT)).fold(0.0, f64::max)
}

/// Width of the field, and the room to its right: a label may stick out over the end of its axis.
fn across(axis: &Axis, x: &Span, room: Room, left: f64) -> (f64, f64) {
    if room == Room::Whole {
        let any = (2..=9).map(|most| widest(&x.ticks(most))).fold(0.0, f64::max);
        let right = if axis.names.is_empty() { 0.5 * any + 2.0 } else { 4.0 };
        return (INLINE - left - right, right);
    }
    let over = |t: &(f64, String)| x.place(t.0) * FIELD + 0.5 * width(&t.1, TEXT) - FIELD;
    (FIELD, x_ticks(axis, x, FIELD).iter().map(over).fold(0.0, f64::max) + PAD)
}

/// The names of an axis, or as many ticks as have room for their labels.
fn x_ticks(axis: &Axis, span: &Span, field: f64) -> Vec<(f64, String)> {
    if !axis.names.is_empty() {
        return Span::named_ticks(&axis.names, field / axis.names.len() as f64 - 4.0);
    }
    let fits = |ticks: &Vec<(f64, String)>| {
        ticks.windows(2).all(|pair| {
            let room = (span.place(pair[1].0) - span.place(pair[0].0)).abs() * field;
            0.5 * (width(&pair[0].1, TEXT) + width(&pair[1].1, TEXT)) + 8.0 <= room
        })
    };
    let all = (2..=9).rev().map(|most| span.ticks(most));
    all.into_iter().find(fits).unwrap_or_default()
}

/// Attributes of a shape that is filled and has a thin outline.
fn outlined(role: Role) -> String {
    let (inside, ink) = (role.colours().0, Role::Ink.colours().0);
    format!("class=\"fff-{} ffs-ink\" fill=\"{inside}\" stroke=\"{ink}\"", role.name())
}

/// A line across the field.
fn rule(out: &mut String, from: (f64, f64), to: (f64, f64), series: usize) {
    let (d, role, dash) = (path(&[from, to]), Role::of_series(series).stroke(), dash(series));
    let _ = writeln!(out, "<path d=\"{d}\" {role} stroke-width=\"1.2\"{dash}/>");
}

fn path(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let _ = write!(d, "{}{} {}", if i == 0 { "M" } else { "L" }, at(*x), at(*y));
    }
    d
}

/// Add a mark at (x, y) to a path.
fn shape(d: &mut String, mark: Mark, x: f64, y: f64) {
    let p = |dx: f64, dy: f64| format!("{} {}", at(x + dx), at(y + dy));
    let _ = match mark {
        Mark::Disc => write!(d, "M{}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z", p(-3.0, 0.0)),
        Mark::Square => write!(d, "M{}h5.6v5.6h-5.6Z", p(-2.8, -2.8)),
        Mark::Triangle => write!(d, "M{}L{}L{}Z", p(0.0, -3.8), p(3.4, 2.4), p(-3.4, 2.4)),
        Mark::Cross => write!(d, "M{}L{}M{}L{}", p(-3.0, -3.0), p(3.0, 3.0), p(-3.0, 3.0), p(3.0, -3.0)),
        Mark::Diamond => write!(d, "M{}L{}L{}L{}Z", p(0.0, -3.8), p(3.8, 0.0), p(0.0, 3.8), p(-3.8, 0.0)),
        Mark::Plus => write!(d, "M{}V{}M{}H{}", p(0.0, -3.6), at(y + 3.6), p(-3.6, 0.0), at(x + 3.6)),
    };
}

/// Paint a path of marks: discs and triangles are filled, squares and diamonds hollow.
fn paint(out: &mut String, d: &str, series: usize) {
    if d.is_empty() {
        return;
    }
    let role = Role::of_series(series);
    let (name, ink) = (role.name(), role.colours().0);
    let inside = match mark(series) {
        Mark::Disc | Mark::Triangle => role,
        _ => Role::Paper,
    };
    let _ = writeln!(
        out,
        "<path d=\"{d}\" class=\"fff-{} ffs-{name}\" fill=\"{}\" stroke=\"{ink}\" stroke-width=\"1.2\"/>",
        inside.name(),
        inside.colours().0
    );
}

/// One entry of a legend, or a further line of its words.
#[derive(Clone)]
struct Entry<'a> {
    item: Option<&'a Item>,
    text: String,
}

impl Entry<'_> {
    fn symbol(item: &Item) -> f64 {
        if matches!(item, Item::Heat { .. }) { SHADES_WIDE + 6.0 } else { SYMBOL }
    }
    fn wide(&self) -> f64 {
        self.item.map_or(SYMBOL, Entry::symbol) + width(&self.text, TEXT)
    }
    /// Draw it with its text's base line at `y`.
    fn draw(&self, out: &mut String, x: f64, y: f64) {
        let middle = y - 0.36 * TEXT;
        match self.item {
            Some(Item::Heat { .. }) => {
                let wide = SHADES_WIDE / SHADES as f64;
                for i in 0..SHADES {
                    let (left, fill) = (x + i as f64 * wide, Role::Shade(i).fill());
                    let (a, b) = (at(left), at(middle - 4.0));
                    let _ = writeln!(out, "<rect x=\"{a}\" y=\"{b}\" width=\"{wide}\" height=\"8\" {fill}/>");
                }
                let frame = Role::Ink.stroke();
                let (a, b) = (at(x), at(middle - 4.0));
                let _ = writeln!(
                    out,
                    "<rect x=\"{a}\" y=\"{b}\" width=\"{SHADES_WIDE}\" height=\"8\" {frame} stroke-width=\"0.6\"/>"
                );
            }
            Some(Item::Bars { .. }) => {
                let (a, b, inside) = (at(x), at(middle - 4.0), outlined(Role::Shade(BAR)));
                let _ = writeln!(
                    out,
                    "<rect x=\"{a}\" y=\"{b}\" width=\"21\" height=\"8\" {inside} stroke-width=\"0.7\"/>"
                );
            }
            Some(Item::Line { series, .. } | Item::Contour { series, .. } | Item::Rule { series, .. }) => {
                let role = Role::of_series(*series).stroke();
                let (a, b, c) = (at(x), at(middle), dash(*series));
                let _ = writeln!(out, "<path d=\"M{a} {b}h21\" {role} stroke-width=\"1.8\"{c}/>");
                if matches!(self.item, Some(Item::Line { marks: true, .. })) {
                    let mut d = String::new();
                    shape(&mut d, mark(*series), x + 10.5, middle);
                    paint(out, &d, *series);
                }
            }
            Some(Item::Points { series, .. }) => {
                let mut d = String::new();
                shape(&mut d, mark(*series), x + 12.0, middle);
                paint(out, &d, *series);
            }
            Some(Item::Area { .. }) | None => {}
        }
        let symbol = self.item.map_or(SYMBOL, Entry::symbol);
        label(out, &self.text, x + symbol, y, TEXT, "start");
    }
}

/// The named items in lines that fit below the field.
fn legend(items: &[Item], field: f64) -> Vec<Vec<Entry<'_>>> {
    let mut lines: Vec<Vec<Entry<'_>>> = Vec::new();
    let mut used = 0.0;
    for item in items {
        let text = match item {
            Item::Heat { name, range, .. } => {
                format!("{name}, {} to {}", super::number(range.0, 3), super::number(range.1, 3))
            }
            Item::Contour { name, .. }
            | Item::Line { name, .. }
            | Item::Points { name, .. }
            | Item::Bars { name, .. }
            | Item::Rule { name, .. } => name.clone(),
            Item::Area { .. } => String::new(),
        };
        let room = field - Entry::symbol(item);
        for (i, text) in wrap(&text, TEXT, room).into_iter().enumerate() {
            let entry = Entry { item: (i == 0).then_some(item), text };
            let wide = entry.wide() + PAD;
            match lines.last_mut() {
                Some(line) if i == 0 && used + wide - PAD <= field => line.push(entry),
                _ => {
                    lines.push(vec![entry]);
                    used = 0.0;
                }
            }
            // The next entry begins a line of its own after one that took several.
            used = if i > 0 { field } else { used + wide };
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Axis;

    fn figure() -> Figure {
        let grid = Grid::of(30, (-1.0, 1.0), (-1.0, 1.0), |p| p.iter().map(|(x, y)| x * y).collect());
        let items = vec![
            Item::Heat { grid: grid.clone(), range: (-1.0, 1.0), name: "x₁ x₂ & more".into() },
            Item::Contour { grid, level: 0.0, series: 4, name: "boundary".into() },
            Item::points(
                vec![(0.5, 0.5), (-0.5, -0.5), (f64::NAN, 0.0)],
                0,
                "class 1, with words that are so many that the legend breaks",
            ),
            Item::points(vec![(0.5, -0.5)], 1, "class 2"),
        ];
        let lines =
            (0..6).map(|i| Item::marked(vec![(0.0, 0.1 * i as f64), (1.0, 1.0)], i, &format!("line {i}")));
        let panels = vec![
            Panel::plane("A plane < two", Axis::new("x₁"), Axis::new("x₂"), items),
            Panel::new("Lines", Axis::new("t"), Axis::new("J, the objective"), lines.collect()),
        ];
        Figure::new("A test", 2, panels).caption("What is seen. ".repeat(20))
    }

    #[test]
    fn the_same_bytes_each_time_and_sound_xml() {
        let svg = figure().to_svg();
        assert_eq!(svg, figure().to_svg());
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "numbers are finite");
        // Every tag that is opened is closed, in order.
        let mut open: Vec<&str> = Vec::new();
        for tag in svg.split('<').skip(1) {
            let (inside, _) = tag.split_once('>').expect("a tag ends");
            let name = inside.split([' ', '/']).find(|s| !s.is_empty()).expect("a tag has a name");
            match (inside.starts_with('/'), inside.ends_with('/')) {
                (true, _) => assert_eq!(open.pop(), Some(name)),
                (false, false) => open.push(name),
                (false, true) => {}
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }

    /// Boxes of all texts that are not turned: (left, top, right, bottom, text).
    fn boxes(svg: &str) -> Vec<(f64, f64, f64, f64, String)> {
        let field = |tag: &str, name: &str| -> f64 {
            let start = tag.find(&format!(" {name}=\"")).expect("a field") + name.len() + 3;
            tag[start..].split('"').next().expect("a value").parse().expect("a number")
        };
        let one = |tag: &str| {
            let (head, text) = tag.split_once('>').expect("a tag ends");
            let text = text.split('<').next().unwrap_or("").replace("&lt;", "<").replace("&amp;", "&");
            let (x, y, size) = (field(head, "x"), field(head, "y"), field(head, "font-size"));
            let wide = width(&text, size);
            let left = match head {
                h if h.contains("\"middle\"") => x - 0.5 * wide,
                h if h.contains("\"end\"") => x - wide,
                _ => x,
            };
            (left, y - 0.75 * size, left + wide, y + 0.2 * size, text)
        };
        svg.split("<text").skip(1).filter(|t| !t.contains("rotate")).map(one).collect()
    }

    /// Bars, names and rules, whose labels are long.
    fn bars() -> Figure {
        let names: Vec<String> =
            (0..12).map(|i| format!("a column whose name is long, number {i}")).collect();
        let lying = (0..12).map(|i| Bar::of_name(i, 0.01 * i as f64 - 0.02).spread(-0.03, 0.1)).collect();
        let bins = (0..9).map(|i| Bar { side: (f64::from(i), f64::from(i + 1)), value: 1e4, spread: None });
        let panels = vec![
            Panel::new(
                "Lying",
                Axis::new("rise of the loss"),
                Axis::named("column", names).turned(),
                vec![Item::Bars { bars: lying, lying: true, name: "mean".into() }, Item::upright(0.0, 4, "")],
            ),
            Panel::new(
                "Upright",
                Axis::new("y − ŷ").range(0.0, 123_456.0),
                Axis::new("rows"),
                vec![
                    Item::Bars { bars: bins.collect(), lying: false, name: "rows".into() },
                    Item::level(5e3, 1, "half"),
                    Item::steps(vec![(0.0, 0.0), (9.0, 1e4)], 0, "steps"),
                ],
            ),
        ];
        Figure::new("Bars & rules", 2, panels).caption("The \"last\" is longest.")
    }

    #[test]
    fn no_text_overlaps_another_or_leaves_the_picture() {
        for svg in [figure().to_svg(), bars().to_svg(), figure().to_inline("a"), bars().to_inline("b")] {
            apart_and_inside(&svg);
        }
    }

    #[test]
    fn an_inline_picture_says_what_it_shows() {
        let svg = bars().to_inline("b");
        assert!(svg.starts_with("<svg viewBox=\"0 0 340 "), "{svg}");
        assert!(svg.contains("<title id=\"b-title\">Bars &amp; rules</title>"), "{svg}");
        assert!(svg.contains("<desc id=\"b-words\">The &quot;last&quot; is longest.</desc>"), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("<style"), "{svg}");
    }

    #[test]
    fn a_bar_goes_from_zero_to_its_value() {
        let bar = |lying| {
            let item = Item::Bars { bars: vec![Bar::of_name(0, -3.0)], lying, name: String::new() };
            let (names, values) = (Axis::named("", ["a"]), Axis::new("").range(-3.0, 1.0));
            let (x, y) = if lying { (values, names) } else { (names, values) };
            Figure::new("", 1, vec![Panel::new("", x, y, vec![item])]).to_svg()
        };
        assert!(bar(false).contains("x=\"42\" y=\"52.5\" width=\"216\" height=\"157.5\""), "{}", bar(false));
        // Three names are the least height: 51.
        assert!(bar(true).contains("x=\"0\" y=\"7.14\" width=\"225\" height=\"36.72\""), "{}", bar(true));
    }

    fn apart_and_inside(svg: &str) {
        let all = boxes(svg);
        let size: Vec<f64> = svg
            .split("viewBox=\"0 0 ")
            .nth(1)
            .expect("a size")
            .split('"')
            .next()
            .expect("numbers")
            .split(' ')
            .map(|n| n.parse().expect("a number"))
            .collect();
        assert!(all.len() > 20);
        for (i, a) in all.iter().enumerate() {
            assert!(a.0 >= 0.0 && a.1 >= 0.0 && a.2 <= size[0] && a.3 <= size[1], "cut: {a:?} of {size:?}");
            for b in &all[..i] {
                let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
                assert!(apart, "{a:?} over {b:?}");
            }
        }
    }
}
