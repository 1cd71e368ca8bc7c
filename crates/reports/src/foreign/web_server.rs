//! The common log format of web servers, and the combined one, as proxies write them: client, a hyphen, user, time, request
//! line, status, bytes, and what may follow.

use usher_types::moment::Zone;

use super::squid::asked_for;
use super::{Visit, Why, is_part, user};
use crate::access_log::unescape;

/// Whether a line is in this format: its time in brackets, its request line in quotation marks.
pub(super) fn is_one(line: &str) -> bool {
    line.contains("] \"") && line.split_ascii_whitespace().nth(3).is_some_and(|time| time.starts_with('['))
}

/// What a line says; none where nobody asked for a web page. Only its status says that a page was refused: a site's own
/// 403 looks the same.
pub(super) fn visit(line: &str) -> Result<Option<Visit>, Why> {
    let (before, rest) = line.split_once(" [").ok_or(Why::Fields)?;
    let (time, rest) = rest.split_once("] \"").ok_or(Why::Fields)?;
    let (request, rest) = rest.split_once("\" ").ok_or(Why::Fields)?;
    let (Some(client), Some(name)) = (before.split(' ').next(), before.split(' ').nth(2)) else {
        return Err(Why::Fields);
    };
    let at = Zone::from_logs(time).ok_or(Why::Time)?;
    let mut request = request.split(' ');
    let (Some(method), Some(address)) = (request.next(), request.next()) else { return Err(Why::Fields) };
    let mut rest = rest.split_ascii_whitespace();
    let status: u16 = rest.next().and_then(|status| status.parse().ok()).ok_or(Why::Fields)?;
    // A hyphen stands for none.
    let bytes = rest.next().and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
    let Some(page) = asked_for(method, address)? else { return Ok(None) };
    let device = client.parse().ok();
    Ok(Some(Visit {
        line: 0,
        at,
        address: device,
        device: device.is_none().then(|| client.to_owned()),
        user: user(&unescape(name)),
        method: method.to_owned(),
        part_of_page: is_part(&page),
        page,
        blocked: status == 403,
        status: Some(status),
        bytes,
        taken_ms: 0,
        media: None,
    }))
}
