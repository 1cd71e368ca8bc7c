# The school's own figures: what each is called, its unit, and how a change of it is said.

setting-none = nothing
setting-yes = yes
setting-no = no
setting-changes = { $title }: { $old } → { $new }
setting-range = it is a number from { $least } to { $most }
setting-nobody = somebody has to be named
setting-shared-password =
    a child whose parent has not answered would use the class’s password; years that share one and a parent’s answer first
    do not go together
setting-no-decider = none of these offices may decide on this leave
setting-one-office = it takes two people of two offices, and only one office decides on it
setting-tunnel = these are no ranges of a tunnel, or nearly the whole internet. Write them like 10.99.0.0/16
setting-twice = there are two rules for one kind of leave

setting-unit-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
  }
setting-unit-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
  }
setting-unit-school-days = { $count ->
    [one] { $count } school day
   *[other] { $count } school days
  }
setting-unit-times = { $count ->
    [one] { $count } time
   *[other] { $count } times
  }
setting-unit-gravity = { $count } of 5
setting-unit-percent = { $count } of 100

## The page

settings-title = The school’s own figures
settings-text =
    The figures on which schools differ. This school began with the profile “{ $profile }”; what is different now is marked.
    The headteacher may change them. A change that a control of a signed promise rests on is not kept when it breaks the promise; most figures have no such control.
settings-alerts = Alerts
settings-alerts-text = When something becomes an alert, who is told, and who is next. Look at what would change before it is kept.
settings-cases = Cases
settings-cases-text = Who deals with a first breach, and what may follow how weighty a case.
settings-agreements = Agreements
settings-agreements-text = When people sign again, and how long they have for it.
settings-leave = Leave
settings-leave-text = Who decides on this leave and how long it may last. What is left empty is as Usher has it.
settings-others = All other figures
settings-others-show = Show them, by their names in files
settings-others-text =
    These have no form here. The headteacher changes them with “usher settings set” on the server, from a file. Some are kept
    and shown, and nothing acts on them yet; each of these is marked.
settings-column-what = Figure
settings-column-now = Now
settings-column-had = The profile had
settings-differs = different now
settings-own-rule = the school’s own rule
settings-idle = kept, not acted on yet
settings-change = Change
settings-changes = What would change
settings-no-change = Nothing would change.
settings-more = Change more
settings-look = Look at what would change
settings-keep = Keep this
settings-not-kept =
    Not kept: people signed what it makes untrue. Publish new words of the agreement first, or leave it as it is.
done-settings-kept = Kept. Usher goes by it from now on.
field-set-reason = Why does it change?
field-set-reason-hint = It is kept in the journal.

settings-had = The profile had: { $value }.
settings-range = A number from { $least } to { $most }.
settings-number = Type a whole number from { $least } to { $most }.
settings-time = Type a time, like 18:00.
settings-choice = Choose one.
settings-odd = Something here cannot be read. Please check it.

settings-words = Worrying words
settings-bursts = Many tries in a short time
settings-answering = Who is told, and who is next
settings-quiet = Quiet hours: only grave alerts are told at once
settings-quiet-from = Quiet from (leave both times empty for none)
settings-quiet-until = Quiet until
settings-quiet-passes = Told all the same from how grave, 1 to 5
settings-as-everybody = as for everybody
settings-choose = choose
settings-nobody = nobody
settings-rota = Next in turn, place { $place }
settings-days = The most school days one person alone may narrow somebody’s web for
settings-days-alone = In a case of weight { $severity } of 4
settings-steps = From how weighty a case a step needs no reason, 1 to 4
settings-step-never = it always needs a reason
settings-leave-who = Who decides
settings-leave-who-hint = With none ticked: { $names }.
settings-leave-days = The longest it may last, in days
settings-leave-days-hint = { $count ->
    [one] Empty: one day.
   *[other] Empty: { $count } days.
  }
settings-leave-two = Do two people of two offices decide?

## What each figure is called

setting-alarms-words-from = Words are told at once from how grave, 1 to 5
setting-alarms-words-from-hint = 5 is the gravest. Lesser words are in the weekly report.
setting-alarms-grave-blocks-times = Tries for pages of a grave kind
setting-alarms-grave-blocks-times-hint = So many tries by one person, within the minutes below, are one alert.
setting-alarms-grave-blocks-minutes = Within how many minutes, for pages of a grave kind
setting-alarms-grave-blocks-minutes-hint = The tries are counted over this time.
setting-alarms-grave-blocks-quiet-minutes = Minutes until the same is told again, for pages of a grave kind
setting-alarms-grave-blocks-quiet-minutes-hint = What comes in this time belongs to the alert that was told.
setting-alarms-many-blocks-times = Tries for pages of any kind that is kept shut
setting-alarms-many-blocks-times-hint = So many tries by one person, within the minutes below, are one alert.
setting-alarms-many-blocks-minutes = Within how many minutes, for pages of any kind
setting-alarms-many-blocks-minutes-hint = The tries are counted over this time.
setting-alarms-many-blocks-quiet-minutes = Minutes until the same is told again, for pages of any kind
setting-alarms-many-blocks-quiet-minutes-hint = What comes in this time belongs to the alert that was told.
setting-alarms-to = Who is told first
setting-alarms-to-hint = Whoever holds these offices has a mail.
setting-alarms-answer-within-minutes = Minutes to take an alert up
setting-alarms-answer-within-minutes-hint = After this it goes to the next in turn.
setting-alarms-answer-passed-on-from = Alerts go to the next in turn from how grave, 1 to 5
setting-alarms-answer-passed-on-from-hint = Lesser ones wait for those who were told first.
setting-alarms-answer-rota = Who is next, in turn
setting-alarms-answer-quiet = Quiet hours
setting-alarms-answer-quiet-from = Quiet hours, from
setting-alarms-answer-quiet-until = Quiet hours, until
setting-alarms-answer-quiet-passes-from = In quiet hours told all the same, from how grave
setting-alarms-answer-words-from-years = Words are told from how grave, of one year
setting-conduct-first-breach = Who deals with a pupil’s first breach
setting-conduct-first-breach-hint = It is theirs until somebody else takes it over.
setting-cases-longest-days = School days one person alone may narrow a web for, by weight 1 to 4
setting-cases-ladder-from-severity = A step needs no reason from weight
setting-cases-ladder = The steps of the ladder
setting-cases-ladder-step = A step of the ladder
setting-agreements-audiences = Who signs what; the first that fits counts
setting-agreements-days-to-sign-again = Days to sign again after the words changed
setting-agreements-days-to-sign-again-hint = After this the web is narrowed for whoever has not signed.
setting-agreements-joiner-days = Days of grace for a child who comes during the year
setting-agreements-joiner-days-hint = School days with the web while a parent’s answer is awaited; 0 for none.
setting-agreements-pupils-yearly = Pupils sign again every school year
setting-agreements-pupils-yearly-hint = Each September asks anew.
setting-agreements-adults-yearly = Adults sign again every school year
setting-agreements-adults-yearly-hint = Each September asks anew.
setting-agreements-governors-approve = The governors approve an agreement first
setting-agreements-governors-approve-hint = Nothing is put out for signature before they have.
setting-permissions-matter-longest-days = The longest this leave may last
setting-permissions-matter-deciders = Who decides on this leave
setting-permissions-matter-two-people = Two people decide on this leave
setting-permissions-matter-name = A rule of the school’s own for this leave
