# Private time of staff at work: to the person themselves, to the head, and in mails.

private-title = Private time at work
private-desk-title = Private time of staff
private-limit-day = { $minutes ->
    [one] Private pages are fine for up to one minute a day in working hours.
   *[other] Private pages are fine for up to { $minutes } minutes a day in working hours.
}
private-limit-week = { $minutes ->
    [one] Private pages are fine for up to one minute a week in working hours.
   *[other] Private pages are fine for up to { $minutes } minutes a week in working hours.
}
private-no-limit = The school has set no limit, so nothing is counted.
private-hours = Working hours are from { $from } to { $until } on school days. Other times are not counted.
private-no-hours = The school has entered no bells and no working hours, so nothing is counted.
private-items = When you were over it
private-none = You have not been over the limit.
private-over-day = About { $minutes } minutes on private pages on { $day }
private-over-week = About { $minutes } minutes on private pages in the week from { $day }
private-limit-then = { $minutes ->
    [one] The limit is one minute.
   *[other] The limit is { $minutes } minutes.
}
private-minutes = { $minutes ->
    [one] about one minute
   *[other] about { $minutes } minutes
}
private-site = { $site }, about { $minutes } min
private-sites = Only you see the sites:
private-with-you = Only you see this until { $day }. After that it goes to the { $who }, with or without an answer.
private-with-head = The { $who } has this now. You can still answer.
private-answer = What do you say to it?
private-their-answer = Their answer
private-answer-hint = For example: it was for a trip, somebody else used my computer, or I was not at work then. Your answer and the figures are handed on when you send it.
private-send = Send my answer
private-answered = You answered
private-answer-empty = Write your answer first.
private-allowed = What the school allows
private-allowed-none = There is nothing on the list.
private-any-time = at any time
private-until = until { $day }
private-about = Not counted: { $about }
private-facts = { $when }, { $until }. Decided by { $name } on { $day }.
private-how = How it is counted
private-method = The figures are an estimate. The time from one page to the next counts for the first of them, five minutes at most. A page that loads new things by itself counts while it is open. A use the school allows is left out at its times.
private-kinds = These kinds of page count as private: { $kinds }
private-who-sees = You see your figures first. After that the { $who } sees the kinds of page and the minutes, not the sites. Nothing is shown to anybody while you are under the limit.

private-desk-text = Here is who was over the limit, once it was handed on to you. Everybody sees their own figures first and can answer.
private-desk-days = { $days ->
    [0] It comes here the next day.
    [one] It comes here with their answer, or after one school day.
   *[other] It comes here with their answer, or after { $days } school days.
}
private-desk-none = Nothing is waiting for you.
private-desk-seen = Seen to
private-look = Look at it
private-handed = It came to you on { $day }.
private-no-answer = No answer yet.
private-seen-text = Press this when you have talked about it. It stays in the list below.
private-seen = I have seen to it
private-seen-by = Seen to by { $name }, { $day }
done-private-answered = Your answer is sent.
done-private-seen = Noted.

field-sites = Which sites?
field-sites-hint = One a line. Leave it empty if a kind of page says it.
permission-fact-sites = Sites

private-mail-subject = Your private time at work
private-mail-day =
    On { $day }, about { $minutes } minutes of your working time went to private pages. The school’s limit is { $limit } minutes a day.

    Only you have these figures now. You can see them and answer until { $due }. After that they go to the { $who }: { $link }
private-mail-week =
    In the week from { $day }, about { $minutes } minutes of your working time went to private pages. The school’s limit is { $limit } minutes a week.

    Only you have these figures now. You can see them and answer until { $due }. After that they go to the { $who }: { $link }
private-mail-handed-subject = Private time of staff
private-mail-handed =
    { $name } was over the school’s limit of private time and has had time to answer. The figures are here: { $link }
private-mail-answered =
    { $name } was over the school’s limit of private time and has answered. The figures and the answer are here: { $link }
