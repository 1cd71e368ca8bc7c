//! Squid's native `access.log`: time, milliseconds taken, client, result and status, bytes, method, address, user,
//! hierarchy, and mostly a content type.

use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use super::{Visit, Why, is_part, user};
use crate::access_log::unescape;

/// The latest second read, the first of 2100: what is later is no time.
pub(super) const LATEST_SECOND: i64 = 4_102_444_800;

/// What a line says; none where nobody asked for a web page.
pub(super) fn visit(line: &str) -> Result<Option<Visit>, Why> {
    let fields: Vec<&str> = line.split_ascii_whitespace().take(11).collect();
    let [time, taken, client, result, bytes, method, address, name, _hierarchy, rest @ ..] =
        fields.as_slice()
    else {
        return Err(Why::Fields);
    };
    let at = moment(time).ok_or(Why::Time)?;
    let Some((tag, status)) = result.rsplit_once('/') else { return Err(Why::Fields) };
    let Some(page) = asked_for(method, address)? else { return Ok(None) };
    // 407 asks who it is; that keeps no page from anybody.
    let blocked = tag.contains("DENIED") && !matches!(status, "401" | "407");
    // What squid says instead of a picture is a page, whatever the picture was.
    let kind = rest.first().filter(|_| !blocked);
    let part_of_page = kind.is_some_and(|kind| is_part_kind(kind)) || is_part(&page);
    let device = client.parse().ok();
    Ok(Some(Visit {
        line: 0,
        at,
        address: device,
        device: device.is_none().then(|| (*client).to_owned()),
        user: user(&unescape(name)),
        method: (*method).to_owned(),
        page,
        blocked,
        part_of_page,
        status: status.parse().ok(),
        bytes: bytes.parse().unwrap_or(0),
        taken_ms: taken.parse().unwrap_or(0),
        media: rest.first().filter(|media| **media != "-").map(|media| unescape(media)),
    }))
}

/// The page, or the site of a tunnel; none of what no client asked a site for.
pub(super) fn asked_for(method: &str, address: &str) -> Result<Option<WebAddress>, Why> {
    let page = if method == "CONNECT" {
        WebAddress::parse(&format!("https://{address}/"))
    } else if address.starts_with("http://") || address.starts_with("https://") {
        WebAddress::parse(address)
    } else if address.contains(':') {
        // Squid writes its own doings and broken connections here too: `cache_object:`, `error:`.
        return Ok(None);
    } else {
        return Err(Why::Address);
    };
    page.map(Some).map_err(|_odd| Why::Address)
}

/// Seconds since 1970, with or without a fraction.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(seconds) || !digits(fraction) {
        return None;
    }
    let seconds: i64 = seconds.parse().ok().filter(|seconds| *seconds < LATEST_SECOND)?;
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(Moment::from_unix_ms(seconds * 1_000 + thousandths.parse::<i64>().ok()?))
}

fn is_part_kind(kind: &str) -> bool {
    let (class, exact) = kind.split_once('/').unwrap_or((kind, ""));
    matches!(class, "image" | "font" | "audio" | "video")
        || matches!(exact, "css" | "javascript" | "x-javascript" | "json" | "octet-stream")
}
