# Answering alerts: taking them up, passing them on, closing them, drills, and how often each rule was right.

alert-nobody = nobody, this is a drill
alert-drill = Drill
alert-drill-tag = Drill: nothing has happened
alert-drill-what = This is a drill. It tests that somebody is told in time and takes it up. No child is concerned.
alert-drill-title = Try it out
alert-drill-about =
    A drill sends a pretend alert to those on the rota, in the same way as a real one. It is marked as a drill, and it is
    in no figures but its own.
alert-drill-press = Start a drill
alert-drill-subject = DRILL: please answer this pretend alert
alert-drill-text =
    This is a drill. Nothing has happened, and no child is concerned. Please open it and take it up, as you would a real
    alert: the school sees how fast somebody answers.
done-alert-drill = The drill has begun. Mails go out within seconds.

# A message to the school's own address (a chat, a telephone), where it names no child.
alert-message-subject = Usher: please look at a new alert (grade { $severity } of 5)
alert-message-drill = Usher: DRILL – please answer the pretend alert
alert-message-text = { $school }, { $when }. Who and what is in Usher: { $link }

alert-mail-passed-on =
    This comes to you because nobody has taken the alert up within { $minutes } minutes.
alert-mail-program =
    A program read the words and thinks they may worry. Programs are often wrong: please look for yourself.

alert-severity-1 = 1 of 5, counted only
alert-severity-2 = 2 of 5, for the weekly report
alert-severity-3 = 3 of 5, look this week
alert-severity-4 = 4 of 5, look today
alert-severity-5 = 5 of 5, look now

alert-program-title = A reading by a program
alert-program = { $theme }: the program is { $percent } % sure
alert-program-text =
    No list had these words. A program on this server compared them with sentences people wrote. It is often wrong, it has
    stopped nothing. What follows is for you to say.
alert-before = Just before
alert-after = Just after
alert-held = This waits until { $time }, because of the school’s quiet hours.
alert-passed-on = Nobody had taken it up, so { $name } was told, { $time }.

alert-close-title = Close this alert
alert-close-press = Close the alert
field-alert-acted = What was done?
field-alert-outcome = What came of it?
field-alert-outcome-hint = If nothing was done, say why.
field-alert-verdict = Was it right to tell you?
field-alert-verdict-hint = Your answer counts towards how good this rule is.
alert-acted-talked = Somebody talked with the person
alert-acted-told-home = Parents or carers were told
alert-acted-referred = It is in the school’s safeguarding record
alert-acted-case = A case was opened here
alert-acted-changed-filter = A page or a list was changed
alert-acted-nothing = Nothing was done
alert-verdict-useful = Yes, somebody had to look
alert-verdict-not-useful = No, nobody had to look
alert-verdict-wrong-person = It was about the wrong person
alert-needs-acted = Choose what was done.
alert-needs-verdict = Say whether it was right to tell you.
alert-needs-outcome = Write what came of it. If nothing was done, write why.
alert-outcome-long = This is too long. Write at most 2,000 letters; more can go into a case.
alert-closed-already = Somebody has closed it meanwhile.
alert-closed-by = Closed by { $name }, { $time }
alert-ended = How it ended
alert-reopen = Open it again
done-alert-closed = The alert is closed. You can open it again on this page.
done-alert-reopened = The alert is open again.

## How often each rule was right

accuracy-title = How good are the alerts?
accuracy-text =
    Everybody who closes an alert says whether it was right to tell them. These figures come from that. Drills are not in
    them.
accuracy-speed =
    { $count } alerts were taken up. Half of them within { $median }; the slowest took { $worst }. Nobody has taken up
    { $waiting } yet.
accuracy-no-speed = No alert has been taken up yet. Waiting: { $waiting }.
accuracy-seconds =
    { $count ->
        [one] one second
       *[other] { $count } seconds
    }
accuracy-minutes =
    { $count ->
        [one] one minute
       *[other] { $count } minutes
    }
accuracy-rules = By what raised them
accuracy-none = No alert has been raised yet.
accuracy-words = Words on the list: { $theme }
accuracy-program = A program’s reading: { $theme }
accuracy-share = Right in { $percent } of 100, by { $judged } answers.
accuracy-no-share = Nobody has answered yet.
accuracy-counts = Raised { $raised }, useful { $useful }, not useful { $useless }, wrong person { $wrong }
accuracy-advice-too-few = Too few answers to advise.
accuracy-advice-keep = Keep it.
accuracy-advice-retire = It is right too seldom: think about retiring it.
accuracy-trial =
    Tried on the school’s past: without it, { $missed } useful alerts would have been missed and { $spared } useless ones
    spared.
accuracy-is-retired = Retired
accuracy-reason = Why?
accuracy-retire = Retire it
accuracy-restore = Use it again
done-accuracy-retired = It raises no more alerts. Its words stay in the weekly report. You can use it again here.
done-accuracy-restored = It raises alerts again.
done-accuracy-needs-reason = Nothing was changed. Please write why.
accuracy-drills = Drills
accuracy-no-drills = There has been no drill yet.
accuracy-drill-answered = { $time }: { $name } answered after { $after }.
accuracy-drill-open = { $time }: nobody has answered.

## Health: who reads searches

health-reading = Reading of searches
health-reading-lists = Searches are read by Usher’s word lists alone. Words that are on no list raise no alert.
health-reading-do = IT support can add a program that reads further, on this server: usher detect fetch. It is free.
health-reading-found =
    Word lists and a program on this server ({ $program }) read searches. It has read { $read } since the start and missed
    { $missed }.
health-reading-missed-do = Some searches were read by the word lists alone, because too many came at once. A faster server helps.

## Spot checks

spot-checks-title = What do the alerts miss?
spot-checks-text =
    Once a week, somebody who is told of alerts looks at 20 searches by pupils that raised none. They are drawn by chance and
    shown without names. What should have been an alert becomes one. The words of the others are not kept.
spot-checks-misses =
    { $looked } searches without an alert were looked at so far. { $missed ->
        [0] None of them
        [one] One of them
       *[other] { $missed } of them
    } should have been an alert. Of a thousand such searches that is likely { $least } to { $most }.
spot-checks-none-yet = Nobody has looked yet at searches that raised no alert, so nobody knows what the alerts miss.
spot-checks-due = A week has gone by since the last one.
spot-checks-begin = Begin a spot check
spot-checks-go-on = Go on with the spot check that is open
spot-checks-past = Spot checks so far
spot-check-title = A spot check
spot-check-span =
    From { $from } to { $until }, pupils made { $count ->
        [0] no searches
        [one] one search
       *[other] { $count } searches
    } that raised no alert.
field-overlooked = Should somebody have been told?
field-overlooked-hint = These were drawn by chance. Tick every search that worries you. If none does, tick none.
spot-check-empty = There were no such searches in this time.
spot-check-then = Each search you tick becomes an alert, with the name of the pupil, for those who are told of alerts.
spot-check-finish = I have looked at all of them
spot-check-ended =
    { $name }, { $day }: looked at { $looked }, { $missed ->
        [0] none was missed.
        [one] one was missed, and became an alert.
       *[other] { $missed } were missed, and became alerts.
    }
done-spot-check-done = The spot check is done. What you ticked has become an alert.
done-spot-check-open = A colleague has begun a spot check. You can go on with it.
today-spot-check = Searches that raised no alert are due for a look
today-spot-check-go = Go to the spot checks
