//! What the software can say about a function: the text that tables, menus and books are made of.

/// The description of one function of a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The name that users type.
    pub name: &'static str,
    /// The formula in TeX.
    pub tex: &'static str,
    /// The derivative in TeX.
    pub derivative: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What keeps it exact in floating point.
    pub stability: &'static str,
}

/// An enum of unit variants, each with an [`About`]: names, parsing with "did you mean", serde as text.
macro_rules! named_enum {
    ($(#[$doc:meta])* $what:literal, $Enum:ident { $($(#[$vdoc:meta])* $V:ident = $about:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Enum { $($(#[$vdoc])* $V,)* }

        impl $Enum {
            /// All of them, in the order of the list.
            pub const ALL: &'static [$Enum] = &[$($Enum::$V,)*];
            /// Name, formula, derivative and source.
            pub fn about(self) -> $crate::about::About {
                match self { $($Enum::$V => $about,)* }
            }
            /// The name that users type.
            pub fn name(self) -> &'static str {
                self.about().name
            }
        }

        impl std::fmt::Display for $Enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $Enum {
            type Err = feedforward_base::Error;
            fn from_str(text: &str) -> feedforward_base::Result<Self> {
                let known = Self::ALL.iter().map(|v| v.name());
                Self::ALL
                    .iter()
                    .copied()
                    .find(|v| v.name() == text)
                    .ok_or_else(|| feedforward_base::Error::unknown($what, text, known))
            }
        }

        $crate::about::serde_as_text!($Enum);
    };
}
pub(crate) use named_enum;

/// Serialise by `Display`, deserialise by `FromStr`.
macro_rules! serde_as_text {
    ($T:ty) => {
        impl serde::Serialize for $T {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $T {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use serde_as_text;
