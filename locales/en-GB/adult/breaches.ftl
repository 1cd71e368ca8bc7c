# The register of personal data breaches.

breaches-title = Data breaches
breaches-text = Personal data that was lost, stolen, or seen by somebody who should not. Write it down as soon as you find it: where it may harm people, the Information Commissioner must be told within 72 hours.
breaches-none = No breach is waiting for a decision.
breaches-decided = Decided
breach-title = A data breach
breach-new-title = Write down a breach
breach-found = Found
breach-commissioner = Information Commissioner
breach-left = { $hours ->
    [0] Less than an hour left to tell the Information Commissioner
    [one] One hour left to tell the Information Commissioner
   *[other] { $hours } hours left to tell the Information Commissioner
}
breach-over = The time to tell the Information Commissioner was over at { $when }. Tell them now, and say why it is late.
breach-told = Told. { $name }, { $day }
breach-not-told = Need not be told. { $name }, { $day }
breach-choice-yes = They were told
breach-choice-no = They need not be told
breach-decide = Look and decide
breach-stays = It stays in the register. To correct it, write down another that says so.
breach-keep = Keep it
breach-others = Who else is told
breach-others-text = Each of these was told, or need not be. It stays open until each is answered.
breach-others-left = Still to answer: { $names }
breach-body-department = Department for Education
breach-body-police = Police (report of fraud or cyber crime)
breach-body-insurer = Insurer or risk protection arrangement
breach-keep-other = Keep this answer
breach-what-missing = Please say what happened.
breach-whose-missing = Please say whose data it is.
breach-day-missing = Please give the day and the time it was found.
breach-day-odd = That is still to come. Please give the time it was found.
breach-told-missing = Please say whether they were told.
field-breach-what = What happened
field-breach-what-hint = And what was done at once.
field-breach-whose = Whose data
field-breach-whose-hint = And of about how many people.
field-breach-day = The day somebody found it
field-breach-time = The time
field-breach-told = Was the Information Commissioner told?
field-breach-body = Whom
field-breach-other-told = Were they told?
field-breach-other-why = Why, and how
field-breach-why = Why
field-breach-why-hint = And what the people whose data it is were told.
done-breach-noted = The breach is written down. Its 72 hours run.
done-breach-decided = The decision is kept.
done-breach-decided-before = It was decided before. Here is what was decided.
