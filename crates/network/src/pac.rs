//! What a browser is told about the proxy: a PAC file (proxy auto-configuration).

/// The PAC file for a gateway at `proxy` (`host:port`). The school's own inside names go straight; everything else goes
/// through the gateway, and nowhere if it is down: a filter that is stopped lets nothing through.
pub fn pac(proxy: &str, straight: &[String]) -> String {
    let mut page = String::from(
        "function FindProxyForURL(url, host) {\n  if (isPlainHostName(host)) return \"DIRECT\";\n",
    );
    for name in straight.iter().filter(|name| is_plain(name)) {
        page.push_str(&format!(
            "  if (host === \"{name}\" || dnsDomainIs(host, \".{name}\")) return \"DIRECT\";\n"
        ));
    }
    let proxy = if is_plain(proxy) { proxy } else { "" };
    page.push_str(&format!("  return \"PROXY {proxy}\";\n}}\n"));
    page
}

/// Whether a text can stand inside a quoted script string as it is.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_way_around_when_the_gateway_is_down() {
        let pac = pac("usher.internal:3128", &["desk.rowanhill.example".into(), "bad\"name".into()]);
        assert!(pac.contains("return \"PROXY usher.internal:3128\";\n}"));
        assert!(!pac.contains("; DIRECT"));
        assert!(pac.contains("desk.rowanhill.example") && !pac.contains("bad\"name"));
    }
}
