//! The keys, for people: `docs/config.md` and the file `usher init` writes are both made from this table.

use std::path::Path;

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its section and name.
    pub name: &'static str,
    /// What is used when it is not written.
    pub default: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// Every key.
pub const KEYS: [Key; 28] = [
    Key {
        name: "data",
        default: "(must be written)",
        meaning: "The folder everything is kept in: books, events, lists, keys. Back it up; keep it from others.",
    },
    Key {
        name: "store.url",
        default: "a file in the data folder",
        meaning: "A PostgreSQL server to keep the books in instead, like `postgres://usher@db.school.example/usher`.",
    },
    Key {
        name: "gateway.listen",
        default: "[::]:3128",
        meaning: "Where devices reach the gateway: address and port.",
    },
    Key {
        name: "gateway.name",
        default: "the portal's name",
        meaning: "The gateway's name in the file browsers are configured with (PAC).",
    },
    Key {
        name: "gateway.relays",
        default: "none",
        meaning: "Networks of load balancers in front of the gateway, like `[\"10.0.0.5/32\"]`. Each of their connections must begin with a PROXY header (version 1 or 2) that says whom it brings; nobody else's may. One that does not say it (`UNKNOWN`, `LOCAL`) can ask for nothing: a check of the load balancer's own should open and close.",
    },
    Key {
        name: "portal.listen",
        default: "[::]:8080",
        meaning: "Where devices that are not behind the gateway yet reach the portal: signing in, the school's certificate.",
    },
    Key {
        name: "portal.name",
        default: "usher.internal",
        meaning: "The portal's name. Behind the gateway it needs no DNS.",
    },
    Key {
        name: "desk.listen",
        default: "[::]:8443",
        meaning: "Where staff reach the desk. Let only staff networks through to it.",
    },
    Key {
        name: "desk.name",
        default: "its address",
        meaning: "The desk's name in browsers. Its certificate is made for it by the school's authority.",
    },
    Key {
        name: "desk.encrypted",
        default: "true",
        meaning: "Whether the desk speaks HTTPS. Turn it off only where nothing but this machine reaches it.",
    },
    Key {
        name: "mail.relay",
        default: "none",
        meaning: "The relay notices and reports go out by, like `smtp://mail.school.example:25`.",
    },
    Key {
        name: "mail.folder",
        default: "`mail` in the data folder",
        meaning: "Where mails are written as files while there is no relay.",
    },
    Key { name: "mail.from", default: "usher@ and the desk's name", meaning: "Whom mails are from." },
    Key {
        name: "messages.url",
        default: "none",
        meaning: "Where alerts are also told as short messages (a webhook), like `https://chat.school.example/hooks/…`: a chat, or a service that sends text messages to telephones. A POST with JSON, whose `text` says it. Whether a child's name is in it is the school's choice (`alarms.answer.hook-names`). docs/messages.md says more.",
    },
    Key {
        name: "messages.secret",
        default: "none",
        meaning: "What messages are signed with, so that whoever takes them knows they are from here (Standard Webhooks): `whsec_` and 24 to 64 bytes in base64.",
    },
    Key {
        name: "sites.roots",
        default: "none",
        meaning: "PEM files of authorities the school trusts besides the system's.",
    },
    Key {
        name: "sites.revoked",
        default: "none",
        meaning: "A folder of lists of certificates that were taken back (CRLs, `.crl`, `.pem` or `.der`). It is read again every quarter of an hour.",
    },
    Key {
        name: "scanners.rules",
        default: "true",
        meaning: "Whether downloads are looked at for malware with Usher's own rules, in this process.",
    },
    Key {
        name: "scanners.rules-folder",
        default: "none",
        meaning: "A folder of more rules in the YARA language, `.yar` or `.yara`. With one faulty rule none of them is used, and the log names it.",
    },
    Key {
        name: "scanners.clamd",
        default: "none",
        meaning: "ClamAV's daemon, like `unix:/run/clamav/clamd.ctl` or `tcp:scanner.school.example:3310`. Its `StreamMaxLength` should be 256M.",
    },
    Key {
        name: "scanners.icap",
        default: "none",
        meaning: "Any scanner that speaks ICAP, like `icap://scanner.school.example:1344/respmod`.",
    },
    Key {
        name: "scanners.deadline-seconds",
        default: "30",
        meaning: "How long all scanners together may take over one download, 1 to 600 seconds. What happens then is the school's policy (`[[unscanned]]`: by group, by failure and by class of file).",
    },
    Key {
        name: "icap.listen",
        default: "not at all",
        meaning: "Where another proxy, such as squid, asks about what passes it: address and port, like `0.0.0.0:1344`. It asks about requests at `/reqmod`, about answers at `/respmod`.",
    },
    Key {
        name: "icap.clients",
        default: "none",
        meaning: "The proxies that may ask, as networks like `10.0.0.5/32`. They are believed when they say which device sent something (`X-Client-IP`), and refused when they do not, so name no more than they are.",
    },
    Key {
        name: "icap.decrypts",
        default: "false",
        meaning: "Whether those proxies decrypt what is in tunnels and ask about every page in them (squid's `ssl_bump bump all`). If not, a site that is shut is refused when its tunnel is asked for, without a page. Say `true` of no proxy that lets a tunnel through unread.",
    },
    Key {
        name: "activity.clickhouse",
        default: "none",
        meaning: "The ClickHouse server on which a trust keeps the events of all its schools, like `https://usher:password@events.trust.example:8443/usher` (the last part is the database). This server sends a copy of its events there; the school's own pages are answered from its own files. docs/scale.md says more.",
    },
    Key {
        name: "activity.school",
        default: "none",
        meaning: "This school's number in the trust, from 1. Give each school its own and never change it: two schools under one number are one school there.",
    },
    Key {
        name: "log.filter",
        default: "info",
        meaning: "What is logged: `info`, `warn`, or `usher_proxy=debug,info`.",
    },
];

/// The page `docs/config.md`.
pub fn page() -> String {
    let mut page = String::from(
        "# How a server runs: `usher.toml`\n\nMade from `crates/config/src/reference.rs` by `cargo xtask docs`; do not edit.\n\n\
         One TOML file. A key it does not know stops the server and is named with its line. What the school itself goes by\n\
         is kept in the books, and changed at the desk: the figures on which schools differ at `/settings`, all of them also from a\n\
         file with `usher settings set`.\n\n| key | default | meaning |\n|---|---|---|\n",
    );
    for key in KEYS {
        page.push_str(&format!("| `{}` | {} | {} |\n", key.name, key.default, key.meaning));
    }
    page.push_str(
        "\nFor tests and the demonstration there is also `[sites.addresses]`: names that lead to an address of their own,\n\
         as in `\"games.example:443\" = \"127.0.77.1:8443\"`.\n",
    );
    page
}

/// The file `usher init` writes.
pub fn example(data: &Path) -> String {
    let mut text = format!(
        "# How this Usher runs. docs/config.md has every key.\n\ndata = {:?}\n",
        data.display().to_string()
    );
    let mut section = "";
    for key in KEYS.iter().skip(1) {
        let Some((of, name)) = key.name.split_once('.') else { continue };
        if of != section {
            text.push_str(&format!("\n[{of}]\n"));
            section = of;
        }
        text.push_str(&format!("# {}\n# {name} = …   (otherwise: {})\n", key.meaning, key.default));
    }
    text
}
