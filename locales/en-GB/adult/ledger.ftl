# The ledger of clauses: what people signed, what keeps it, and whether it is true now. Pages, paper and the command line.

ledger-title = Promises kept
ledger-lead = Every sentence people sign at { $school }, what keeps it, and whether that holds today.
ledger-at = Tried { $when }.
ledger-term = What happened is counted from { $first } to { $last }.
ledger-none = No agreement is in force yet.
ledger-clause = { $number }. { $text }
ledger-version = { $title }, version { $version }
ledger-version-past = { $title }, version { $version }, no longer in force

## States

ledger-state-kept = Kept
ledger-state-kept-text = Everything that keeps it holds, and was tried.
ledger-state-duty = Kept by people
ledger-state-duty-text = Usher shows it, has it signed, or holds the evidence. People keep it.
ledger-state-conditional = Kept, if
ledger-state-conditional-text = Everything that keeps it holds and was tried, as long as what is said beside it is so. Usher cannot try that from inside.
ledger-state-in-part = Kept in part
ledger-state-in-part-text = Some of what should keep it holds, and some does not.
ledger-state-no-longer = True when signed, not any more
ledger-state-no-longer-text = What kept it when people signed does not hold now.
ledger-state-nothing = Nothing keeps it
ledger-state-nothing-text = Nothing that should keep it holds.
ledger-since = Since { $when }
ledger-if = As long as { $conditions }.
ledger-condition-only-through-usher = devices reach the internet only through Usher
ledger-condition-certificate = the school’s certificate is on its devices
ledger-condition-on-the-device = the devices themselves are set up for it
ledger-condition-mail-through-usher = mail goes through Usher

## The three lists

ledger-list-unkept = Promises nothing keeps
ledger-list-unkept-none = Every promise in force is kept by something, at least in part.
ledger-list-no-longer = True when signed, not any more
ledger-list-no-longer-none = Everything that was true when people signed it still is.
ledger-list-untold = Controls nobody was told of
ledger-list-untold-text = These hold, and no sentence people sign speaks of them.
ledger-list-untold-none = Everything Usher does is in a sentence that people sign.
ledger-list-all = Every promise in force

## What keeps a clause

ledger-kept-by = What keeps it
ledger-level-enforce = Usher does or blocks it
ledger-level-detect = Usher sees it and tells
ledger-level-record = Usher holds the evidence
ledger-level-inform = Usher shows it, a person does it
ledger-outcome-judged = Holds. It was just tried with made-up requests.
ledger-outcome-settings = Holds, as the school’s settings are now. The code behind them is tested in each release.
ledger-outcome-release = Holds. It is how the program works, and is tested in each release.
ledger-outcome-person = A person does this. Usher cannot.
ledger-outcome-not-built = Usher cannot do this yet.
ledger-outcome-falls = Does not hold: { $why }
ledger-short-nobody = the policy has no group for these people
ledger-short-opens-unsigned = the web opens without a signature or sign-in for { $of }
ledger-short-opens-without-parent = the web opens without a parent’s answer for { $of }
ledger-short-opens-without-reminder = the web opens without the reminder for { $of }
ledger-short-no-lists = no list of sites is in use
ledger-short-kinds-open = not shut any more: { $of }
ledger-short-ages-alike = the youngest may see what the oldest may
ledger-short-passed-unread = secure pages pass unread for { $of }
ledger-short-open-without-lesson = the web is open without a lesson for { $of }
ledger-short-shut-in-lesson = the web stays shut in a lesson for { $of }
ledger-short-open-beside-list = a lesson’s list does not hold for { $of }
ledger-short-day-alike = the time of day changes nothing for { $of }
ledger-short-open-when-closed = the web is open when the school is closed for { $of }
ledger-short-opens-by-number = pages asked for by number open for { $of }
ledger-short-opens-odd-tunnel = odd tunnels pass for { $of }
ledger-short-opens-two-names = a site behind another’s name opens for { $of }
ledger-short-unsafe-search = searches are not held to the safe setting for { $of }
ledger-short-unsafe-engine = a search engine that cannot be made safe is open for { $of }
ledger-short-details-leave = personal details can be sent by { $of }
ledger-short-joining-open = forms for joining or buying are open for { $of }
ledger-short-unkind-leave = hurtful words can be sent by { $of }
ledger-short-reported-open = reported sites stay open for { $of }
ledger-short-programs-open = programs can be downloaded by { $of }
ledger-short-opens-narrowed = the web that was taken away stays open for { $of }
ledger-short-stays-narrowed = the web that was taken away does not open again for { $of }
ledger-short-no-alert = the school’s rules raise no alert for the gravest words or for many blocks
ledger-short-no-picture-years = no year signs in with pictures
ledger-short-no-private-limit = no limit is set for a day or a week
ledger-short-no-private-kinds = no kind of page counts as private
ledger-short-too-few-pictures = a secret of one picture is no secret
ledger-short-weak-passwords = hopeless passwords are taken
ledger-short-no-lock-out = an account never rests after wrong passwords
ledger-short-two-devices = two devices at once are allowed
ledger-short-no-time-limits = a sign-in does not end by itself
ledger-short-no-agreement = no agreement is in force for { $of }
ledger-short-no-reminder = the school asks nobody for the reminder
ledger-short-not-yearly = the school asks nobody to sign each year
ledger-short-signed-too-late = a change that matters may wait too long for its signature
ledger-short-no-parent-part = the school does not ask parents to sign
ledger-short-no-question = no question is asked before { $of }
ledger-short-no-contract-term = the staff agreement is not marked as a term of the contract
ledger-short-no-reason-asked = unrestricted time opens without a reason
ledger-short-no-end-asked = unrestricted time opens without an end
ledger-short-head-not-told = unrestricted time opens without telling the head
ledger-short-no-provider = the provider’s address is not entered, so only the head is told
ledger-short-nobody-holds = nobody holds an office it reaches: { $of }
ledger-short-grants-do-not-end = an opened page does not close by itself
ledger-short-looks-open = somebody’s activity is open to { $of }
ledger-short-nobody-looks = the school named nobody who may look

## Evidence

ledger-evidence-none = There is nothing to count here.
ledger-evidence-last = Last on { $when }.
ledger-evidence-never = Not once so far.
ledger-evidence-weeks = By week: { $weeks }.
ledger-count-account-own = { $count ->
    [one] One sign-in with a password this term.
   *[other] { $count } sign-ins with a password this term.
}
ledger-count-account-sign-in-first = { $count ->
    [one] One request waited for a sign-in this term.
   *[other] { $count } requests waited for a sign-in this term.
}
ledger-count-account-shared-year = { $count ->
    [one] One sign-in to a shared account this term.
   *[other] { $count } sign-ins to shared accounts this term.
}
ledger-count-account-picture-sign-in = { $count ->
    [one] One sign-in with pictures this term.
   *[other] { $count } sign-ins with pictures this term.
}
ledger-count-account-lock-out = { $count ->
    [one] An account rested once this term.
   *[other] Accounts rested { $count } times this term.
}
ledger-count-account-one-device = { $count ->
    [one] One second device this term.
   *[other] { $count } second devices this term.
}
ledger-count-account-time-limits = { $count ->
    [one] One sign-in ended by itself this term.
   *[other] { $count } sign-ins ended by themselves this term.
}
ledger-count-account-leaver = { $count ->
    [one] One person left this term.
   *[other] { $count } people left this term.
}
ledger-count-account-disclosed = { $count ->
    [one] One known password was reported this term.
   *[other] { $count } known passwords were reported this term.
}
ledger-count-visitor-sign-in = { $count ->
    [one] One visitor’s sign-in this term.
   *[other] { $count } visitors’ sign-ins this term.
}
ledger-count-agreement-gate = { $count ->
    [one] One request waited for a signature this term.
   *[other] { $count } requests waited for a signature this term.
}
ledger-count-agreement-version = { $count ->
    [one] One signature this term.
   *[other] { $count } signatures this term.
}
ledger-count-agreement-right-text = { $count ->
    [one] One signature this term.
   *[other] { $count } signatures this term.
}
ledger-count-agreement-each-time = { $count ->
    [one] The reminder was accepted or asked for once this term.
   *[other] The reminder was accepted or asked for { $count } times this term.
}
ledger-count-agreement-parent-part = { $count ->
    [one] One parent signed this term.
   *[other] Parents signed { $count } times this term.
}
ledger-count-agreement-check-question = { $count ->
    [one] The question was answered once this term.
   *[other] The question was answered { $count } times this term.
}
ledger-count-web-fail-closed = { $count ->
    [one] The filter was off once this term, and the web with it.
   *[other] The filter was off { $count } times this term, and the web with it.
}
ledger-count-web-categories = { $count ->
    [one] One page was shut for what it is about this term.
   *[other] { $count } pages were shut for what they are about this term.
}
ledger-count-web-age-bands = { $count ->
    [one] One page was shut for a pupil this term.
   *[other] { $count } pages were shut for pupils this term.
}
ledger-count-web-inspect-https = { $count ->
    [one] One secure connection was opened up for checking this term.
   *[other] { $count } secure connections were opened up for checking this term.
}
ledger-count-web-lesson-session = { $count ->
    [one] One page waited for a lesson this term.
   *[other] { $count } pages waited for a lesson this term.
}
ledger-count-web-list-only = { $count ->
    [one] One page beside a lesson’s list was shut this term.
   *[other] { $count } pages beside a lesson’s list were shut this term.
}
ledger-count-web-timetable = { $count ->
    [one] One page was shut by the time of day this term.
   *[other] { $count } pages were shut by the time of day this term.
}
ledger-count-web-no-bypass = { $count ->
    [one] One request was refused by a rule or could not be read this term.
   *[other] { $count } requests were refused by rules or could not be read this term.
}
ledger-count-web-unrestricted = { $count ->
    [one] Unrestricted time was opened once this term.
   *[other] Unrestricted time was opened { $count } times this term.
}
ledger-count-web-safe-search = { $count ->
    [one] One search was made safe or shut this term.
   *[other] { $count } searches were made safe or shut this term.
}
ledger-count-web-personal-details = { $count ->
    [one] Personal details were held back once this term.
   *[other] Personal details were held back { $count } times this term.
}
ledger-count-web-sign-up = { $count ->
    [one] One form for joining or buying was held back this term.
   *[other] { $count } forms for joining or buying were held back this term.
}
ledger-count-web-hurtful-posts = { $count ->
    [one] Hurtful words were held back once this term.
   *[other] Hurtful words were held back { $count } times this term.
}
ledger-count-web-report-site = { $count ->
    [one] A reported site was refused once this term.
   *[other] Reported sites were refused { $count } times this term.
}
ledger-count-web-downloads = { $count ->
    [one] One download was kept out this term.
   *[other] { $count } downloads were kept out this term.
}
ledger-count-seen-notice = { $count ->
    [one] Shown at one sign-in this term.
   *[other] Shown at { $count } sign-ins this term.
}
ledger-count-seen-log = { $count ->
    [one] One request was recorded this term.
   *[other] { $count } requests were recorded this term.
}
ledger-count-seen-search-themes = { $count ->
    [one] One request with worrying words was found this term.
   *[other] { $count } requests with worrying words were found this term.
}
ledger-count-seen-weekly-report = { $count ->
    [one] One weekly report was made this term.
   *[other] { $count } weekly reports were made this term.
}
ledger-count-seen-looks = { $count ->
    [one] Somebody looked once, with a reason, this term.
   *[other] Somebody looked { $count } times, each with a reason, this term.
}
ledger-count-seen-lesson-live = { $count ->
    [one] One lesson was opened this term.
   *[other] { $count } lessons were opened this term.
}
ledger-count-seen-alert-now = { $count ->
    [one] One alert this term.
   *[other] { $count } alerts this term.
}
ledger-count-ask-unblock = { $count ->
    [one] One request to open a page this term.
   *[other] { $count } requests to open a page this term.
}
ledger-count-ask-grant = { $count ->
    [one] A page was opened for somebody, or used, once this term.
   *[other] Pages were opened for somebody, or used, { $count } times this term.
}
ledger-count-tell-told-an-adult = { $count ->
    [one] A child marked once that an adult was told this term.
   *[other] Children marked { $count } times that an adult was told this term.
}
ledger-count-tell-button = { $count ->
    [one] “Tell someone” was pressed once this term.
   *[other] “Tell someone” was pressed { $count } times this term.
}
ledger-count-tell-accident = { $count ->
    [one] One visit was marked as an accident this term.
   *[other] { $count } visits were marked as accidents this term.
}

ledger-count-case-report = { $count ->
    [one] One case was opened this term.
   *[other] { $count } cases were opened this term.
}
ledger-count-case-steps = { $count ->
    [one] Somebody’s web was narrowed once this term.
   *[other] Somebody’s web was narrowed { $count } times this term.
}
ledger-count-case-parent-contact = { $count ->
    [one] One contact with a parent was written down this term.
   *[other] { $count } contacts with parents were written down this term.
}

## Who signed

ledger-signed = { $count ->
    [0] Nobody has signed these words yet.
    [one] One person’s last signature is under these words.
   *[other] { $count } people’s last signatures are under these words.
}
ledger-ended-for = { $count ->
    [one] One person signed it while it was true:
   *[other] { $count } people signed it while it was true:
}
ledger-signer = { $name }, { $role }, { $when }, version { $version }
ledger-signers-of = { $kind }: { $count }

## A change that would make it untrue

ledger-breach = Clause { $number } of { $title } { $version }, { $count ->
    [0] signed by nobody yet.
    [one] signed by one person.
   *[other] signed by { $count } people.
}
ledger-breaks-title = It would make untrue what people sign
ledger-not-published = Not published: people signed what it makes untrue. Publish new words of the agreement first, or leave the rule.

## The page

ledger-filter = Show
ledger-clauses = { $count ->
    [one] One sentence
   *[other] { $count } sentences
}
ledger-pdf = Keep it as a PDF
ledger-open = This sentence, who signed it and its history
ledger-history = History
ledger-history-line-holds = Held from { $when }
ledger-history-line-falls = Did not hold from { $when }
ledger-history-none = Nothing that keeps it has turned, or was looked at, yet.
ledger-who-signed = Who signed it
ledger-signers-all = Everybody whose last signature is under these words
ledger-table-control = Control
ledger-table-rests = How it is kept
ledger-table-evidence = This term
done-ledger-breaks = Not published: people signed what it makes untrue. The policy in force stays as it is.

## Pasting a policy of the school's own

ledger-paste-title = Begin with your own policy
ledger-paste-go = Begin with your own policy
ledger-paste-text = Paste the policy your school has. Usher cuts it into sentences and proposes what could keep each. You say what is right; nothing is published.
ledger-paste-split = Cut it into sentences
ledger-paste-confirm = Tick what keeps each sentence. Usher goes by words alone, so read each one. A sentence without a tick is a promise that nothing keeps.
ledger-paste-none = Nothing Usher has speaks of this. It will stand as a promise that nothing keeps.
ledger-paste-draft = Go on with it as a draft here
ledger-paste-draft-there = Somebody is already writing new words of this agreement. Finish or withdraw that draft first, or keep yours as a file.
ledger-paste-file = Keep the draft as a file
ledger-paste-declaration = I have read this agreement and will keep to it.
ledger-paste-nothing = Paste the text of the policy.
ledger-paste-long = This is longer than an agreement may be. Paste the part that people sign.
ledger-paste-title-missing = Give the agreement a title.
ledger-paste-version-missing = Say what people know the version by, such as 2027.
field-pasted = The policy’s text
field-pasted-agreement = Who will sign it
field-pasted-agreement-hint = It would take the place of this agreement once the headteacher publishes it.
field-pasted-title = Title
field-pasted-version = Version
field-pasted-version-hint = What people know it by, such as 2027.

## The first page of those who see the ledger

today-untrue = { $count ->
    [one] One sentence people signed is not true any more
   *[other] { $count } sentences people signed are not true any more
}
today-untrue-text = What kept it does not hold now. Bring it back, or publish new words.
today-untrue-go = See which, and who signed
