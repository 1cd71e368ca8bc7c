//! A line as web servers write it: the common format, and the combined one, which has two fields more.

use usher_events::event::Protocol;
use usher_types::moment::Zone;

use super::{Line, escape, field, put};

pub(super) fn write(line: &Line, zone: &Zone, is_combined: bool, out: &mut String) {
    put(out, format_args!("{} - ", line.client));
    field(line.user.as_deref(), b"%[]", out);
    put(out, format_args!(" [{}] \"", zone.in_logs(line.at)));
    escape(&line.method, &[], out);
    out.push(' ');
    line.target(out);
    let protocol = match line.protocol {
        Protocol::Http2 => "HTTP/2.0",
        Protocol::Http1 | Protocol::WebSocket | Protocol::Tunnel => "HTTP/1.1",
    };
    put(out, format_args!(" {protocol}\" {:03} {}", line.status, line.bytes));
    // The referring page and the browser are not told.
    out.push_str(if is_combined { " \"-\" \"-\"\n" } else { "\n" });
}
