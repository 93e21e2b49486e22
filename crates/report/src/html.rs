//! The page as HTML.

use crate::page::{Block, Cell, Page, Picture, Section, Table};
use feedforward_base::words::escape;
use feedforward_plot::style_sheet;
use serde_json::{Value, json};
use std::fmt::Write;

/// A table of more columns scrolls in a box of its own where it does not fit.
const NARROW: usize = 3;
/// A table of more columns has narrow ones on a phone.
const DENSE: usize = 8;

const STYLE: &str = include_str!("page.css");

/// Nothing is fetched and no script is run, whatever names stand in the data.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The whole file.
pub(crate) fn write(page: &Page) -> String {
    let title = escape(&page.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{title}</title>\n<style>\n{STYLE}{}\n</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header>\n<h1>{title}</h1>\n",
        style_sheet()
    );
    for (word, sentence) in &page.lead {
        let _ = writeln!(out, "<p><strong>{}.</strong> {}</p>", words(word), words(sentence));
    }
    out.push_str("</header>\n<nav aria-label=\"Sections\">\n<ul>\n");
    for s in &page.sections {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "<li><a href=\"#{}\">{}</a></li>", s.id, s.id.replace('-', " "));
    }
    out.push_str("</ul>\n</nav>\n<main id=\"main\">\n");
    page.sections.iter().for_each(|s| section(&mut out, s));
    let program = feedforward_training::PROGRAM;
    let _ = writeln!(
        out,
        "</main>\n<footer>\n<p>Made by {program}. Every number comes from the two documents at the end of this file: \
         what the command prints with <code>--json</code>, and what this report alone has computed.</p>\n</footer>"
    );
    script(&mut out, "document", &page.document);
    script(&mut out, "details", &json!(page.details));
    out.push_str("</body>\n</html>\n");
    out
}

/// A document that is not run. `<` is written so that nothing in it can end its element.
fn script(out: &mut String, id: &str, value: &Value) {
    let text = value.to_string().replace('<', "\\u003c");
    let _ = writeln!(out, "<script type=\"application/json\" id=\"{id}\">{text}</script>");
}

fn section(out: &mut String, s: &Section) {
    let id = s.id;
    let _ = writeln!(
        out,
        "<section id=\"{id}\" aria-labelledby=\"{id}-head\">\n<h2 id=\"{id}-head\">{}</h2>",
        escape(&s.title)
    );
    for (i, b) in s.blocks.iter().enumerate() {
        // Unlike a picture's address.
        block(out, b, &format!("{id}-block-{}", i + 1));
    }
    out.push_str("</section>\n");
}

fn block(out: &mut String, b: &Block, id: &str) {
    match b {
        Block::Text(text) => paragraph(out, text),
        Block::Score(number, what) => {
            let _ = writeln!(out, "<p class=\"score\">{} {}</p>", value(number), words(what));
        }
        Block::Warnings(all) => {
            out.push_str("<ul class=\"warnings\">\n");
            all.iter().for_each(|w| {
                let _ = writeln!(out, "<li>{}</li>", words(w));
            });
            out.push_str("</ul>\n");
        }
        Block::Facts(all) => {
            out.push_str("<dl>\n");
            all.iter().for_each(|(name, v)| {
                let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", words(name), value(v));
            });
            out.push_str("</dl>\n");
        }
        Block::Table(t) => table(out, t, id),
        Block::Folded(t) => {
            let _ = writeln!(out, "<details>\n<summary>{}</summary>", words(&t.caption));
            table(out, t, id);
            out.push_str("</details>\n");
        }
        Block::Pictures(all) => {
            out.push_str("<div class=\"pictures\">\n");
            all.iter().for_each(|p| picture(out, p));
            out.push_str("</div>\n");
        }
        Block::Lines(all) => {
            let lines = escape(&all.join("\n"));
            let _ = writeln!(out, "<pre class=\"lines\" tabindex=\"0\">{lines}</pre>");
        }
        Block::Commands(all) => {
            let lines: Vec<String> = all.iter().map(|c| command(c)).collect();
            let _ = writeln!(out, "<pre><code>{}</code></pre>", lines.join("\n"));
        }
    }
}

/// A command whose lines break between words only.
fn command(text: &str) -> String {
    let word = |w: &str| format!("<span class=\"word\">{}</span>", escape(w));
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn paragraph(out: &mut String, text: &str) {
    let _ = writeln!(out, "<p>{}</p>", words(text));
}

fn table(out: &mut String, t: &Table, id: &str) {
    let caption = words(&t.caption);
    let dense = if t.head.len() > DENSE { " class=\"dense\"" } else { "" };
    // What can be scrolled can be reached with the keyboard, and has a name.
    let wide = if t.head.len() > NARROW {
        format!(" wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\"")
    } else {
        "\"".into()
    };
    let _ = writeln!(
        out,
        "<div class=\"table{wide}>\n<table{dense}>\n<caption id=\"{id}\">{caption}</caption>\n<thead>\n<tr>"
    );
    let numbers: Vec<bool> = (0..t.head.len())
        .map(|c| t.rows.iter().any(|r| !matches!(r.get(c), None | Some(Cell::Text(_)))))
        .collect();
    for (head, number) in t.head.iter().zip(&numbers) {
        let class = if *number { " class=\"n\"" } else { "" };
        let _ = writeln!(out, "<th scope=\"col\"{class}>{}</th>", words(head));
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &t.rows {
        out.push_str("<tr>");
        for (c, cell) in row.iter().enumerate() {
            let class = match cell {
                _ if c == 0 => " scope=\"row\"".into(),
                Cell::Text(_) if !numbers.get(c).is_some_and(|n| *n) => String::new(),
                Cell::Text(_) | Cell::Number(..) => " class=\"n\"".into(),
                Cell::Shaded(_, _, share) => format!(" class=\"n shaded\" style=\"--share:{share:.3}\""),
                Cell::Framed(_, _, share) => {
                    format!(" class=\"n shaded framed\" style=\"--share:{share:.3}\"")
                }
            };
            let tag = if c == 0 { "th" } else { "td" };
            let _ = write!(out, "<{tag}{class}>{}</{tag}>", value(cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

fn value(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => words(text),
        Cell::Number(x, shown) | Cell::Shaded(x, shown, _) | Cell::Framed(x, shown, _) => {
            // As the documents write it.
            format!("<data value=\"{}\">{}</data>", json!(x), escape(shown))
        }
    }
}

fn picture(out: &mut String, p: &Picture) {
    let (title, caption) = (words(&p.figure.title), words(&p.figure.caption));
    let _ = writeln!(
        out,
        "<figure id=\"{0}\">\n<figcaption><strong>{title}</strong> {caption}</figcaption>\n{1}</figure>",
        escape(&p.id),
        p.figure.to_inline(&p.id)
    );
}

/// Text for HTML; what stands between two backticks is code.
fn words(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        // A lone backtick stands for itself.
        return escape(text);
    }
    let piece = |(i, p): (usize, &&str)| match i % 2 {
        0 => escape(p),
        _ => format!("<code>{}</code>", escape(p)),
    };
    pieces.iter().enumerate().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_plot::{Axis, Figure, Item, Panel};

    const EVIL: &str = "</script><script>alert(\"1\")</script> & 'x' <!--";

    fn page() -> Page {
        let mut page = Page::new(EVIL, json!({ EVIL: EVIL, "x": 0.1 }));
        page.lead.push((EVIL.into(), EVIL.into()));
        let row =
            vec![Cell::text(EVIL), Cell::Number(0.1, "10 %".into()), Cell::Shaded(0.1, "0.1".into(), 0.5)];
        let table =
            Table { caption: EVIL.into(), head: vec![EVIL.into(), "a".into(), "b".into()], rows: vec![row] };
        let figure = Figure::new(
            EVIL,
            1,
            vec![Panel::new(EVIL, Axis::new(EVIL), Axis::new(EVIL), vec![Item::upright(0.5, 0, EVIL)])],
        );
        let blocks = vec![
            Block::Text(EVIL.into()),
            Block::Warnings(vec![EVIL.into()]),
            Block::Facts(vec![(EVIL.into(), Cell::text(EVIL))]),
            Block::Table(table),
            Block::Pictures(vec![Picture::new("p", figure.caption(EVIL))]),
            Block::Commands(vec![EVIL.into()]),
            Block::Lines(vec![EVIL.into()]),
        ];
        page.section("one", EVIL, blocks);
        page.section("two", "nothing", vec![]);
        page.keep("own", json!([EVIL]));
        page
    }

    #[test]
    fn no_name_becomes_markup() {
        let html = page().to_html();
        assert_eq!(html.matches("<script").count(), 2, "the two documents");
        assert_eq!(html.matches("</script>").count(), 2);
        assert!(!html.contains("<!--") && !html.contains("alert(\"1\")"));
        assert!(!html.contains("http://") && !html.contains("https://"), "nothing is fetched");
        assert!(!html.contains("id=\"two\""), "a section without content is left out");
    }

    #[test]
    fn the_documents_can_be_read_back() {
        let html = page().to_html();
        let inside = |id: &str| {
            let start = html.split_once(&format!("id=\"{id}\">")).unwrap().1;
            serde_json::from_str::<Value>(start.split_once("</script>").unwrap().0).unwrap()
        };
        assert_eq!(inside("document"), page().document);
        assert_eq!(inside("details"), json!(page().details));
    }

    #[test]
    fn names_between_backticks_are_code() {
        assert_eq!(words("a `<b>` c"), "a <code>&lt;b&gt;</code> c");
        assert_eq!(words("it`s"), "it`s");
    }
}
