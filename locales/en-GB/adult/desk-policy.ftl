# The desk: the school's policy in sentences, changes that wait for a second person, and proposing one.

nav-policy = Policy
place-in-force = In force
place-policy-change = Propose a change
today-policy = { $name } wants to change the policy, and it takes a second person
today-policy-go = Look at the change
field-policy = The policy
field-policy-hint = One line for each thing it says. Change what you want to change and leave the rest.
field-document = Or choose a file
field-document-hint = A policy.toml, as you can download it. It takes the place of what is in the box.

## In force

policy-title = The policy in force
policy-published = Published by { $name }, { $time }.
policy-command-line = whoever looks after the server
policy-reason = Why: { $reason }
policy-version = Version { $version }
policy-download = Download as a file
policy-change-go = Propose a change
policy-waits-line = A change by { $name } waits for a second person: { $reason }
policy-overtaken-line = A change by { $name } was too late: { $reason }
policy-waits-go = Look at this change
policy-lockdown = The web is closed down: { $reason }
policy-due =
    { $count ->
        [one] One thing is due to be looked at again
       *[other] { $count } things are due to be looked at again
    }
policy-due-line = since { $date }; { $owner } answers for it
policy-nobody = nobody is named who
policy-sealed = What nobody can open
policy-sealed-text = Whatever else is said here, nobody in the school can open these: { $names }.
policy-groups = What each group may see
policy-lesson = Only in a lesson
policy-lesson-text = The web is open only while a lesson is open: { $when }.
policy-closed = Closed
policy-closed-text = The web is closed { $when }.
policy-when = { $when }: { $names }
policy-unknown = Pages nobody knows
policy-search = Searching
policy-search-off = Searches as they choose.
policy-search-moderate = Searches with moderate safe search.
policy-search-strict = Searches with strict safe search.
policy-youtube-off = YouTube as they choose.
policy-youtube-moderate = YouTube in moderate restricted mode.
policy-youtube-strict = YouTube in strict restricted mode.
policy-pictures-open = May search for pictures.
policy-pictures-in-lessons = May search for pictures in a lesson.
policy-pictures-shut = May not search for pictures.
policy-words = Words of pages
policy-words-text = A page whose words go too far is treated as what its words are about.
policy-leaving = What they send
policy-leaving-text = { $verdict }: { $kinds }.
policy-but-not = Not on { $names }.
policy-downloads = Downloads
policy-file-data = files of no known kind
policy-file-text = plain texts
policy-file-page = web pages
policy-file-image = pictures
policy-file-audio = sound
policy-file-video = films
policy-file-font = fonts
policy-file-document = documents
policy-file-archive = archives
policy-file-torrent = torrents
policy-file-disk-image = disk images
policy-file-browser-extension = extensions of the browser
policy-file-macro-document = documents with macros
policy-file-script = scripts
policy-file-installer = installers
policy-file-executable = programs
policy-file-locked = files that are locked, or have something locked in them
policy-file-too-deep = archives inside archives, too deep to look into
policy-file-unread = files that could not be looked through to the end
policy-unscanned = When no virus scanner could look
policy-unscanned-any = files of every kind
policy-unscanned-reasons = It counts for these reasons: { $reasons }.
policy-unscanned-rest = Every other file that no virus scanner could look at is shut.
policy-scan-down = no scanner answers
policy-scan-slow = the scanner takes too long
policy-scan-refused = the scanner will not take the file
policy-scan-too-large = the file is too large to check
policy-scan-partial = only a part of the file came
policy-rules = Rules that go before the groups
policy-rules-text = The first that fits counts.
policy-about-all = It is about every page.
policy-about-pages = It is about these pages: { $pages }.
policy-about-categories = It is about pages of these kinds: { $categories }.
policy-about-both = It is about pages of these kinds: { $categories }; and only on { $pages }.
policy-about-how = It counts only where the page is asked for in the way the reason gives.
policy-exceptions = Exceptions somebody answers for
policy-owner = { $name } answers for it.
policy-review = To be looked at by { $date }.
policy-review-due = Due since { $date }
policy-everybody = everybody
policy-verdict-allow = Open
policy-verdict-coach = Open after a word of warning
policy-verdict-challenge = Open once something else is done
policy-verdict-hold = Held for a person
policy-verdict-block = Shut
policy-time-always = at any time
policy-time-lesson = in lessons
policy-time-break = at break
policy-time-lunch = at lunch
policy-time-before = before school
policy-time-after = after school
policy-time-closed = when the school is closed
policy-not-read = What is not decrypted, and why
policy-all-read = Everything is decrypted.
policy-not-read-pages = What these are about is between people and those sites: { $names }.
policy-not-read-sites = These sites, because the school says so: { $names }.
policy-not-read-whom = Anything these people open: { $names }.
policy-not-read-pinned = For an hour, a site whose app refused the school’s certificate; only for { $names }.
policy-not-read-rule = Not decrypted for { $whom }: { $why }
policy-read-rule = Decrypted for { $whom } all the same: { $why }
policy-not-read-kept = { $sites }: { $why }
policy-as-file = The policy as a file

## Promises

policy-promises = What the school promises
policy-promises-all = All the promises that are kept
policy-promises-kept =
    { $count ->
        [one] The one promise was tested just now, and is kept.
       *[other] All { $count } promises were tested just now, and are kept.
    }
policy-promises-broken =
    { $count ->
        [one] One promise is not kept
       *[other] { $count } promises are not kept
    }
policy-more-ways =
    { $count ->
        [one] and one more
       *[other] and { $count } more
    }

## A change

policy-draft-title = A change that takes two people
policy-draft-by = Proposed by { $name }, { $time }:
policy-draft-confirmed = Confirmed by { $name }, { $time }.
policy-draft-declined = Declined or taken back by { $name }, { $time }.
policy-overtaken = Another policy was published since. This cannot be confirmed any more; propose it again.
policy-changes = What it changes
policy-no-change = Nothing changes: this is the policy in force.
policy-two-people = takes two people
policy-weighty = It takes two people, because it changes { $what }.
policy-not-head = It takes a second person, because only the headteacher publishes alone.
policy-seconds = One of these people can confirm it: { $names }.
policy-no-second = Nobody here can confirm it yet: it takes the headteacher, and a safeguarding lead or computing lead who is another person.
policy-confirm-text = If you confirm, it comes into force at once, with both your names in the journal.
policy-confirm = Confirm and publish
policy-decline = Decline
policy-take-back = Take it back
policy-decline-why = Why not?
policy-back = The policy in force
policy-change-title = Propose a change of the policy
policy-change-text = Nothing changes yet when you look at what your change does.
policy-change-why = Why does it change?
policy-change-more = Change it further
policy-faults =
    { $count ->
        [one] There is one thing to put right
       *[other] There are { $count } things to put right
    }
policy-line = Line { $line }
policy-no-line = Nowhere in the text
policy-remedy = What to do: { $remedy }.
policy-file-odd = This file is not a text. Choose a policy.toml; what is in the box is kept.
policy-look = See what it changes
policy-publish = Publish
policy-ask-second = Ask for a second person
policy-not-published = It cannot be published: it breaks what the school promises. The policy in force stays as it is.
done-policy-changed = The policy is published. The filter goes by it now.
done-policy-proposed = It waits for a second person. Until then the policy in force stays.
done-policy-confirmed = Confirmed and published. The filter goes by it now.
done-policy-declined = Declined. The policy in force stays.
done-policy-not-second = You cannot decide this: it takes another person in another office, and one of the two is the headteacher.
done-policy-broken = Not published: it breaks a promise now. The policy in force stays as it is.
done-policy-too-late = That was too late: see below how it stands.
