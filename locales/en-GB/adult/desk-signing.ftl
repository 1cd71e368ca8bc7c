# Signing with others at the desk: slips, scans, a class on one device, reminders, certificates.

place-slips = Slips
place-paper = I have paper
place-together = Sign together

slips-title = Slips to print
slips-how = Each child whose agreement is not complete gets one page to take home. Printing again prints the same pages.
slips-no-classes = There are no classes with children yet.
slips-out = Out
slips-back = Back
slips-complete = All done
slips-print = Print slips

paper-title = I have paper
paper-by-code = Type the code
paper-by-scan = Or send a photo or a scan
field-code = Code on the slip
field-code-hint = Twelve letters and numbers, like 4F7K-Q2AB-9XMD. A hand scanner can type it for you.
field-files = Photos, scans or a PDF
field-files-hint = PNG, JPEG or PDF, 16 MB at most. You can choose many at once; each page finds its own child.
paper-find = Find the slip
paper-read = Read the slips
paper-kept = A picture of each slip is kept, encrypted, for those who may see signatures. It is deleted when the agreement is long over.
paper-code-unknown = No slip of this school has this code. Please check it, or print the slip again.
paper-no-file = Please choose a photo, a scan or a PDF first.

paper-read-title = What was read
paper-page = { $file }, page { $page }
paper-matched = { $count ->
    [one] One slip found
   *[other] { $count } slips found
}
paper-matched-none = No slip was found.
paper-to-enter = Look at it and enter it
paper-is-entered = Entered already
paper-not-read = { $count ->
    [one] One page was not read
   *[other] { $count } pages were not read
}
paper-more = Send more
paper-unread-too-large = It is larger than 16 MB. Please scan fewer pages at a time, or in grey.
paper-unread-other-kind = It is not a picture or a PDF. Please send PNG, JPEG or PDF.
paper-unread-damaged = It cannot be opened. Please scan it again and send it without a password.
paper-unread-too-many-pages = It has more than 64 pages. Please send it in two parts.
paper-unread-too-many-files = These were too many files at once. Please send this one again.
paper-unread-no-time = There was no time left for it. Please send it again by itself.
paper-unread-no-code = No code was found. Please lay the page flat and take it again, or type the code.
paper-unread-not-ours = Its code is not of a slip of this school. Please check that it is the right page.

paper-entry-title = A slip
paper-check = Tick what is on the slip, and choose who signed it.
paper-enter = Enter this slip
paper-entered = { $name } entered it on { $time }.
paper-signature = Signature { $number }
paper-overtaken = This slip is not good any more: the agreement changed in what matters, a new school year began, or the child signs another agreement now. Please print a new one.
paper-printed = Printed
paper-no-picture = There is no picture of this slip. Compare with the paper in your hand.
paper-picture = The slip of { $name }
paper-parent-other = Somebody else (type the name)
paper-parent-nobody = No parent signed
field-parent = Which parent or carer signed?
field-parent-name = Name of the parent or carer, if it is somebody else
field-discussed = Talking about it
field-discussed-tick = The slip says that they talked about it
field-child-signed = The child
field-child-signed-tick = The child signed
done-slip-entered = The slip is entered. What waited for it is open now.
done-slip-entered-waits = The slip is entered. A signature is still missing, so the child stays on the list of those who have still to sign.

together-title = Sign together
together-of = { $class } signs together
together-how = A class signs on one tablet or computer: each child taps their face, reads or hears the rules, answers one question and says “I will”.
together-mine = My class
together-type = On the children’s device open { $place } and type this code within 15 minutes:
together-at = The class signs at { $device }. It ends by itself at { $time }.
together-code-over = The code is no longer good. End this and start again.
together-witness = { $name } is there as the adult. It ends at { $time } at the latest.
together-long = { $count ->
    [one] It ends by itself after a minute.
   *[other] It ends by itself after { $count } minutes. Whoever is signed in at the device is signed out first.
}
together-look = Look again
together-end = End it now
together-open = Start
together-waiting = Not signed yet
together-all = Everybody has signed.
done-together-opened = Started. Type the code at the children’s device.
done-together-ended = It is over. You can start again for those who were away.

reminder-subject = { $school }: an agreement waits for you
reminder-child-text = The agreement for { $name } is not complete yet. Please sign it at { $place }, or send the paper slip back to the school office. If you have questions, ask the class teacher.
reminder-own-text = Dear { $name }, your agreement is not signed yet. Please sign it at { $place }, or at the school office.
reminder-last = { $name } reminded them on { $time }.
reminder-counts = By mail: { $mails }. On paper: { $papers }.
reminder-send = Remind them
reminder-slips = Print slips for those without mail
done-reminded = Reminded. Those whose parents have no mail address need a slip.

column-witness = With
signed-witness = { $name }, at the device { $device }
signature-certificate = Certificate
