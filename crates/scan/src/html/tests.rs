//! Markup, taken apart.

use proptest::prelude::*;

use super::*;

fn taken(page: &str, step: usize) -> (String, String) {
    let mut html = Html::new(false);
    let mut texts = Texts::default();
    let mut rest = page;
    while !rest.is_empty() {
        let length = (step..rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        let (now, later) = rest.split_at(length);
        html.push(now.as_bytes(), &mut texts);
        rest = later;
    }
    html.end(&mut texts);
    let squeezed =
        |text: Vec<u8>| String::from_utf8(text).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    (squeezed(texts.body), squeezed(texts.aside))
}

#[test]
fn text_is_told_from_markup() {
    for step in [1, 2, 7, 999] {
        for (page, body, aside) in [
            ("a<b>b</b>c<br>d<P>e</p>", "abc d e", ""),
            ("x<!-->y<!--->z<!-- a > b -->w<!-- c --!>v<!doctype html>u<?php x?>t", "xyzwvut", ""),
            ("<a href=/one class=no>link</a>", "link", "/one"),
            ("<a class=\"no>\" title='two \"words\"' HREF = \"x&amp;y\" >link", "link", "two \"words\" x&y"),
            ("<img alt=\"a\"/><input value=b placeholder='c'>", "", "a b c"),
            ("1 < 2 && 3 <4 a<", "1 < 2 && 3 <4 a", ""),
            (
                "&lt;b&gt; &eacute;&eacute &#x41;&#66 &nope; &#xffffff; &ampx",
                "<b> éé AB &nope; \u{fffd} &x",
                "",
            ),
            ("<title>a<b>&amp;</title>c", "a<b>& c", ""),
            ("<style>no</style><xmp><b>&amp;</xmp>c", "<b>&amp; c", ""),
            ("<script>no('yes</b>')</script>c", "c", "yes</b>"),
            ("<script>'a</script >b", "b", "a"),
            ("<SCRIPT></scrip</SCRIPT>b", "b", ""),
            ("<![CDATA[a]b]]c]]>d", "a b c d", ""),
            ("<p hidden>secret</p><noscript>n</noscript>", "secret n", ""),
            ("</3>a</ b>c", "ac", ""),
            ("<meta name=\"rating\" content='x'>", "", "meta name rating content x"),
            ("<unclosed attr=\"", "", ""),
        ] {
            assert_eq!(taken(page, step), (body.to_owned(), aside.to_owned()), "{page} {step}");
        }
    }
}

#[test]
fn the_names_without_a_semicolon_are_those_of_latin_1() {
    assert_eq!(taken("&yuml &aposx", 9).0, "ÿ &aposx");
}

proptest! {
    #[test]
    fn any_split_takes_the_same(page in "[a-c<>/!\\-&;#x0-9'\" =é\\[\\]]{0,60}", step in 1_usize..9) {
        prop_assert_eq!(taken(&page, step), taken(&page, 999));
    }
}
