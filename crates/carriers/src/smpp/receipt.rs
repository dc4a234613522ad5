//! Delivery receipts as centres write them into a text: `id:… stat:DELIVRD err:000 text:…`.

/// What a receipt's text says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parsed<'a> {
    pub(crate) id: &'a str,
    pub(crate) stat: &'a str,
    pub(crate) err: Option<&'a str>,
}

/// Reads a receipt; none where the text is none.
pub(crate) fn parse(text: &str) -> Option<Parsed<'_>> {
    Some(Parsed { id: field(text, "id:")?, stat: field(text, "stat:")?, err: field(text, "err:") })
}

/// What stands behind `text:` is the customer's, and may look like a field.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let words = text.split_ascii_whitespace();
    let ours =
        words.take_while(|word| !word.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("text:")));
    let mut values = ours.filter_map(|word| {
        let (start, value) = word.split_at_checked(name.len())?;
        start.eq_ignore_ascii_case(name).then_some(value)
    });
    values.next().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_of_several_centres_are_read() {
        for (text, expected) in [
            (
                "id:m1 sub:001 dlvrd:001 submit date:2611221420 done date:2611221421 stat:DELIVRD err:000 text:hi",
                Some(("m1", "DELIVRD", Some("000"))),
            ),
            ("id:0A submit date:261122142000 stat:UNDELIV", Some(("0A", "UNDELIV", None))),
            ("ID:7 STAT:EXPIRED ERR:00B Text:stat:DELIVRD", Some(("7", "EXPIRED", Some("00B")))),
            ("id:7 err:1 text: stat:DELIVRD", None),
            ("id: stat:DELIVRD", None),
            ("Grüße an id:alle", None),
        ] {
            let found = parse(text).map(|parsed| (parsed.id, parsed.stat, parsed.err));
            assert_eq!(found, expected, "{text}");
        }
    }
}
