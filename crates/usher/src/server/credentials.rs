//! Proxy credentials, checked as sign-ins are.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use usher_directory::sign_in::{Ask, Place, Secret, SignIn, SignInFault};
use usher_network::credentials::Check;
use usher_policy::facts::Subject;
use usher_policy::presence::{CredentialFault, Credentials};
use usher_types::moment::Moment;

/// Checks by signing in for one request.
#[derive(Debug)]
pub(crate) struct BySignIn(pub(crate) SignIn);

impl Check for BySignIn {
    fn check(
        &self,
        address: IpAddr,
        credentials: Credentials,
        at: Moment,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<Subject>, CredentialFault>> + Send>> {
        let sign_in = self.0.clone();
        let ask = Ask {
            username: credentials.username,
            secret: Secret::Password(credentials.password),
            address,
            place: Place::Request,
            group: None,
            // A tool shows nobody the clause, so nobody has accepted it (AGR-06).
            clause_accepted: false,
        };
        Box::pin(async move {
            match sign_in.sign_in(ask, None, at).await {
                Ok(signed) => Ok(signed.subject),
                Err(SignInFault::Wrong | SignInFault::Closed) => Err(CredentialFault::Wrong),
                Err(SignInFault::Resting(until)) => Err(CredentialFault::Resting(until)),
                Err(SignInFault::Elsewhere) => Err(CredentialFault::Elsewhere),
                Err(error) => {
                    tracing::error!(%error, "credentials cannot be checked");
                    Err(CredentialFault::Unavailable)
                }
            }
        })
    }
}
