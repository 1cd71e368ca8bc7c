# What went wrong: what happened, what was kept, what to do.

fault-refused-title = This was not done
fault-refused-text = Nothing was changed.
fault-not-found-title = There is no such page
fault-not-found-text = The address may be old or mistyped.
fault-form-title = The form could not be read
fault-form-text = Nothing was changed. Please go back, load the page again and fill it in once more.
fault-unavailable-title = This does not work at the moment
fault-unavailable-text = Nothing was lost. Please try again in a minute. If it goes on, tell IT support.
fault-publish-title = Kept, but not in use yet
fault-publish-text = Your change is kept. The filter could not take it over yet and goes on as before. IT support can see why on the health page.
fault-other-site-title = This came from another website
fault-other-site-text = A page of another website tried to press a button here for you. Nothing was changed.
fault-stale-title = This page was open for too long
fault-stale-text = Nothing was changed. Please go back, load the page again and send it once more.
fault-denied-title = This is not open to you
fault-denied-text = If you think it should be, ask the headteacher or IT support.
fault-old-page-title = That page is old
fault-old-page-text = It was shown to somebody else, or too long ago. Nothing was changed. Open the page again and press the button once more.

## A site cannot be shown

upstream-next = Check the address, or try again in a minute. It has nothing to do with the filter.
upstream-next-certificate = Usher does not open it, because somebody could be reading along. IT support can look into it with the reference below.
upstream-no-such-name-title = There is no site called { $site }
upstream-no-such-name-text = No address is known for this name. It may be mistyped.
upstream-unreachable-title = { $site } does not answer
upstream-unreachable-text = Nothing answers at its address. The site may be switched off.
upstream-timed-out-title = { $site } takes too long
upstream-timed-out-text = The site did not answer in time.
upstream-expired-title = The certificate of { $site } has run out
upstream-expired-text = Whoever runs the site has not renewed it.
upstream-not-yet-valid-title = The certificate of { $site } is not valid yet
upstream-not-yet-valid-text = Either the site is set up wrongly, or the clock of the school’s server is.
upstream-wrong-name-title = The certificate of { $site } belongs to another site
upstream-wrong-name-text = So it is not certain that this is { $site }.
upstream-unknown-issuer-title = Nobody we trust vouches for { $site }
upstream-unknown-issuer-text = Its certificate was issued by somebody whom browsers do not know.
upstream-revoked-title = The certificate of { $site } was taken back
upstream-revoked-text = Whoever issued it says that it must no longer be used.
upstream-certificate-title = The certificate of { $site } is broken
upstream-certificate-text = So it is not certain that this is { $site }.
upstream-tls-title = { $site } has no safe connection
upstream-tls-text = Its encryption is broken or too old.
upstream-protocol-title = { $site } answered with something that is no web page
upstream-protocol-text = The answer could not be read.
upstream-broke-off-title = { $site } broke off
upstream-broke-off-text = The site stopped in the middle of its answer.

## A request cannot be served

malformed-title = This request could not be read
malformed-next = A browser does not send such requests by itself. If you see this in a browser, tell IT support.
malformed-not-http = It is not HTTP.
malformed-head-too-large = Its header is too large.
malformed-too-many-fields = It has too many header fields.
malformed-head-too-slow = Its header did not arrive in time.
malformed-two-lengths = It gives its length in two ways at once.
malformed-length-unclear = Its length is unclear.
malformed-coding-unclear = Its transfer coding is unclear.
malformed-host-unclear = Its host is missing or unclear.
malformed-target-unclear = Its target is not one a proxy takes.
malformed-host-differs = It names two different hosts.
malformed-method = Its method may not be used here.
malformed-relay-unclear = The load balancer in front of Usher did not say clearly who it is for.

unrecorded-title = The web has to wait for a moment
unrecorded-broken = Usher cannot keep its records, so it lets nothing through. IT support has been told.
unrecorded-soon = The web is starting or very busy.
unrecorded-next = Please try again in half a minute.

credentials-title = The program could not sign in
credentials-wrong = Its user name or password is wrong.
credentials-resting = After too many wrong tries, this account rests for a few minutes.
credentials-elsewhere = The account is signed in on another device.
credentials-unavailable = Accounts cannot be checked at the moment.
