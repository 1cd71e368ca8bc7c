# A mail that says that there is something, and not what.

news-mail-subject = { $school }: something new for you at the desk
news-mail-text = There is something new for you at the desk. For safety, this mail says nothing more about it. See it here: { $link }

unopened-report-subject = Nobody has opened the weekly report of { $day }
unopened-report-text =
    The weekly report of worrying words was made on { $day }. Nobody it went to has opened it since. That is why it comes to you.

    It lists { $count ->
        [0] nothing to look at, which is worth knowing too
        [one] one thing to look at
       *[other] { $count } things to look at
    }. Please open it: { $link }
