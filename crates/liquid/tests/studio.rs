//! What templates of flows have beyond the standard language: limits, lenient comparisons, JSON-safe output
//! and the workspace's time zone.

use domain::Timestamp;
use jiff::tz::{TimeZone, offset};
use liquid::{Options, RenderError, Template};
use serde_json::{Value as Json, json};

#[test]
fn a_loop_ends_after_fifteen_turns_as_if_its_collection_had() {
    let list = "{% for n in (1..40) %}{{ n }}{% unless forloop.last %},{% endunless %}{% endfor %}";
    assert_eq!(render(list, json!({})).unwrap(), "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
    let rest =
        "{% for n in (1..20) %}{% endfor %}{% for n in (1..20) offset: continue %}{{ n }} {% endfor %}";
    assert_eq!(render(rest, json!({})).unwrap(), "16 17 18 19 20 ");
}

#[test]
fn output_beyond_sixteen_kilobytes_is_an_error() {
    let text = |length: usize| json!({"text": "x".repeat(length)});
    assert_eq!(render("{{ text }}", text(16_384)).unwrap().len(), 16_384);
    let too_long = Err(RenderError::OutputTooLong { limit: 16_384 });
    assert_eq!(render("{{ text }}", text(16_385)), too_long);
    assert_eq!(render("{% capture a %}{{ text }}{% endcapture %}", text(16_385)), too_long);
    assert_eq!(render("{{ text | size }}", text(1_000_000)).unwrap(), "1000000");
}

#[test]
fn a_template_can_not_keep_the_engine_busy() {
    let nested = "{% for n in (1..15) %}".repeat(9) + &"{% endfor %}".repeat(9);
    assert!(matches!(render(&nested, json!({})), Err(RenderError::TooMuchWork { .. })));
    let doubling = "{% assign x = 'x' %}".to_owned() + &"{% assign x = x | append: x %}".repeat(60);
    assert!(matches!(render(&doubling, json!({})), Err(RenderError::Failed { line: 1, .. })));
    let replacing = "{{ text | replace: 'x', text | replace: 'x', text }}";
    let text = json!({"text": "x".repeat(16_000)});
    assert!(matches!(
        render("{{ text | replace: 'x', text }}", text.clone()),
        Err(RenderError::Failed { .. })
    ));
    assert!(render(replacing, text).is_err());
    assert!(render("{{ (1..999999999999) | join }}", json!({})).is_err());
}

#[test]
fn numeric_strings_order_as_numbers_but_equal_only_strings() {
    let globals = json!({"digits": "12", "word": "many"});
    let holds = |condition: &str| {
        let text = format!("{{% if {condition} %}}yes{{% endif %}}");
        render(&text, globals.clone()).unwrap() == "yes"
    };
    assert!(holds("digits > 5") && holds("5 < digits") && holds("digits <= 12.0"));
    assert!(!holds("word > 5") && !holds("nobody > 5") && !holds("digits == 12"));
}

#[test]
fn values_stay_inside_the_json_strings_they_land_in() {
    let body =
        r#"{"name": "{{ name }}", "age": {{ age }}, "raw": {{ name | to_json }}, "say \"{{ name }}\"": 1}"#;
    let globals = json!({"name": "A \"B\"\\\n{", "age": 5});
    let as_written: Result<Json, _> = serde_json::from_str(&render(body, globals.clone()).unwrap());
    assert!(as_written.is_err());
    let safe: Json = serde_json::from_str(&render_safely(body, &globals)).unwrap();
    assert_eq!(safe["name"], globals["name"]);
    assert_eq!((&safe["age"], &safe["raw"]), (&json!(5), &globals["name"]));
    assert_eq!(safe.as_object().unwrap().len(), 4);
}

#[test]
fn json_safe_output_escapes_a_captured_text_once_and_an_object_as_text() {
    let globals = json!({"quote": "\"", "o": {"k": "v"}, "name": "Ada"});
    let captured = r#"{% capture c %}<{{ quote }}>{% endcapture %}{"c": "{{ c }}"}"#;
    assert_eq!(render_safely(captured, &globals), r#"{"c": "<\">"}"#);
    assert_eq!(
        render_safely(r#"{"o": "{{ o }}", "p": {{ o }}}"#, &globals),
        r#"{"o": "{\"k\":\"v\"}", "p": {"k":"v"}}"#
    );
    let changed = r#"{"c": "{% ifchanged %}<{{ quote }}>{% endifchanged %}"}"#;
    assert_eq!(render_safely(changed, &globals), r#"{"c": "<\">"}"#);
    assert_eq!(render_safely("Hi {{ name }}", &globals), "Hi Ada");
}

#[test]
fn dates_are_read_and_written_in_the_time_zone_of_the_options() {
    let options = Options { time_zone: TimeZone::fixed(offset(-8)), ..studio() };
    let at = |text: &str| Template::parse(text).unwrap().render(&json!({}), &options).unwrap();
    assert_eq!(at("{{ 'now' | date: '%F %H:%M %z' }}"), "2026-11-22 02:30 -0800");
    assert_eq!(at("{{ '2026-11-22 09:00' | date: '%H:%M %s' }}"), "09:00 1795366800");
    assert_eq!(at("{{ '2026-11-22T09:00:00Z' | date: '%H:%M' }}"), "01:00");
}

#[test]
fn unknown_directives_of_a_date_show_as_they_are_written() {
    let text = "{{ '2026-11-22' | date: '%!|%é|%|%9999d|%L|%c|%x|%X|%r|%P|%U|%V|%G|%C|%h|%N' }}";
    let shown = "%!|%é|%|22|000|Sun Nov 22 00:00:00 2026|11/22/26|00:00:00|12:00:00 AM|am|47|47|2026|20|Nov|000000000";
    assert_eq!(render(text, json!({})).unwrap(), shown);
}

fn render(text: &str, globals: Json) -> Result<String, RenderError> {
    Template::parse(text).expect("the template is well formed").render(&globals, &studio())
}

fn render_safely(text: &str, globals: &Json) -> String {
    let options = Options { json_safe: true, ..studio() };
    let template = Template::parse(text).expect("the template is well formed");
    template.render(globals, &options).expect("the template renders")
}

fn studio() -> Options {
    Options::studio(Timestamp::parse("2026-11-22T10:30:00Z").expect("the date is well formed"))
}
