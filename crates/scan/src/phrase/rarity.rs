//! How often four bytes in a row stand in ordinary folded text.
//!
//! Owns: a small model of English web text (which letter follows which), and from it the load of every slot of the
//! first stage. Does not: choose windows; a wrong guess here costs time, never a phrase.

/// The signs of the model: the space, the letters, and one for all digits.
const SIGNS: usize = 28;

/// For each sign (row) and the next one (column), minus twice the binary logarithm of how likely the next is: `A` is
/// certain, `C` one in two, `Z` hardly ever. Counted on technical handbooks, questions typed into a search engine and
/// short messages.
const FOLLOWS: [&[u8; SIGNS]; SIGNS] = [
    b"XHJIJKJMJHRPKJLJJTKIHMNISOTL",
    b"HXLJKVPKTKXNHJGXMXGIFMMQQMTV",
    b"HHPMPFVXVJJTHQWHLZIMPHZWZHUR",
    b"IGYMRGVSGJZJJRTFQXJMGJXYZNZS",
    b"DJRSMFRRUGWWMSRHUYMLRJSTYOZT",
    b"DJRJIMLOTPZVKLHQMQGHJTNOKOWT",
    b"EJWOTIJZWFZYKRTFUZJQLIZZYOZR",
    b"DJVRTEUMJJZZLQKKPZIJOJVWZOXW",
    b"HEXVUDTZYIZZPQSFVZNSIOZVZNZY",
    b"NLKILLLLXSXRIKEHMVLFHTMZQXNZ",
    b"IHZZTCTUWKZUUUZHQZPNZGZZZUZU",
    b"DISTRDRPSGZZMRLNQWPIROUNZNYW",
    b"FHNQKFPSVGZRHPRHOZTKKLQSZKXW",
    b"HFKSQEUWRIZZILRGHZTLPKXTZOZW",
    b"EJVJHHOHSJUPPRNJRYUIGMOUVNWS",
    b"HNMKJLIMTNVPKJFLKZGKKIMJNTUZ",
    b"HGTROFSPLJZVHRTGKZGLILUUZHZT",
    b"IRZTTWZUUWZZGWZSUSSOZBSZWZZZ",
    b"FHPMMEQLSHZONLLHPZLJJMOSZKZW",
    b"CKUMTGTVLIZQPQSKLQTIGKRRZMZW",
    b"EIVPSGSUFGZRNLUHNZJKLLVPWKXU",
    b"KKLJMJPLXKXTGIGRJZGGHUWZTUXZ",
    b"JFTOUCZNUFZZZUWKVZSQSPTWYSZR",
    b"FHUSRIYZCHZZRXNJWZLNRWVNYVZU",
    b"DHTIOIQYRIZZWKTPHZRTFQTUTLZN",
    b"CPSNOLRQXNZZNLKIGZOJHRUPYZUV",
    b"HGZWWCZZSHZUKOWGWZZQQNZWZKMN",
    b"CQOQRRQZVWZUUZWYWZYRVWYZRYZC",
];
/// How likely each sign is by itself, in the same measure.
const ALONE: &[u8; SIGNS] = b"FIMKKHMMKITPKLIILUJIILOMQMUO";
/// Bytes of other alphabets: about as rare as `q` on the pages a British school opens.
const OTHER: f32 = 0.001;
/// Windows rarer than one in four million do not add to a slot's load; there are too many to go through.
const NEGLIGIBLE: f32 = 1.0 / 4_000_000.0;

/// How likely a window of four folded bytes is at any place of a page.
pub(super) fn likelihood(window: [u8; 4]) -> f32 {
    let [a, b, c, d] = window.map(sign);
    let one = |sign: Option<usize>| sign.map_or(OTHER, |sign| measure(ALONE, sign));
    let next = |from: Option<usize>, to: Option<usize>| match (from, to) {
        (Some(from), Some(to)) => FOLLOWS.get(from).map_or(OTHER, |row| measure(row, to)),
        // Within one alphabet other bytes follow each other all the time.
        (None, None) => 0.05,
        _ => OTHER,
    };
    one(a) * next(a, b) * next(b, c) * next(c, d)
}

/// For each slot, how likely it is that a window of ordinary text falls into it.
pub(super) fn slot_loads(slots: usize, slot: impl Fn(u32) -> usize) -> Vec<f32> {
    let mut loads = vec![0.0; slots];
    // A digit counts as ten windows; the model knows only "a digit", so one of them carries the load of all.
    let bytes: Vec<u8> = std::iter::once(b' ').chain(b'a'..=b'z').chain(std::iter::once(b'0')).collect();
    for (first, a) in bytes.iter().enumerate() {
        let one = measure(ALONE, first);
        for (second, b) in bytes.iter().enumerate() {
            let two = one * following(first, second);
            for (third, c) in bytes.iter().enumerate() {
                let three = two * following(second, third);
                if three < NEGLIGIBLE {
                    continue;
                }
                for (fourth, d) in bytes.iter().enumerate() {
                    if let Some(load) = loads.get_mut(slot(u32::from_le_bytes([*a, *b, *c, *d]))) {
                        *load += three * following(third, fourth);
                    }
                }
            }
        }
    }
    loads
}

fn following(from: usize, to: usize) -> f32 {
    FOLLOWS.get(from).map_or(0.0, |row| measure(row, to))
}

fn measure(row: &[u8; SIGNS], at: usize) -> f32 {
    let letter = row.get(at).copied().unwrap_or(b'Z');
    (-0.5 * f32::from(letter.saturating_sub(b'A'))).exp2()
}

fn sign(byte: u8) -> Option<usize> {
    match byte {
        b' ' => Some(0),
        b'a'..=b'z' => Some(usize::from(byte - b'a') + 1),
        b'0'..=b'9' => Some(SIGNS - 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_windows_are_likelier_than_rare_ones() {
        assert!(likelihood(*b" the") > 100.0 * likelihood(*b"fuck"));
        assert!(likelihood(*b"ing ") > 100.0 * likelihood(*b"qjzx"));
    }

    #[test]
    fn loads_add_up_to_everything() {
        let all: f32 = slot_loads(1, |_| 0).iter().sum();
        assert!((0.5..1.6).contains(&all), "{all}");
    }
}
