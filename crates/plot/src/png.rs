//! The picture as pixels.

use super::svg;
use super::{Figure, style};
use feedforward_base::{Error, ErrorKind, Result};
use resvg::{tiny_skia, usvg};

/// Pixels for a unit of the picture: sharp on a good screen.
const ZOOM: f32 = 2.0;

/// The bytes of a PNG file, on light paper; the font is DejaVu Sans, which is part of the program.
///
/// # Errors
/// A picture of a size that no memory holds.
pub(super) fn encode(figure: &Figure) -> Result<Vec<u8>> {
    let mut options = usvg::Options::default();
    options.font_family = style::FONTS.split(',').next().unwrap_or_default().into();
    options.fontdb_mut().load_font_data(dejavu::sans::regular().to_vec());
    // What we wrote ourselves can be read; what remains is memory.
    let failed = |why: String| Error::new(ErrorKind::Io { action: "draw the picture".into(), why });
    let tree = usvg::Tree::from_str(&svg::write(figure), &options).map_err(|e| failed(e.to_string()))?;
    let size = tree.size().to_int_size().scale_by(ZOOM).ok_or_else(|| failed("it is too large".into()))?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| failed("it is too large".into()))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(ZOOM, ZOOM), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| failed(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Axis, Item, Panel};

    /// Dark pixels of a picture.
    fn dark(figure: &Figure) -> usize {
        let bytes = encode(figure).unwrap();
        let pixels = tiny_skia::Pixmap::decode_png(&bytes).unwrap();
        pixels.pixels().iter().filter(|p| p.red() < 100 && p.alpha() == 255).count()
    }

    #[test]
    fn lines_and_letters_leave_ink() {
        let panel = |title: &str| {
            let line = Item::line(vec![(0.0, 0.0), (1.0, 1.0)], 0, "");
            Figure::new(title, 1, vec![Panel::new("", Axis::new("x"), Axis::new("y"), vec![line])])
        };
        let without = dark(&panel(" "));
        assert!(without > 1000, "{without}");
        assert!(dark(&panel("Twelve letters")) > without + 300, "a title is drawn with the font");
        assert_eq!(encode(&panel("a")).unwrap(), encode(&panel("a")).unwrap());
    }
}
