# Alerts to the people in the school who act on them. A mail says who, what and when; the rest is read in Usher.

alert-mail-footer =
    Read more and say that you have seen to it: { $link }

    This mail was written by Usher, { $school }’s web filter. The words themselves are in Usher, for those who may read
    them. Please do not forward this.

alert-grave-words = Worrying words
alert-sealed-page = A page on a list of illegal pages
alert-sealed-hidden = A page on a list of illegal pages. Its address is not shown. Do not look for it.
alert-turned = A page that was open already, and was shut in the middle
alert-grave-blocks = Trying again and again for pages that are not for school
alert-leaving = Something was about to be sent that should not leave the school
alert-overlooked = A search that should have raised an alert
alert-overlooked-subject = Please look today: a search by { $who }
alert-overlooked-text =
    { $who } searched for something ({ $when }) that raised no alert. A colleague found it in a spot check and thinks that
    somebody should look.
alert-malware = A download that would have harmed the computer
alert-many-blocks = Many pages kept shut in a few minutes
alert-wrong-passwords = Wrong passwords until the account rested
alert-two-places = Signed in at two devices at once

alert-grave-words-subject = Please look now: worrying words, { $who }
alert-grave-words-text =
    { $who } searched for, or opened a page with, words that should not wait ({ $when }).
    { $count ->
        [one] It was once.
       *[other] It was { $count } times.
    }

alert-sealed-page-subject = Please look now: a page on a list of illegal pages, { $who }
alert-sealed-page-text =
    { $who } asked for a page on a list of illegal pages ({ $when }). It was kept shut. It may have been an accident. Do not
    search for it, and do not ask the child to show you. Follow your school’s child protection procedures.

alert-grave-blocks-subject = Please look today: { $who } tried { $count } times for pages that are not for school
alert-grave-blocks-text =
    { $who } tried { $count } times in a short while for pages of a kind that is kept shut ({ $when }). Every try was
    stopped.

alert-leaving-subject = Please look today: something { $who } was about to send
alert-leaving-text =
    { $who } was about to send something that the school’s rules keep in, or that speaks against the school
    ({ $when }). It may be somebody’s name or phone number, unkind words, or a form to buy or join something.

alert-malware-subject = A harmful download was stopped for { $who }
alert-malware-text =
    { $who } was about to get a file that would have harmed the computer ({ $when }). It was stopped. Please ask where the
    link came from: others may have it too.

alert-many-blocks-subject = { $who } met { $count } block pages in a few minutes
alert-many-blocks-text =
    { $who } met { $count } block pages in a few minutes ({ $when }). It may be a page that needs opening, a game, or a
    child who needs help.

alert-wrong-passwords-subject = An account rests after wrong passwords at { $who }
alert-wrong-passwords-text =
    At { $who } the wrong password was typed until the account rested ({ $when }). Usher shows whose account it was and
    who had last signed in there.

alert-two-places-subject = { $who } is signed in at two devices
alert-two-places-text =
    { $who } is signed in at two devices at the same time ({ $when }). Somebody else may know the password.

## The filter itself was off

alert-filter-off = The web filter stopped
alert-the-filter = Usher itself
alert-filter-off-subject = Please look: the web filter stopped
alert-filter-off-footer =
    While the filter is off, devices that use it reach nothing on the web.

    Read more and say that you have seen to it: { $link }

    This mail was written by Usher, { $school }’s web filter. Please do not forward this.
filter-off-stopped =
    Usher was switched off from { $from } until { $until }. It was asked to stop, and it stopped in good order. If you
    did not expect this, ask who looks after the server.
filter-off-crashed =
    Usher stopped without being asked. The last sign of it was at { $from }, and it worked again at { $until }. It may
    have been a power cut or a fault. Please look at the server.
filter-off-disk-full =
    The filter has let nothing through since { $from }. The disk is full, so Usher cannot write down what happens. Please
    make room on the disk; the filter then starts again by itself.
filter-off-disk-broken =
    The filter has let nothing through since { $from }. Usher cannot write on its disk. Please look at the server’s disk.
filter-off-not-listening =
    The filter has let nothing through since { $from }. The part that takes requests has ended. Please start Usher again.

## What was found in what somebody sent, or in a page or file

alert-phrase = { $theme }: “{ $phrase }”
found-was-leaving = It was about to send: { $kinds }. Usher kept it back.
found-left = It sent: { $kinds }
found-whose = Whose it is: { $names }
found-whose-count =
    { $count ->
        [one] It is about one person of the school.
       *[other] It is about { $count } people of the school.
    }
found-says = What it was kept shut for: { $phrases }
found-within = Where it was found inside the file: { $path }
