//! Values that authors may write short, as a text, or at length, as a map.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

/// A value that is read from a text as well as from a map.
#[derive(Debug, Clone)]
pub struct TextOr<T>(pub T);

impl<'de, T> Deserialize<'de> for TextOr<T>
where
    T: Deserialize<'de> + TryFrom<String, Error = String>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrMap(PhantomData)).map(Self)
    }
}

struct TextOrMap<T>(PhantomData<T>);

impl<'de, T> Visitor<'de> for TextOrMap<T>
where
    T: Deserialize<'de> + TryFrom<String, Error = String>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a map")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::try_from(text.to_owned()).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        Err(E::custom(format!("'{value}' is read as yes or no here: put text in quotes")))
    }

    // An answer such as `says: 1` is a text to whoever writes it.
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}
