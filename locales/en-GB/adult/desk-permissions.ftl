# Leave at the desk: asking, deciding, what is open; and what opening a page would mean.

permissions-title = Permissions
permission-new-title = Ask for permission
permission-new-text = Choose what you need. Whoever decides is told, and you get an answer in words.
permissions-show-me = Waiting for me, or mine
permissions-show-waits = Waiting
permissions-show-open = In force
permissions-show-done = Refused or ended
permissions-show-all = All of them
permissions-any = Anything
permissions-search = Name, page or word
permissions-none-me = Nothing is waiting for you.
permissions-none-waits = Nothing is waiting.
permissions-none-open = No permission is in force that fits this search.
permissions-none-done = No permission that ended fits this search.
permissions-none-all = No permission fits this search.
permissions-more = Only the newest 100 are shown. Search to find older ones.
permissions-beside = See also
permissions-requests =
    { $count ->
        [0] Pages people ask for
        [one] Pages people ask for: one is waiting
       *[other] Pages people ask for: { $count } are waiting
    }
permissions-software = The software and hardware register
permissions-private = Private uses that are allowed
permissions-exceptions = Sites that stay open by exception
field-matter = What about?

## What may be asked for

permission-matter-install = Install software or hardware
permission-text-install = For any program, app or part, free or not. It stays in the register with its licence.
permission-matter-configuration = Change settings
permission-text-configuration = Switches, browser settings or how a machine is set up, until a day.
permission-matter-connect = Connect something
permission-text-connect = A memory stick, a phone, a camera: anything but keyboard, mouse and headphones.
permission-matter-data-off-site = Take personal data out of school
permission-text-data-off-site = Only the headteacher or the chair of governors can say yes.
permission-matter-file-space = More file space
permission-text-file-space = Say how much you use now and how much you need.
permission-matter-material = Move or copy somebody’s material
permission-text-material = Its owner has said yes first. This keeps a note of it.
permission-matter-private-use = Allow a private use to staff
permission-text-private-use = What the headteacher or the governors find reasonable. All staff can see the list.
permission-matter-project = A project online
permission-text-project = Pupils join a service, send a picture or meet somebody. It opens for them alone, on those days alone.
permission-matter-exception = Keep a site open
permission-text-exception = A site whose kind is shut stays open, until somebody looks at it again.
permission-matter-phone-mail = School mail on my own phone
permission-text-phone-mail = Your phone locks itself, and nothing sensitive is kept on it.
permission-matter-mass-mail = A mail to many people
permission-text-mass-mail = Say what it is about and who gets it.
permission-matter-own-device = Use my own device or phone
permission-text-own-device = For work, until a day.
permission-matter-photo-trip = Pictures on a trip
permission-text-photo-trip = Where you go, who takes pictures and with what.
permission-matter-source = A source nobody has checked yet
permission-matter-pupil-device = A pupil’s own device on the Wi-Fi
permission-matter-phone-call = A phone call
permission-matter-school-camera = A school device to take pictures

## The form

permission-detail-what = What is it?
permission-detail-install-what = Program, app or part
permission-detail-configuration-what = What will you change?
permission-detail-connect-what = What will you connect?
permission-detail-private-use-what = What is allowed?
permission-detail-project-what = What will the pupils do?
permission-detail-phone-mail-what = Which phone?
permission-detail-mass-mail-what = What is it about?
permission-detail-own-device-what = Which device?
permission-detail-photo-trip-what = Who takes pictures, with which device?
permission-detail-machine = Which machine?
permission-detail-licence = Licence
permission-detail-data = Which data, about whom?
permission-detail-carrier = How does it travel?
permission-detail-protected = How is it protected?
permission-detail-used = Space you use now
permission-detail-quota = Space you have
permission-detail-wanted = Space you need
permission-detail-owner = Whose is it?
permission-detail-owner-agreed = When did they say yes?
permission-detail-adult = Responsible adult
permission-detail-project-adult = Responsible adult (needed if somebody is met)
permission-detail-lock = How does it lock?
permission-detail-recipients = Who gets it?
permission-detail-place = Where do you go?
field-whom = Who is it for?
field-pupils = Only these pupils
field-pupils-hint = Tick names to leave out the rest of the class.
field-opens = What will happen there?
permission-opens-sign-up = Pupils make an account
permission-opens-picture = Pupils send a picture
permission-opens-meeting = Somebody is met
permission-periods = When?
permission-no-category = Not about web pages
permission-from = From (empty: from now)
permission-until = Last day
permission-until-perhaps = Last day (empty: until somebody ends it)
permission-until-data-off-site = When does it come back?
permission-until-exception = When will somebody look at it again?
permission-choose = Choose
permission-whom-needed = Choose a class, or tick names.
permission-too-long =
    { $days ->
        [one] Choose an earlier day. The school allows one day at most.
       *[other] Choose an earlier day. The school allows { $days } days at most.
    }
permission-decided-by = Decided by: { $offices }. Nobody decides on what they ask for themselves.
permission-ask = Ask

## One permission

permission-title = { $matter }: { $what }
permission-asked-by = { $name } · { $time }
permission-fact-whom = For
permission-fact-pages = Pages
permission-fact-opens = Opens there
permission-fact-category = Kind of page
permission-fact-periods = When
permission-fact-from = From
permission-fact-until = Until
permission-no-end = Somebody ends it
permission-whom-lesson = The lesson
permission-state-waits = Waiting
permission-state-second = Waiting for a second person
permission-state-begins = Begins later
permission-state-open = In force
permission-state-refused = Refused
permission-state-ended = Ended early
permission-state-over = Over
permission-by-usher = Usher
permission-thread = What happened
permission-did-asked = Asked
permission-did-agreed = Said yes; a second person has to
permission-did-given = Said yes
permission-did-refused = Said no
permission-did-ended = Ended
permission-did-lapsed = Its time was over
permission-decide = Decide
permission-see = See it
permission-takes-two = This takes two people. If you say yes, somebody with another role has to say yes too.
permission-give = Say yes
permission-agree = Say yes, and ask for a second person
permission-refuse = Say no
permission-usual-yes = Yes, as you asked.
permission-usual-no = Not this time. Come and talk to me about it.
permission-waits-for = Waiting for one of: { $names }.
permission-take-back = Take it back
permission-end = End it now
permission-end-why = Why does it end?
permission-mail-subject = Your request: { $what }
permission-mail-yes = You asked for: { $what }. The answer is yes.
permission-mail-no = You asked for: { $what }. The answer is no.
permission-mail-link = See it here: { $link }
done-permission-asked = Asked. You will get an answer in words.
done-permission-given = Done. They are told.
done-permission-agreed = Noted. It now waits for a second person.
done-permission-refused = Done. They are told why.
done-permission-ended = Ended.
done-permission-too-late = Somebody has decided on this already. See below.
done-permission-not-yours = Somebody else decides on this.

## What opening a page would mean

opens-title = What it would open
opens-text = What the lists know of this address and of what lies under it, a page of each kind:
opens-nothing = No page under this address is known.
opens-unlisted = in no list
opens-risks = Look twice. Opening this takes two people.
opens-breaks = It breaks a promise of the school: { $promise }
opens-grave = It is about { $category }
opens-more = There are sites under this address that are on lists, and nobody can say here which.

## Today

today-permissions =
    { $count ->
        [one] Somebody asks for permission
       *[other] { $count } people ask for permission
    }
today-permission-yes = Yes: { $what }
today-permission-no = No: { $what }
today-permission-go = See the answer
done-asked-takes-two = Opening this takes two people with different roles. It waits under Requests, for those who answer them.

## Quick leave in a lesson

permit-title = Give quick permission
permit-text = To one child or the whole class. It ends with the lesson, at { $time }.
permit-what = What is it for?
permit-page = Page to open (for a source only)
permit-reason = Why? (needed for a page)
permit-give = Give it
permit-given = Given in this lesson
permit-none = Nothing yet.
permit-ended-why = Ended by the teacher in the lesson
done-permitted = Given until the lesson ends.

## Two people for a page

second-proposed = { $name } wants to open this. A second person with another role has to say yes.
second-terms = { $page }, to { $whom }, for { $minutes } minutes
second-words = They will be told: { $words }
second-other-words = Tell them something else (empty: these words, or our usual ones for a no)
second-confirm = Say yes as the second person
second-not-you = You cannot be the second person: it is somebody else, with another role, who answers requests.
second-aside = Set this yes aside and answer anew
done-asked-aside = Set aside. You can answer it anew.
done-asked-second = It waits for a second person with another role.
request-waits-second = Waits for a second person
open-this-folder = Everything under { $page }
open-this-folder-hint = The pages beside it as well.
