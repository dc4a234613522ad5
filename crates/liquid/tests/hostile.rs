//! No text makes the parser or a render panic, however malformed or deep.

use domain::Timestamp;
use liquid::{Options, Template};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Pieces that random templates are made of: all tags, all kinds of tokens, halves of both.
const PIECES: &str = "\
    {{ }} {% %} {%- -%} {{- -}} ' \" | : , . .. ( ) [ ] = == < contains and or in if elsif else endif \
    unless endunless case when endcase for endfor tablerow endtablerow cycle increment decrement assign \
    capture endcapture raw endraw comment endcomment doc enddoc liquid echo # break continue ifchanged \
    endifchanged limit: offset: reversed cols: a b.c d[0] nil empty -1 2.5 9223372036854775807 \
    -9223372036854775808 1e9 é \u{0} \\ upcase append split join slice date round truncate modulo \
    divided_by replace sort map where to_json default";

/// Well-formed templates, which are damaged at random.
const TEMPLATES: &[&str] = &[
    "{% for x in list limit: 3 offset: 1 reversed %}{{ forloop.index }}{{ x | append: '-' | upcase }}{% else %}no{% endfor %}",
    "{% if a == 'é' and b.c contains \"x\" or 1 < 2 %}{{ a | slice: -2, 5 }}{% elsif d[0] %}é{% else %}{{ 1 | divided_by: 3 }}{% endif %}",
    "{% assign x = 'a,b' | split: ',' %}{% capture y %}{{ x | join: '—' }}{% endcapture %}{% case y %}{% when 'a', 1 or nil %}1{% endcase %}",
    "{% liquid\n assign n = 3 | times: 1.5\n if n > 4\n echo n | round: 1\n endif\n%}{{ 'now' | date: '%Y-%m-%e %9z' }}{% cycle 'g': 1, 2 %}",
    "{\"k\": \"{{ a }}\", \"n\": {{ d | to_json }}}{% raw %}{{ é }}{% endraw %}{% comment %}{% endcomment %}{% tablerow i in (1..3) cols:2 %}{% endtablerow %}",
];

proptest! {
    #[test]
    fn random_text_never_panics(text in "\\PC*") {
        render(&text);
    }

    #[test]
    fn random_pieces_of_liquid_never_panic(pieces in prop::collection::vec(piece(), 0..40)) {
        render(&pieces.concat());
        render(&format!("{{{{ a | {} }}}}", pieces.join(" ")));
        render(&format!("{{% {} %}}", pieces.join(" ")));
    }

    #[test]
    fn damaged_templates_never_panic(
        template in prop::sample::select(TEMPLATES),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, piece()), 1..5),
    ) {
        let mut chars: Vec<char> = template.chars().collect();
        for (at, removed, inserted) in cuts {
            let at = at.index(chars.len() + 1);
            let end = (at + removed).min(chars.len());
            chars.splice(at..end, inserted.chars());
        }
        render(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn filters_never_panic_on_any_value(
        filter in prop::sample::select(FILTERS.split(' ').collect::<Vec<_>>()),
        value in prop::sample::select(VALUES),
        first in prop::sample::select(VALUES),
        second in prop::sample::select(VALUES),
    ) {
        for arguments in [String::new(), format!(": {first}"), format!(": {first}, {second}")] {
            render(&format!("{{{{ {value} | {filter}{arguments} }}}}"));
        }
    }
}

/// Every filter that looks closer at its input or arguments.
const FILTERS: &str = "\
    abs at_least base64_decode capitalize ceil compact concat date divided_by escape_once find \
    find_index first floor has join last map minus modulo newline_to_br plus reject remove_last replace \
    replace_first replace_last reverse round size slice sort sort_natural split strip_html sum times \
    to_json truncate truncatewords uniq url_decode url_encode where";

/// Values of every kind, and at the edge of their kind.
const VALUES: &[&str] = &[
    "nil",
    "true",
    "false",
    "empty",
    "blank",
    "0",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "0.0",
    "-0.5",
    "1.005",
    "123456789012345678901234567890.5",
    "99999999999999999.9",
    "''",
    "'é%'",
    "'-'",
    "'%'",
    "'<!--<b'",
    "'&#12;&'",
    "'10:99pm'",
    "'2026-02-30 25:61'",
    "'+9999 1/2/3'",
    "'%-%10%:::z%'",
    "'-9223372036854775809'",
    "(1..3)",
    "(3..1)",
    "(-9223372036854775808..9223372036854775807)",
    "list",
    "b",
    "d",
    "forloop",
    "nobody.at.all",
];

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    for (open, close) in [
        ("{% if a %}", "{% endif %}"),
        ("{% for x in list %}", "{% endfor %}"),
        ("{% capture x %}", "{% endcapture %}"),
        ("{% case a %}{% when 1 %}", "{% endcase %}"),
    ] {
        let error = Template::parse(&(open.repeat(10_000) + &close.repeat(10_000))).unwrap_err();
        assert!(error.message.ends_with("nested at most 60 deep"), "{error}");
        render(&(open.repeat(60) + "x" + &close.repeat(60)));
    }
    for (open, close) in [("a[", "]"), ("[", "]"), ("(", "..1)")] {
        let text = |depth: usize| format!("{{{{ {}1{} }}}}", open.repeat(depth), close.repeat(depth));
        assert!(Template::parse(&text(10_000)).is_err());
        render(&text(50));
    }
    assert!(Template::parse(&format!("{{% {} %}}", "liquid ".repeat(10_000))).is_err());
    render(&format!("{{{{ a{} }}}}", ".b".repeat(10_000)));
    render(&format!("{{% if a{} %}}{{% endif %}}", " and a".repeat(10_000)));
    render(&format!("{{{{ a{} }}}}", " | upcase".repeat(10_000)));
}

/// A piece of Liquid, or the whitespace between two.
fn piece() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        3 => prop::sample::select(PIECES.split(' ').collect::<Vec<_>>()),
        1 => prop::sample::select(vec![" ", "\n"]),
    ]
}

/// Parses and renders in both dialects; only a panic counts as failure.
fn render(text: &str) {
    let Ok(template) = Template::parse(text) else { return };
    let now = Timestamp::from_secs(1_795_343_400);
    for options in [Options::studio(now), Options { json_safe: true, ..Options::studio(now) }] {
        drop(template.render(&globals(), &options));
        drop(template.render(&globals(), &Options { lax_order: false, ..options }));
    }
    assert!(template.variables().all(|path| !path.is_empty()));
}

fn globals() -> Json {
    json!({"a": "text é", "b": {"c": [1, "x"], "k": null}, "d": [{"k": 1}, [2.5]], "list": ["b", "a", 3, null, true]})
}
