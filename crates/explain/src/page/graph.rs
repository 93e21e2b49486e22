//! The computational graph as SVG: nodes are operations or inputs, a layer is collapsed into one node; data and
//! parameters are two kinds of input; what flows forward is solid, what flows backward is dashed.

use crate::markup::svg;
use crate::notation::Symbols;
use crate::trace::Trace;
use std::fmt::Write;

/// From one node of the chain to the next.
const STEP: f64 = 215.0;
/// The middle of the first node.
const START: f64 = 60.0;
/// The height of the chain's middle.
const MIDDLE: f64 = 124.0;
/// The middle of the nodes above the chain.
const ABOVE: f64 = 42.0;

/// The network, a node for each layer.
pub(super) fn network(trace: &Trace, symbols: &Symbols) -> String {
    let last = trace.last();
    let back = trace.lesson.is_some();
    let mut c = Canvas::default();
    c.data(START, MIDDLE, &symbols.a[0]);
    for l in 1..=last {
        let x = START + STEP * l as f64;
        let from = x - STEP + if l == 1 { 32.0 } else { 54.0 };
        c.edge(from, x - 54.0, &symbols.a[l - 1], (back && l > 1).then(|| symbols.da[l - 1].as_str()));
        c.layer(x, &format!("layer {}", symbols.numbers[l]), &trace.layers[l - 1].activation);
        let apart = !symbols.b[l].is_empty();
        let shift = if apart { 50.0 } else { 0.0 };
        c.parameter(x - shift, &symbols.w[l], back.then(|| symbols.dw[l].as_str()));
        if apart {
            c.parameter(x + shift, &symbols.b[l], back.then(|| symbols.db[l].as_str()));
        }
    }
    let end = START + STEP * (last + 1) as f64;
    c.edge(end - STEP + 54.0, end - 26.0, &symbols.a[last], back.then(|| symbols.da[last].as_str()));
    if back {
        c.operation(end, MIDDLE, &symbols.loss);
        c.data(end, ABOVE, &symbols.y);
        c.arrow((end, ABOVE + 16.0), (end, MIDDLE - 27.0), false);
    } else {
        c.label(end - 28.0, MIDDLE - 6.0, "start", "the answer");
    }
    c.legend(back);
    c.tip();
    c.finish(end + 60.0, 206.0, "The network as a computational graph, a node for each layer")
}

/// The inside of layer `l`.
pub(super) fn layer(trace: &Trace, symbols: &Symbols, l: usize) -> String {
    let back = trace.lesson.is_some();
    let mut c = Canvas::default();
    let x = |i: usize| START + 165.0 * i as f64;
    let apart = !symbols.b[l].is_empty();
    c.input(x(0), &symbols.a[l - 1], l == 1);
    c.edge(x(0) + 36.0, x(1) - 27.0, "", (back && l > 1).then(|| symbols.da[l - 1].as_str()));
    c.operation(x(1), MIDDLE, "×");
    c.parameter(x(1), &symbols.w[l], back.then(|| symbols.dw[l].as_str()));
    if apart {
        c.edge(x(1) + 27.0, x(2) - 27.0, "", back.then(|| symbols.dz[l].as_str()));
        c.operation(x(2), MIDDLE, "+");
        c.parameter(x(2), &symbols.b[l], back.then(|| symbols.db[l].as_str()));
    }
    let f = 2 + usize::from(apart);
    c.edge(x(f - 1) + 27.0, x(f) - 54.0, &symbols.z[l], back.then(|| symbols.dz[l].as_str()));
    c.boxed(x(f), &trace.layers[l - 1].activation);
    let out = x(f) + 170.0;
    c.edge(x(f) + 54.0, out - 36.0, &symbols.a[l], back.then(|| symbols.da[l].as_str()));
    c.finish(out, 176.0, &format!("Layer {} opened: its operations", symbols.numbers[l]))
}

#[derive(Default)]
struct Canvas(String);

impl Canvas {
    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(element);
        self.0.push('\n');
    }
    fn label(&mut self, x: f64, y: f64, anchor: &str, line: &str) {
        self.add(format_args!(r#"<text x="{x}" y="{y}" text-anchor="{anchor}">{}</text>"#, svg(line)));
    }
    /// An input of data: round.
    fn data(&mut self, x: f64, y: f64, name: &str) {
        self.add(format_args!(r#"<ellipse class="data" cx="{x}" cy="{y}" rx="36" ry="16"/>"#));
        self.label(x, y + 4.0, "middle", name);
    }
    /// What a layer reads: data, or the activations of another layer.
    fn input(&mut self, x: f64, name: &str, data: bool) {
        if data {
            self.data(x, MIDDLE, name);
        } else {
            self.label(x, MIDDLE + 4.0, "middle", name);
        }
    }
    /// An input of parameters above the chain, drawn twice, with its arrows.
    fn parameter(&mut self, x: f64, name: &str, derivative: Option<&str>) {
        let (left, top) = (x - 30.0, ABOVE - 14.0);
        self.add(format_args!(
            r#"<rect class="parameter" x="{left}" y="{top}" width="60" height="28" rx="3"/>"#
        ));
        let (left, top) = (left + 3.0, top + 3.0);
        self.add(format_args!(
            r#"<rect class="parameter" x="{left}" y="{top}" width="54" height="22" rx="2"/>"#
        ));
        self.label(x, ABOVE + 4.0, "middle", name);
        self.arrow((x - 5.0, ABOVE + 14.0), (x - 5.0, MIDDLE - 27.0), false);
        if let Some(derivative) = derivative {
            self.arrow((x + 5.0, MIDDLE - 27.0), (x + 5.0, ABOVE + 14.0), true);
            self.label(x, ABOVE - 20.0, "middle", derivative);
        }
    }
    fn layer(&mut self, x: f64, name: &str, function: &str) {
        self.frame(x);
        self.label(x, MIDDLE - 5.0, "middle", name);
        self.label(x, MIDDLE + 14.0, "middle", &plain(function));
    }
    fn boxed(&mut self, x: f64, function: &str) {
        self.frame(x);
        self.label(x, MIDDLE + 4.0, "middle", &plain(function));
    }
    fn frame(&mut self, x: f64) {
        let (left, top) = (x - 54.0, MIDDLE - 27.0);
        self.add(format_args!(r#"<rect class="operation" x="{left}" y="{top}" width="108" height="54"/>"#));
    }
    fn operation(&mut self, x: f64, y: f64, name: &str) {
        let (left, top) = (x - 27.0, y - 27.0);
        self.add(format_args!(
            r#"<rect class="operation" x="{left}" y="{top}" width="54" height="54" rx="27"/>"#
        ));
        self.label(x, y + 4.0, "middle", name);
    }
    /// From one node of the chain to the next, and back.
    fn edge(&mut self, from: f64, to: f64, forward: &str, backward: Option<&str>) {
        let middle = (from + to) / 2.0;
        self.arrow((from, MIDDLE - 8.0), (to, MIDDLE - 8.0), false);
        self.label(middle, MIDDLE - 16.0, "middle", forward);
        if let Some(backward) = backward {
            self.arrow((to, MIDDLE + 10.0), (from, MIDDLE + 10.0), true);
            self.label(middle, MIDDLE + 28.0, "middle", backward);
        }
    }
    fn arrow(&mut self, from: (f64, f64), to: (f64, f64), dashed: bool) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let class = if dashed { "backward" } else { "forward" };
        self.add(format_args!(
            r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" marker-end="url(#tip)"/>"#
        ));
    }
    fn legend(&mut self, back: bool) {
        let y = 190.0;
        self.arrow((24.0, y - 4.0), (64.0, y - 4.0), false);
        self.label(70.0, y, "start", "forward");
        if back {
            self.arrow((184.0, y - 4.0), (144.0, y - 4.0), true);
            self.label(190.0, y, "start", "backward");
        }
        self.label(270.0, y, "start", "round: data; double frame: parameters");
    }
    /// The arrows' head, once a page.
    fn tip(&mut self) {
        let marker = r#"<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">"#;
        self.add(format_args!(r#"<defs>{marker}<path class="tip" d="M0,0 L8,4 L0,8 Z"/></marker></defs>"#));
    }
    fn finish(self, width: f64, height: f64, title: &str) -> String {
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\"{title}\">\n\
             <title>{title}</title>\n{}</svg>\n",
            self.0
        )
    }
}

/// A function's name without marks: `leaky_relu:0.01` has an underscore that is none.
fn plain(name: &str) -> String {
    name.replace("_{", "_ {").replace("^{", "^ {")
}
