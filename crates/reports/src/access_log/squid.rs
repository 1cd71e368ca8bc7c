//! A line as squid writes it: `%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt`.

use super::{Came, Line, escape, field, put};

pub(super) fn write(line: &Line, out: &mut String) {
    let ms = line.at.unix_ms();
    put(
        out,
        format_args!(
            "{}.{:03} {:>6} {} ",
            ms.div_euclid(1_000),
            ms.rem_euclid(1_000),
            line.taken_ms,
            line.client
        ),
    );
    put(out, format_args!("{}/{:03} {} ", tag(line), line.status, line.bytes));
    escape(&line.method, &[], out);
    out.push(' ');
    line.target(out);
    out.push(' ');
    // As squid does, so that a name that has a percent sign can be told from one that was escaped.
    field(line.user.as_deref(), b"%[]", out);
    match line.origin {
        Some(origin) => put(out, format_args!(" HIER_DIRECT/{origin} ")),
        None => out.push_str(" HIER_NONE/- "),
    }
    field(line.media.as_deref(), b"%", out);
    out.push('\n');
}

/// Squid's word for what came of it.
const fn tag(line: &Line) -> &'static str {
    match (line.came, line.unread) {
        (Came::Denied, _) => "TCP_DENIED",
        (Came::Asked, _) => "NONE_NONE",
        (Came::Through, true) => "TCP_TUNNEL",
        (Came::Broken, true) => "TCP_TUNNEL_ABORTED",
        (Came::Through, false) => "TCP_MISS",
        (Came::Broken, false) => "TCP_MISS_ABORTED",
    }
}
