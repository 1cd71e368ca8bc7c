# The desk: alerts, agreements, category lists, who looked at what, and whether everything works.

place-outstanding = Still to sign
place-signatures = Register of signatures
place-edits = Our own edits
place-find = Find an address
place-looks = Who looked at web use

## Alerts

alerts-title = Alerts
alerts-waiting = Nobody has seen yet
alerts-seen = Seen, still open
alerts-closed = Closed
alerts-none = There is no such alert for you.
alert-look = Look at it
alert-see = I am dealing with this
alert-seen-by = Taken up by { $name }, { $time }
alert-happened = What happened
alert-gone = The records of it are no longer kept.
alert-more =
    { $count ->
        [one] There is one more like these.
       *[other] There are { $count } more like these.
    }
alert-before-after = See what came before and after. You are asked for a reason.
alert-told = Told by mail: { $names }.
alert-at-device = device { $device }
alert-wrong-password = A wrong password for { $username }, at { $device }
alert-last-here = Last signed in there: { $name }
alert-devices = Signed in at { $one } and at { $other }
today-alert = { $concern }: { $who }
done-alert-seen = Thank you. The others see that you have seen this.

## Agreements

agreements-title = Agreements
agreements-none = No agreement is in force yet.
agreements-signed-of = { $signed } of { $asked }
agreements-by-class = By class and kind
agreements-everybody = Everybody
agreements-any = Any agreement
agreements-found =
    { $count ->
        [0] No signature fits.
        [one] One signature
       *[other] { $count } signatures
    }
agreements-more =
    { $count ->
        [one] One more is in the PDF and the table.
       *[other] { $count } more are in the PDF and the table.
    }
agreements-pdf = Keep it as a PDF
agreements-csv = Keep it as a table (CSV)
agreements-text = The text as it was signed
agreements-text-gone = The text is no longer kept.
column-version = Version
column-since = In force since
column-how = How
column-declared = What they declared
column-entered-by = Entered by
column-text = Mark of the text
field-section = Class, or what they are
field-agreement = Agreement

## Category lists

lists-title = Category lists
lists-held-title = Waiting for a decision
lists-held-none = Nothing waits for you.
lists-held-text = These would touch many pages that are in everyday use. They have no effect until somebody decides.
lists-held-says = The list “{ $list }” says it is about: { $category }
lists-held-drop = Leave it out
lists-held-apply = Let it count
lists-in-use = Lists in use
column-list = List
column-about = About
column-entries = Entries
column-held = Waiting
column-fetched = Fetched
held-public-suffix = Everything under this ending would be on the list.
held-private-suffix = Many sites that have nothing to do with each other share this name.
held-hosting = Many people publish under it: { $group }.
held-popular = A great many people use it: { $group }.
held-protected = A child may need it: { $group }.
held-rank = It is number { $rank } of the most used sites.
held-source-shrank = It shrank from { $from } entries to { $to }. The earlier entries stay in use until somebody decides. IT support should look at where it comes from.
held-source-grew = It grew from { $from } entries to { $to }. The earlier entries stay in use until somebody decides. IT support should look at where it comes from.
lists-source-accept = Use it as it is now
lists-source-two = What this list no longer names would open for everybody. It takes two people with different roles.
lists-source-unknown = Nobody can say now what this list is about.
lists-source-lets-through = A rule of the policy lets through what this list names.
lists-source-proposed = { $name } wants to use it as it is now. The reason given: { $reason }
lists-source-confirm = Confirm: use it as it is now
lists-source-not-second = You cannot be the second person: it is somebody else, with another role, who looks after lists.
done-source-second = It waits for a second person with another role. Until then the earlier entries stay in use.
done-source-accepted = The list counts as it is now, in a minute or two.
done-source-not-yet = The lists are being put together at the moment. Please try again in a minute.
done-source-sealed = Nobody can cut this list down, so that what is on it stays shut. The earlier entries stay in use. That it was tried is in the journal. Please ask IT support to look at where the list comes from.
done-held-decided = Your decision is kept. It counts in a minute or two.
done-held-decided-later = Your decision is kept. It counts when the lists are next put together.

edits-title = Our own edits
edits-text = What the school itself says a site is about. It counts at once, whatever the lists say.
edits-none = The school has made no edits.
edit-new = Another edit
edit-add = It is about: { $category }
edit-remove = It is not about: { $category }
edit-clear = It is about nothing that the lists say
edit-choice-add = It is about something the lists do not know
edit-choice-add-hint = For example, to shut a site that slipped through
edit-choice-remove = The lists are wrong about one thing
edit-choice-remove-hint = The other things they say still count
edit-choice-clear = Everything the lists say about it is wrong
edit-choice-clear-hint = It then opens like a site that no list knows
edit-no-category = Choose one
edit-category-missing = Choose what it is about.
edit-effect-missing = Choose what the edit says.
edit-told = The headteacher and those who look after the filter get a mail.
edit-keep = Keep the edit
edit-review = To be looked at again on { $date }
edit-why-out = Why take it out?
edit-take-out = Take it out
edit-mail-subject = The filter was told something new about { $address }
edit-mail-what = { $address }. { $effect }.
edit-sealed-below = Pages under this address are on a list that nobody in the school can open. Name the pages you mean instead.
edit-sealed-category = Nobody can take a page off this list.
edit-two-people = One person cannot open this for everybody. { $risks } Change the policy, where a second person confirms it, or open the page for those who ask.
edit-mail-gone = This is in use no more. { $address }. { $effect }.
edit-mail-gone-why = { $name } took it out. The reason given: { $reason }
edit-mail-why = { $name } made this edit. The reason given: { $reason }
field-address = Address
field-address-hint = For example: games.example, or games.example/maths
field-effect = What do you say about it?
field-category = What is it about?
field-review = Look at it again on
done-edit-added = The edit is in use.
done-edit-removed = The edit is out of use. It stays in the journal.

report-site-title = Report a site
report-site-text = For a site that a child should not be able to open. You can report it even if only you have seen it.
report-site-will-title = What happens when you send this
report-site-will-shut = The site is shut at once, for everybody in the school.
report-site-will-notice = { $names } get a mail.
report-site-will-notice-nobody = Nobody holds the office of headteacher or computing lead, so please tell somebody yourself.
report-site-will-provider = The internet provider gets a mail with the address.
report-site-will-authority = The { $authority } gets a mail with the address.
report-site-will-no-provider = The school has set no mail address of its internet provider, so they are not told.
report-site-will-no-authority = The school has set no mail address of the { $authority }, so they are not told.
report-site-crime = If it may show a child being abused, or anything else that is a crime: do not open it again, do not copy it, and tell the safeguarding lead now.
report-site-button = Shut it and report it
report-site-suffix = Too many different sites have this ending. Please give the whole address.
field-breadth = What should be shut?
breadth-site = The whole site
breadth-site-hint = Right for most
breadth-page = Only this page and what lies below it
breadth-page-hint = For a site that has good pages too
field-wrong = What is wrong with it?
field-wrong-hint = A few words. Please do not name a child: this goes to people outside of the school.
done-site-reported = The site is shut, and the mails are on their way. If it was a mistake, the computing lead can open it again.
site-notice-subject = A site was reported and is shut: { $address }
site-notice-text = { $name } reported { $address }. It is shut for everybody now.
site-notice-why = What is wrong with it: { $reason }
site-notice-outside = The address was sent to: { $names }.
site-notice-inside-only = It was sent to nobody outside of the school, because no mail addresses are set.
site-notice-link = Look at it, or open it again: { $link }
site-outside-provider = the internet provider
site-outside-subject = Unsuitable site reported by { $school }
site-outside-text = { $school } reports a site that pupils could reach and should not: { $address }
site-outside-why = What is wrong with it: { $reason }
site-outside-shut = It was shut in the school on { $when }. Please check whether your own filter should shut it too.

find-title = Where does an address stand?
find-about = It is about: { $subjects }.
find-by-list = The list “{ $list }” has { $entry }
find-by-edit = Edited by { $name }: { $reason }
find-groups = What that means now
find-groups-text = This is what the site’s categories mean for each group at this time of day. Lessons, agreements and pages that are open come on top.
find-edit = Say something else about it
find-unknown = No list knows it: the rule for unknown sites
find-open = Open
find-coach = Open after a warning
find-asks = An adult is asked first
find-shut = Shut
column-group = Group
column-now = Now

## Who looked

looks-title = Who looked at web use
looks-search = Name or reason
looks-none = Nobody has looked.
column-looked = Who looked
column-whose = At whose web use

## Health

health-title = Does everything work?
health-now-good = Everything that was tried works.
health-now-untried = What was tried works. Some of it could not be tried.
health-now-soon = Somebody should see to something soon.
health-now-bad = Something needs somebody now.
health-state-go = Works
health-state-wait = Soon
health-state-stop = Now
health-state-info = Not tried
health-tried = Tried at { $time }
health-untried = Nobody has tried it since Usher started.
health-records = Records
health-records-ok = Every request is written down.
health-records-do = The web stays closed until Usher can write again. IT support should look at the disk and restart Usher.
health-agreements = Agreements
health-agreements-ok = Every agreement that people are to sign is in force.
health-agreements-missing = These agreements are asked for and are not in force yet: { $which }. Until they are, the web stays shut for everybody who is to sign them.
health-agreements-do = Go to “Agreements”, then “New words”. Where the governors approve them, record the approval first. Then the headteacher publishes them.
health-policy = Policy
health-policy-ok = A policy is in use. Its mark is { $mark }.
health-policy-do = IT support should read Usher’s log: it says why no policy could be made.
health-lists = Category lists
health-lists-none = No category list is in use.
health-lists-found = The oldest list was fetched on { $date }.
health-lists-do = IT support should fetch the lists again.
health-lists-stale = The list “{ $list }” is to be fetched every few hours. The one in use was last known to be the newest on { $date }. Since then none could be fetched, or what came waits for somebody to decide.
health-stale-do = IT support should type “usher lists show”, which says what went wrong, and then “usher lists refresh”.
health-sealed = Lists of illegal content
health-sealed-do = The school joins the bodies that keep them, or has a filter above Usher that uses them. IT support puts the member’s copy in, and whose membership it is gets written down under Lists.
health-gateway = Gateway
health-gateway-ok = It was asked for a page, and answered.
health-gateway-silent = It was asked for a page, and did not answer. Nobody can use the web through it.
health-gateway-do = IT support should restart Usher now.
health-disk = Disk
health-disk-found = { $percent }% is free ({ $gigabytes } GB).
health-disk-do = Make room or add a larger disk. When it is full, the web closes, because nothing may go unrecorded.
health-clock = Clock
health-clock-ok = It agrees with the clocks of the sites that were opened in the last hour.
health-clock-alone = Too few sites were opened in the last hour to compare it with theirs.
health-clock-off =
    { $seconds ->
        [one] It is off by one second.
       *[other] It is off by { $seconds } seconds.
    }
health-clock-do = IT support should set the server’s time service up. Lessons and records go by this clock.
health-outbox = Mail
health-outbox-found =
    { $count ->
        [0] No mail is waiting.
        [one] One mail is waiting to go out.
       *[other] { $count } mails are waiting to go out.
    }
health-outbox-do = Alerts and reports reach people late. IT support should look at the mail server.
health-authority = The school’s certificate
health-authority-found = It is good until { $date }. Its fingerprint: { $mark }
health-authority-do = Devices stop trusting Usher when it runs out. IT support should plan a new one with every device.
health-refusals = Apps and the school’s certificate
health-refusals-none = In the last day, every app took it.
health-refusals-found = In the last day, an app or a device did not take it for: { $sites }
health-refusals-more =
    { $count ->
        [one] one more
       *[other] { $count } more
    }
health-refusals-do = For staff, such a site is passed on unread for an hour where it is open. If the school needs the app, IT support puts its site on the list of what is not decrypted. A device that refuses everything lacks the school’s certificate.
health-unseen-title = What Usher cannot see
health-unseen-phones = Phones and tablets on mobile data never pass through Usher.
health-unseen-firewall = Usher sees the whole school’s web only if the firewall lets devices out through nothing else.
health-unseen-certificate = On a device without the school’s certificate, Usher knows the site but not the page.
health-unseen-illegal = The sealed lists of illegal content come only to members of the bodies that keep them.
