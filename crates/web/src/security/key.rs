//! The key pages sign with: forms, and references on pages that stand in for another site's.

use aws_lc_rs::{constant_time, hmac};

/// A key for HMAC-SHA-256, made at every start. Forms open across a restart are asked for again.
pub struct PageKey(hmac::Key);

impl std::fmt::Debug for PageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageKey(hidden)")
    }
}

impl PageKey {
    /// A key of these bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// Signs parts; each is preceded by its length, so that they cannot run together. Hexadecimal.
    pub fn sign(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether a signature is that of these parts.
    pub fn is_signed(&self, parts: &[&str], signature: &str) -> bool {
        constant_time::verify_slices_are_equal(self.sign(parts).as_bytes(), signature.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_for_these_parts_only() {
        let key = PageKey::new(&[1; 32]);
        let signature = key.sign(&["form", "10.0.0.1"]);
        assert!(key.is_signed(&["form", "10.0.0.1"], &signature));
        for other in [["form", "10.0.0.2"], ["form1", "0.0.0.1"], ["", "form10.0.0.1"]] {
            assert!(!key.is_signed(&other, &signature));
        }
        assert!(!PageKey::new(&[2; 32]).is_signed(&["form", "10.0.0.1"], &signature));
        assert!(!key.is_signed(&["form", "10.0.0.1"], ""));
    }
}
