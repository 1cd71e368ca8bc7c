# Mails about permissions whose time is over.

lapse-subject = Over: { $what }
lapse-text =
    This permission ended on { $until }: { $what }

    Whatever it opened is shut again. If it is still needed, ask anew: { $link }
