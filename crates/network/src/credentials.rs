//! Basic credentials on a proxy request: checked once, remembered for a short while as a keyed digest, never as text.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use quick_cache::sync::Cache;
use usher_policy::facts::{Circumstances, Subject};
use usher_policy::presence::{CredentialFault, Credentialed, Credentials, Presences};
use usher_types::ExposeSecret;
use usher_types::digest::{Digest, Hasher};
use usher_types::moment::Moment;

use crate::table::Table;

/// How long a right answer is remembered. Short, because a closed account must stop soon.
const REMEMBERED_SECONDS: i64 = 60;
/// How many are remembered: every person of a large school once.
const REMEMBERED: usize = 2_048;

/// What checks a password. The answer may take a second; the traffic path does not wait for it but once a minute.
pub trait Check: Send + Sync {
    /// Who these credentials belong to.
    fn check(
        &self,
        address: IpAddr,
        credentials: Credentials,
        at: Moment,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<Subject>, CredentialFault>> + Send>>;
}

/// The session table and the credentials remembered beside it.
pub struct Presence {
    table: Arc<Table>,
    check: Arc<dyn Check>,
    remembered: Arc<Cache<Digest, (Arc<Subject>, Moment)>>,
    key: [u8; 32],
}

impl std::fmt::Debug for Presence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presence").field("table", &self.table).finish_non_exhaustive()
    }
}

impl Presence {
    /// The table, what checks passwords, and a secret key made at start.
    pub fn new(table: Arc<Table>, check: Arc<dyn Check>, key: [u8; 32]) -> Self {
        Self { table, check, remembered: Arc::new(Cache::new(REMEMBERED)), key }
    }

    /// Forgets every remembered password: an account was closed or a password changed.
    pub fn forget(&self) {
        self.remembered.clear();
    }
}

impl Presences for Presence {
    fn who(&self, address: IpAddr, at: Moment) -> Circumstances {
        self.table.who(address, at)
    }

    fn with_credentials(&self, address: IpAddr, credentials: Credentials, at: Moment) -> Credentialed {
        let key = Hasher::new()
            .part(&self.key)
            .part(credentials.username.as_bytes())
            .part(credentials.password.expose_secret().as_bytes())
            .finish();
        if let Some((subject, until)) = self.remembered.get(&key)
            && at < until
        {
            return Credentialed::Known(Ok(self.table.circumstances(subject, address, at)));
        }
        let (table, remembered) = (Arc::clone(&self.table), Arc::clone(&self.remembered));
        let checking = self.check.check(address, credentials, at);
        Credentialed::Checking(Box::pin(async move {
            remembered.remove_if(&key, |(_, until)| *until <= at);
            // A tool opens many connections at once: they wait for one check, which is one try.
            let checked = remembered.get_or_insert_async(&key, async {
                let subject = checking.await?;
                Ok::<_, CredentialFault>((subject, at.plus_seconds(REMEMBERED_SECONDS)))
            });
            let (subject, _) = checked.await?;
            Ok(table.circumstances(subject, address, at))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use usher_testkit::facts;
    use usher_types::SecretString;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[derive(Default)]
    struct Counting(Arc<AtomicU32>);

    impl Check for Counting {
        fn check(
            &self,
            _address: IpAddr,
            credentials: Credentials,
            _at: Moment,
        ) -> Pin<Box<dyn Future<Output = Result<Arc<Subject>, CredentialFault>> + Send>> {
            let count = Arc::clone(&self.0);
            let right = credentials.password.expose_secret() == "right";
            let answer =
                if right { Ok(Arc::new(facts::subject("staff"))) } else { Err(CredentialFault::Wrong) };
            Box::pin(async move {
                count.fetch_add(1, Ordering::Relaxed);
                answer
            })
        }
    }

    fn ask(presence: &Presence, password: &str, at: Moment) -> Result<Circumstances, CredentialFault> {
        let credentials =
            Credentials { username: "j.price".into(), password: SecretString::from(password.to_owned()) };
        match presence.with_credentials("10.0.0.9".parse().unwrap(), credentials, at) {
            Credentialed::Known(answer) => answer,
            Credentialed::Checking(mut checking) => {
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                match checking.as_mut().poll(&mut context) {
                    std::task::Poll::Ready(answer) => answer,
                    std::task::Poll::Pending => panic!("the check is ready at once"),
                }
            }
        }
    }

    #[test]
    fn many_connections_at_once_are_one_check() {
        let check = Arc::new(Counting::default());
        let presence = Presence::new(Arc::new(Table::new()), Arc::clone(&check) as Arc<dyn Check>, [7; 32]);
        let begun: Vec<_> = (0..20)
            .map(|_| {
                let credentials = Credentials {
                    username: "j.price".into(),
                    password: SecretString::from("right".to_owned()),
                };
                presence.with_credentials("10.0.0.9".parse().unwrap(), credentials, NINE)
            })
            .collect();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        for asked in begun {
            let Credentialed::Checking(mut checking) = asked else { panic!("nothing is remembered yet") };
            assert!(checking.as_mut().poll(&mut context).is_ready());
        }
        assert_eq!(check.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_right_password_is_checked_once_a_minute_and_a_wrong_one_every_time() {
        let check = Arc::new(Counting::default());
        let presence = Presence::new(Arc::new(Table::new()), Arc::clone(&check) as Arc<dyn Check>, [7; 32]);
        for _ in 0..5 {
            assert!(ask(&presence, "right", NINE).unwrap().subject.is_somebody());
        }
        assert_eq!(check.0.load(Ordering::Relaxed), 1);
        assert!(ask(&presence, "right", NINE.plus_seconds(61)).is_ok());
        assert_eq!(check.0.load(Ordering::Relaxed), 2);
        for _ in 0..3 {
            assert_eq!(ask(&presence, "wrong", NINE).unwrap_err(), CredentialFault::Wrong);
        }
        assert_eq!(check.0.load(Ordering::Relaxed), 5);
        presence.forget();
        assert!(ask(&presence, "right", NINE).is_ok());
        assert_eq!(check.0.load(Ordering::Relaxed), 6);
    }
}
