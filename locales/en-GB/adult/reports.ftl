# Reports and print-outs for adults in the school.

## Every report

report-page = Page { $page } of { $pages }
report-confidential = Confidential
report-period = { $first } to { $last }
report-date-time = { $date }, { $time }
report-quoted = “{ $words }”
report-reference = Ref. { $event }
report-times = { $count } times
report-times-until = { $count } times, until { $last }
report-password-known = Someone else knew this password then
report-name-only = Only the site’s name was seen

report-column-when = When
report-column-who = Who
report-column-what = What
report-column-happened = What happened
report-column-site = Site
report-column-minutes = Time (estimate)
report-column-opened = Opened
report-column-refused = Kept shut
report-column-time = Time
report-column-page = Page or search
report-column-kind = What it was
report-column-decided = What Usher did
report-column-name = Name
report-column-role = Role
report-column-agreement = Agreement
report-column-signed = Signed
report-column-missing = What is missing
report-column-tick = Handed in
report-column-number = No.
report-column-entry = Entry
report-column-told = Told and written down

report-size-bytes = { $number } bytes
report-size-kilobytes = { $number } kB
report-size-megabytes = { $number } MB

report-type-page = Web page
report-type-text = Text
report-type-image = Picture
report-type-audio = Sound
report-type-video = Video
report-type-document = Document
report-type-file = File
report-type-none = Nothing came back

## People and places

report-who-gone = Somebody who has left (number { $person })
report-who-nobody = Nobody was signed in
report-who-shared = A shared sign-in
report-who-shared-year = { $year }, shared sign-in
report-who-shared-note = Usher cannot tell which child
report-where-lesson = lesson of { $class }

report-kind-pupil = Pupil
report-kind-staff = Staff
report-kind-supply = Supply staff
report-kind-student = Student on placement
report-kind-volunteer = Volunteer
report-kind-contractor = Contractor
report-kind-governor = Governor
report-kind-parent = Parent or carer
report-kind-visitor = Visitor

report-kinds-pupil = Pupils
report-kinds-staff = Staff
report-kinds-supply = Supply staff
report-kinds-student = Students on placement
report-kinds-volunteer = Volunteers
report-kinds-contractor = Contractors
report-kinds-governor = Governors
report-kinds-parent = Parents and carers
report-kinds-visitor = Visitors

report-role-headteacher = Headteacher
report-role-senior-leader = Senior leader
report-role-business-manager = Business manager
report-role-safeguarding-lead = Safeguarding lead
report-role-computing-lead = Computing lead
report-role-esafety-coordinator = E-safety co-ordinator
report-role-teacher = Teacher
report-role-support-staff = Support staff
report-role-office = School office
report-role-technician = Technician
report-role-chair-of-governors = Chair of governors

## The weekly report

report-weekly-title = Weekly report of worrying words
report-weekly-mail-subject = { $count ->
    [0] Weekly report: nothing found ({ $period })
    [one] Weekly report: one thing to look at ({ $period })
   *[other] Weekly report: { $count } things to look at ({ $period })
}
report-weekly-mail-item = { $when }: { $who }. { $what }. { $theme }. { $reference }
report-weekly-mail-searched = “{ $words }” in { $engine }
report-weekly-mail-opened = “{ $words }” in the address { $address }
report-weekly-mail-footer =
    The whole report is in the file with this mail, and in Usher: { $link }

    This mail is confidential. It was written by Usher, { $school }’s web filter, for the people who read the weekly
    report. Please do not forward it.
report-weekly-list = What was found
report-weekly-nothing = Nothing was found this week.
report-weekly-nothing-children = Nothing was found about children this week.
report-weekly-nothing-note = Usher read the searches and page addresses of the whole week. None of them had words of concern that need a look.
report-weekly-details-follow = The next pages tell more about each of these.
report-weekly-more =
    { $count ->
        [one] There is one more. The next pages tell more about all of them.
       *[other] There are { $count } more. The next pages tell more about all of them.
    }
report-weekly-counted =
    { $count ->
        [one] Milder words came up once. They are counted here and not listed.
       *[other] Milder words came up { $count } times. They are counted here and not listed.
    }

report-figure-items =
    { $count ->
        [one] item found
       *[other] items found
    }
report-figure-people =
    { $count ->
        [one] person concerned
       *[other] people concerned
    }
report-figure-searches =
    { $count ->
        [one] search in school
       *[other] searches in school
    }
report-figure-blocks =
    { $count ->
        [one] page kept shut
       *[other] pages kept shut
    }
report-figure-told =
    { $count ->
        [one] time a child told an adult
       *[other] times a child told an adult
    }

report-gravity-5 = Act now: a child may be in danger
report-gravity-4 = Look at these today
report-gravity-3 = Look at these this week
report-gravity-2 = Good to know
report-gravity-1 = Mild
report-gravity-short-5 = act now
report-gravity-short-4 = look today
report-gravity-short-3 = look this week
report-gravity-short-2 = good to know
report-gravity-short-1 = mild
report-theme-and-gravity = { $theme }: { $gravity }

report-theme-self-harm = Self-harm
report-theme-grooming = Grooming
report-theme-radicalisation = Radicalisation
report-theme-violence = Violence
report-theme-bullying = Bullying
report-theme-adult = Adult content
report-theme-drugs = Drugs and alcohol
report-theme-criminal = Breaking the law
report-theme-hate = Hate
report-theme-gambling = Gambling
report-theme-extremism = Extremist groups
report-theme-ai-companions = AI companions

report-found-in-search = { $theme }: “{ $phrase }”, searched with { $engine }
report-found-in-address = { $theme }: “{ $phrase }”, in a page’s address
report-found-in-sent = { $theme }: “{ $phrase }”, in something they wrote and sent
report-also = Also: { $phrases }
report-more-searches =
    { $count ->
        [one] and one more search like these
       *[other] and { $count } more searches like these
    }

report-happened-opened = Opened
report-happened-partly = Opened { $opened } of { $count } times
report-happened-warned = Warned first
report-happened-asked = Asked to sign in or wait for a lesson
report-happened-held = Waiting for an adult
report-happened-blocked = Kept shut

report-unseen-title = What Usher could not see
report-unseen-tunnels =
    { $count ->
        [0] Usher could read every connection it carried.
        [one] Usher could not look inside one connection. It knows which site it went to, but not the pages or searches.
       *[other] Usher could not look inside { $count } connections. It knows which sites they went to, but not the pages or searches.
    }
report-unseen-nobody =
    { $percent ->
        [0] A few requests came from devices where nobody was signed in.
       *[other] About { $percent }% of requests came from devices where nobody was signed in.
    }
report-unseen-shared =
    { $percent ->
        [0] A few requests came from shared sign-ins, where Usher cannot tell which child it was.
       *[other] About { $percent }% of requests came from shared sign-ins, where Usher cannot tell which child it was.
    }
report-unseen-off-site = Not monitored off site: what school devices do away from school is not in this report.
report-unseen-off-site-tunnel = Not monitored off site, but for devices that come back through the school’s tunnel.
report-unseen-always = Phones on mobile data never pass through Usher.

report-head-only = For the headteacher only
report-head-only-note = These items are about adults. Only the headteacher’s copy has this page. A search by an adult can be part of their work, so ask before you judge.
report-chair-only = For the chair of governors only
report-chair-only-note = These items are about the headteacher. Only the chair of governors’ copy has this page. A search by an adult can be part of their work, so ask before you judge.

## The plot

report-plot-across = School day
report-plot-up = Items found
report-plot-rest = Other themes
report-plot-title-day =
    { $items ->
        [one] One item was found, on { $day }
       *[other] Most was found on { $day }: { $most } of { $items } items
    }
report-plot-title-spread =
    { $days ->
        [one] { $items } items were found, all on one day
       *[other] { $items } items were found, spread over { $days } days
    }
report-plot-description = Items by day: { $days }. Items by theme: { $themes }.

## One person

report-person-title = Web use of { $name }
report-person-why = Why this was opened: { $why }
report-person-nothing = Nothing was recorded in this time.
report-person-sites = Sites, longest first
report-about-minutes =
    { $minutes ->
        [0] no time
        [one] about 1 minute
       *[other] about { $minutes } minutes
    }
report-person-method = The times are estimates. Usher adds up the time from one page to the next. After more than { $longest } minutes without a new page, it counts { $last } minute for the last one. A page that loads more by itself makes the time too long. A long read without a click makes it too short.
report-person-names-only =
    { $count ->
        [one] For one connection, only the site’s name could be seen: not the pages, and not the searches.
       *[other] For { $count } connections, only the site’s name could be seen: not the pages, and not the searches.
    }
report-person-short = Some of this is kept in short form. You can see when it was, the site, the page’s title, the words of a search and what Usher decided. The rest of the address and the full reason are not kept for so long.
report-person-short-kind = Kind of site: { $category }
report-person-day = { $weekday } { $date }
report-person-parts =
    { $count ->
        [0] Every request is listed.
        [one] One picture or other part of a page is not listed.
       *[other] { $count } pictures and other parts of pages are not listed.
    }
report-searched = Searched “{ $words }” with { $engine }

## Agreements

report-section = { $name }: { $done }
report-done-of = { $done } of { $asked } done
report-none-asked = nobody has to sign now
report-section-no-class = Pupils in no class
report-section-left = People who have left
report-register-title = Register of signatures
report-register-empty = Nobody has signed yet.
report-register-none = Nobody here has signed yet.
report-register-declared = The agreements and what people declare
report-register-declaration = { $agreement }, version { $version }: “{ $declaration }”
report-agreement-mark = Agreement { $mark }
report-agreement-version = version { $version }
report-how-on-screen = On screen
report-how-on-paper = On paper
report-parent-of = Parent of { $child }
report-in-parents-place = { $name }: the school answers in a parent’s place since { $since }.
report-in-parents-place-until = { $name }: the school answers in a parent’s place from { $since } to { $until }.
report-parents-part = A parent’s part
register-in-parents-place = The school, in a parent’s place
report-outstanding-title = Still to sign
report-outstanding-none = Everybody has signed.
report-outstanding-nobody-asked = Nobody has to sign anything now.
report-missing-own = Own signature
report-missing-own-by = Own signature of the new text, by { $date }
report-missing-parent = The parent’s slip
report-missing-parent-by = The parent’s slip; the web stays open until { $date }

report-sign-own = My promise
report-sign-parent = For a parent or carer
report-sign-name = Name
report-sign-signature = Signature
report-sign-date = Date
report-sign-job-title = Job title
report-sign-class = Class
report-sign-class-teacher = Name of class teacher

## The violations register

report-violations-title = Violations register
report-violations-none = Nothing was entered in this time.
report-entry-unrestricted = Opened unrestricted time
report-entry-breach = Broke a rule
report-entry-rule = { $agreement }, rule { $number }
report-entry-corrects = Corrects number { $number }
report-entry-correction = Corrects an earlier entry
report-entry-by = Entered by { $name }
report-entry-head-told = Head told: { $time }
report-entry-head-not-told = Head not told yet
report-entry-entered = In the safeguarding record: { $time }
report-entry-not-entered = Not in the safeguarding record yet

report-contract-yes = Contract term: yes
report-contract-no = Contract term: no
report-questions-to = { $name } answers questions about this.

## Agreements in other languages

report-translation = This is a translation. What is signed is the English agreement, and its words count.
report-translation-missing =
    { $count ->
        [one] One part has not been translated yet and is in English.
       *[other] { $count } parts have not been translated yet and are in English.
    }

# The certificate of an erasure

report-erasure-title = Certificate of erasure
report-erasure-lead = On { $time } a person was taken out of everything this Usher keeps. This code stands in their place: { $code }
report-erasure-row-asked = Asked for by
report-erasure-row-confirmed = Confirmed by
report-erasure-row-events = Web events of theirs of which only what is counted is left
report-erasure-row-mentions = Web events of others that named them, and do not now
report-erasure-row-segments = Parts of the first record of web use that were removed
report-erasure-row-versions = Versions of records in which the code stands now
report-erasure-row-lines = Lines of the journal in which the code stands now
report-erasure-row-mails = Mails in the outbox in which the code stands now
report-erasure-left-title = What could not be taken out
report-erasure-left-backups = Back-ups made before this day still hold the person. They go when the school overwrites them. Whoever restores one has to do this again.
report-erasure-left-sent =
    { $count ->
        [0] No mail that named the person had been sent.
        [one] One mail that named the person had been sent. Its reader has it.
       *[other] { $count } mails that named the person had been sent. Their readers have them.
    }
report-erasure-left-unread =
    { $count ->
        [0] No picture, PDF or sealed file is kept.
        [one] One picture, PDF or sealed file cannot be searched. It may show the person until its own time is over.
       *[other] { $count } pictures, PDFs and sealed files cannot be searched. Some may show the person until their own time is over.
    }
report-erasure-left-named =
    { $count ->
        [0] No other text was found that holds one of the names.
        [one] One text still holds one of the names. Cases of others, agreements and policies are left as they are.
       *[other] { $count } texts still hold one of the names. Cases of others, agreements and policies are left as they are.
    }
