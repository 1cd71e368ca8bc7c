# What is kept, and how long.

keeping-title = What is kept, and how long
keeping-text = Everything Usher keeps about people, what it is for, who may read it and when it goes. The school’s data protection officer checks this page; print it for them.
keeping-held = { $count ->
    [0] No case holds anybody’s records now.
    [one] A case holds the records of one person. They stay until the hold ends.
   *[other] Cases hold the records of { $count } people. They stay until the hold ends.
}
keeping-column-what = What
keeping-column-why = What it is for
keeping-column-readers = Who may read it
keeping-column-until = Kept for
keeping-column-next = Next removal
keeping-column-when = When
keeping-column-count = How many
keeping-column-rule = By which rule
keeping-column-held = People held by a case then
keeping-what-web-whole = What people did on the web, in full
keeping-what-web-lines = What people did on the web, as short lines
keeping-what-reports = Weekly reports, alerts, and who looked at whose activity
keeping-what-people = People, classes and accounts
keeping-what-sign-ins = Who signed in where
keeping-what-signatures = Agreements and who signed
keeping-what-pictures = Pictures of paper slips
keeping-what-letters = What was sent to people, and what they asked
keeping-what-lessons = Lessons and lists for lessons
keeping-what-leave = Leave, and pages people asked for
keeping-what-cases = What children told, the register, cases and what followed
keeping-what-private-time = Private time of staff
keeping-what-devices = Devices, and who has them
keeping-what-policy = The policy, lists and settings
keeping-what-journal = The journal of every change
keeping-what-disposals = The log of what was removed
keeping-why-web-whole = To look into what happened: the full address and why it was allowed or stopped.
keeping-why-web-lines = To see a pattern over a year: who, when, which site, the title, the search.
keeping-why-reports = To see a worry early, and to show who looked.
keeping-why-people = To know who may sign in, and as whom.
keeping-why-sign-ins = To say who was at a device.
keeping-why-signatures = To show what somebody agreed to, and when.
keeping-why-pictures = To settle a doubt about a signature on paper.
keeping-why-letters = To show that people were told and answered.
keeping-why-lessons = To show what a class could reach.
keeping-why-leave = To show who allowed what, and why.
keeping-why-cases = To keep children safe, and to act fairly.
keeping-why-private-time = To keep to the school’s limit on private time.
keeping-why-devices = To get devices back, and to know what is on the network.
keeping-why-policy = To show what the rules were on any day.
keeping-why-journal = To show who changed what. Nobody can alter it unseen.
keeping-why-disposals = To show that the school keeps to its own times.
keeping-ground-public-task = Ground: the school’s public task.
keeping-ground-safeguarding = Ground: the school’s public task; keeping children safe.
keeping-ground-legal-duty = Ground: the school’s duty to show what it did.
keeping-place-files = In the event files on this server.
keeping-place-pictures = On this server, encrypted.
keeping-place-books = In the school’s books.
keeping-until-days = { $days ->
    [one] One day
   *[other] { $days } days
}
keeping-until-both = { $pupils } days for pupils, { $adults } days for adults
keeping-until-agreement = { $days ->
    [0] Until the agreement ends
    [one] One day after the agreement ends
   *[other] { $days } days after the agreement ends
}
keeping-until-books = As long as the school keeps its books
keeping-next = What was before { $day } has gone. The next day goes tonight.
keeping-next-both = Pupils’ before { $pupils } and adults’ before { $adults } has gone. The next day goes tonight.
keeping-next-each = Each on its own day.
keeping-next-none = Nothing goes by itself.
keeping-log-title = What was removed
keeping-log-text = Each time records were removed because their time was over. It names nobody.
keeping-log-none = Nothing has been removed yet.
keeping-earlier = Earlier removals
keeping-removed-whole = Full records on the web; short lines are left
keeping-removed-lines = Short lines on the web
keeping-removed-pictures = Pictures of paper slips
keeping-note = A copy of the last week’s full records stays for seven days, in case a file is damaged. Back-ups the school made itself keep what they hold until they are deleted.
keeping-change-title = Change how long
keeping-bounds = In full: { $least } to { $most } days. In all, with the short lines: { $leastlines } to { $mostlines } days, and not less than in full.
keeping-at-once = What is older goes within the hour and cannot come back. What a case holds stays. Longer times count from now: what has gone has gone.
keeping-keep = Keep these times
done-keeping-changed = The times are changed. What is older goes within the hour.
field-keeping-pupils-whole = Pupils: days in full
field-keeping-pupils-lines = Pupils: days in all
field-keeping-adults-whole = Adults: days in full
field-keeping-adults-lines = Adults: days in all
field-keeping-reason = Why
field-keeping-reason-hint = It goes into the journal.
refusal-kept-oddly = Records cannot be kept for so many days.
health-files = Records of the web
health-files-none = Nothing is kept in files yet.
health-files-found = What is kept goes back to { $day }.
health-files-late-do = Some records are kept longer than the school says. Nothing goes while no site bears this machine’s clock out. If that is not why, ask whoever runs the server to look at its log for “kept longer”, and to run “usher verify”.
health-files-damaged = The list of the files with records is damaged. Reports leave out what is in them, and nothing is removed.
health-files-damaged-do = Ask whoever runs the server to run “usher verify”, and to put the list back from a back-up.
health-trust = The trust’s copy of records
health-trust-ok = All that is ready has been sent.
health-trust-waiting =
    { $count ->
        [one] One part of the records waits to be sent.
       *[other] { $count } parts of the records wait to be sent.
    }
health-trust-since = The oldest is from { $day }.
health-trust-do = Nothing is lost: what waits stays on this server’s disk until it is sent. Ask whoever runs the server to check the line to the trust’s store, and the log for “shipping”.
