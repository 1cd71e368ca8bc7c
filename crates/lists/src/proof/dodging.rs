//! Ways of writing an address that do not get past a list.

use super::{compile, lists, source};
use crate::format::Format;

/// Each list and the pages that must be on it alone.
const SPELLINGS: [(&str, &[&str]); 3] = [
    (
        "names",
        &[
            "http://games.example/",
            "http://GAMES.Example/",
            "http://games.example./",
            "http://user:password@games.example/",
            "http://harmless.test@games.example/",
            "http://harmless.test%2f@games.example/",
            "http:\\\\games.example\\",
            "http://games.example:8080/",
            "https://a.b.c.games.example/",
            "http://g%61mes.example/",
            "http://%67%61%6d%65%73%2e%65%78%61%6d%70%6c%65/",
            "http://ｇａｍｅｓ.example/",
            "http://games。example/",
            "http://games．example/",
            "http://gam\u{ad}es.example/",
            "http://𝐠𝐚𝐦𝐞𝐬.example/",
            "http://bücher.example/",
            "http://BÜCHER.example/",
            "http://xn--bcher-kva.example/",
            "http://XN--BCHER-KVA.EXAMPLE/",
            "http://bu\u{308}cher.example/",
        ],
    ),
    (
        "addresses",
        &[
            "http://192.0.2.1/",
            "http://192.0.2.1./",
            "http://3221225985/",
            "http://0xC0000201/",
            "http://0300.0.2.1/",
            "http://0300.0000.0002.0001/",
            "http://0xc0.0x0.0x2.0x1/",
            "http://192.0.513/",
            "http://192.513/",
            "http://[::ffff:192.0.2.1]/",
            "http://[::ffff:c000:201]/",
            "http://[0:0:0:0:0:ffff:c000:0201]/",
            "http://%31%39%32.0.2.1/",
            "http://１９２.0.2.1/",
            "http://games.test@192.0.2.1/",
            "http://[2001:db8::1]/",
            "http://[2001:0DB8:0:0:0:0:0:0001]/",
        ],
    ),
    (
        "pages",
        &[
            "http://plain.example/~cheats/now",
            "http://plain.example/%7Echeats/now/",
            "http://plain.example/%7e%63heats/now?x#y",
            "http://plain.example//~cheats///now",
            "http://plain.example/./~cheats/x/../now",
            "http://plain.example/%2e/~cheats/x/%2E%2e/now",
            "http://plain.example\\~cheats\\now",
            "http://www.plain.example/~CHEATS/NOW/deeper",
            "http://3221225991/x",
        ],
    ),
];

#[test]
fn no_spelling_of_a_host_gets_past_its_entry() {
    let (artefact, _outcome) = compile(vec![
        source("names", "games", Format::Domains, "games.example\nbücher.example\n"),
        source("addresses", "malware", Format::Domains, "192.0.2.1\n2001:db8::1\n"),
        source("pages", "cheating", Format::Urls, "plain.example/~cheats/now\n192.0.2.7/x\n"),
    ]);
    for (list, spellings) in SPELLINGS {
        for spelling in spellings {
            assert_eq!(lists(&artefact, spelling), [list], "{spelling}");
        }
    }
}

#[test]
fn lookalikes_are_other_hosts() {
    let (artefact, _outcome) =
        compile(vec![source("names", "games", Format::Domains, "games.example\n192.0.2.1\n")]);
    for other in [
        "http://gàmes.example/",
        "http://games.example.test/",
        "http://notgames.example/",
        "http://games-example/",
        "http://192.0.2.1.test/",
        "http://games.example@other.test/",
        "http://[::192.0.2.1]/",
    ] {
        assert_eq!(lists(&artefact, other), [""; 0], "{other}");
    }
}
