//! Character references: `&eacute;`, `&#233;`, `&#xe9;`.
//!
//! Owns: numbers as browsers read them, and the names that occur in running text. Does not: know all two thousand names
//! of mathematics; an unknown one stays as it is written.

/// The longest reference read, in bytes between `&` and `;`.
pub(crate) const LONGEST_REFERENCE_BYTES: usize = 24;

/// Names of letters and signs (HTML, 13.5). Those of Latin-1 come first: browsers read them without a `;` too.
const NAMES: [(&str, &str); 145] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("nbsp", "\u{a0}"),
    ("shy", "\u{ad}"),
    ("iexcl", "¡"),
    ("cent", "¢"),
    ("pound", "£"),
    ("yen", "¥"),
    ("sect", "§"),
    ("copy", "©"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("not", "¬"),
    ("reg", "®"),
    ("deg", "°"),
    ("plusmn", "±"),
    ("acute", "´"),
    ("micro", "µ"),
    ("para", "¶"),
    ("middot", "·"),
    ("cedil", "¸"),
    ("ordf", "ª"),
    ("ordm", "º"),
    ("iquest", "¿"),
    ("Agrave", "À"),
    ("Aacute", "Á"),
    ("Acirc", "Â"),
    ("Atilde", "Ã"),
    ("Auml", "Ä"),
    ("Aring", "Å"),
    ("AElig", "Æ"),
    ("Ccedil", "Ç"),
    ("Egrave", "È"),
    ("Eacute", "É"),
    ("Ecirc", "Ê"),
    ("Euml", "Ë"),
    ("Igrave", "Ì"),
    ("Iacute", "Í"),
    ("Icirc", "Î"),
    ("Iuml", "Ï"),
    ("ETH", "Ð"),
    ("Ntilde", "Ñ"),
    ("Ograve", "Ò"),
    ("Oacute", "Ó"),
    ("Ocirc", "Ô"),
    ("Otilde", "Õ"),
    ("Ouml", "Ö"),
    ("times", "×"),
    ("Oslash", "Ø"),
    ("Ugrave", "Ù"),
    ("Uacute", "Ú"),
    ("Ucirc", "Û"),
    ("Uuml", "Ü"),
    ("Yacute", "Ý"),
    ("THORN", "Þ"),
    ("szlig", "ß"),
    ("agrave", "à"),
    ("aacute", "á"),
    ("acirc", "â"),
    ("atilde", "ã"),
    ("auml", "ä"),
    ("aring", "å"),
    ("aelig", "æ"),
    ("ccedil", "ç"),
    ("egrave", "è"),
    ("eacute", "é"),
    ("ecirc", "ê"),
    ("euml", "ë"),
    ("igrave", "ì"),
    ("iacute", "í"),
    ("icirc", "î"),
    ("iuml", "ï"),
    ("eth", "ð"),
    ("ntilde", "ñ"),
    ("ograve", "ò"),
    ("oacute", "ó"),
    ("ocirc", "ô"),
    ("otilde", "õ"),
    ("ouml", "ö"),
    ("divide", "÷"),
    ("oslash", "ø"),
    ("ugrave", "ù"),
    ("uacute", "ú"),
    ("ucirc", "û"),
    ("uuml", "ü"),
    ("yacute", "ý"),
    ("thorn", "þ"),
    ("yuml", "ÿ"),
    ("apos", "'"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("sbquo", "‚"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("bdquo", "„"),
    ("lsaquo", "‹"),
    ("rsaquo", "›"),
    ("bull", "•"),
    ("euro", "€"),
    ("trade", "™"),
    ("zwnj", "\u{200c}"),
    ("zwj", "\u{200d}"),
    ("lrm", "\u{200e}"),
    ("rlm", "\u{200f}"),
    ("thinsp", "\u{2009}"),
    ("ensp", "\u{2002}"),
    ("emsp", "\u{2003}"),
    ("hairsp", "\u{200a}"),
    ("numsp", "\u{2007}"),
    ("ZeroWidthSpace", "\u{200b}"),
    ("NoBreak", "\u{2060}"),
    ("InvisibleTimes", "\u{2062}"),
    ("InvisibleComma", "\u{2063}"),
    ("ApplyFunction", "\u{2061}"),
    ("Tab", "\t"),
    ("NewLine", "\n"),
    ("excl", "!"),
    ("num", "#"),
    ("dollar", "$"),
    ("percnt", "%"),
    ("ast", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("period", "."),
    ("sol", "/"),
    ("colon", ":"),
    ("semi", ";"),
    ("equals", "="),
    ("quest", "?"),
    ("commat", "@"),
    ("lowbar", "_"),
    ("verbar", "|"),
    ("hyphen", "‐"),
    ("OElig", "Œ"),
    ("oelig", "œ"),
    ("Scaron", "Š"),
    ("scaron", "š"),
    ("dash", "‐"),
    ("imath", "ı"),
    ("fjlig", "fj"),
];
/// How many of them need no `;`.
const LATIN: usize = 90;

/// Gives the character that `name` stands for; what is no reference stays as it is. `closed` if `;` stands behind it.
pub(crate) fn resolve(name: &[u8], closed: bool, out: &mut Vec<u8>) {
    let text = std::str::from_utf8(name).unwrap_or_default();
    if let Some(number) = text.strip_prefix('#') {
        if number_of(number, out) {
            return;
        }
    } else if closed {
        if let Some((_, character)) = NAMES.iter().find(|(known, _)| *known == text) {
            out.extend_from_slice(character.as_bytes());
            return;
        }
    } else {
        let latin = NAMES.iter().take(LATIN).filter(|(known, _)| text.starts_with(known));
        if let Some((known, character)) = latin.max_by_key(|(known, _)| known.len()) {
            out.extend_from_slice(character.as_bytes());
            out.extend_from_slice(name.get(known.len()..).unwrap_or_default());
            return;
        }
    }
    out.push(b'&');
    out.extend_from_slice(name);
    if closed {
        out.push(b';');
    }
}

/// Digits may end at the first letter: `&#102uck`.
fn number_of(number: &str, out: &mut Vec<u8>) -> bool {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let length = digits.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let (digits, rest) = digits.split_at_checked(length).unwrap_or((digits, ""));
    // Too large a number is the replacement character, as is a surrogate (HTML, 13.2.5.84).
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    if digits.is_empty() {
        return false;
    }
    let c = char::from_u32(code).filter(|c| *c != '\0').unwrap_or('\u{fffd}');
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    out.extend_from_slice(rest.as_bytes());
    true
}
