# Signing with others: pages of the portal, and what is printed.

report-how-together = On a shared device, with an adult

slips-cover = Agreement slips: { $class }
slips-cover-text = One page for each child follows. Tick each name when its slip is back. Please ask for them by { $by }.
slips-cover-none = Nothing is missing in this class, so there are no slips to print.
slips-code = Code
slips-code-alt = A square code that says { $code }
slips-code-hint = For the school office. The code says nothing about your child.
slips-line = { $class } · version { $version } · { $school }
slips-text = Please read the agreement together, sign here, and send this page back to the school office by { $by }. You can sign online instead.
slips-discussed = We talked about these rules together.
slips-child = The child
slips-parent-name = Name of parent or carer
slips-child-name = Child’s name
slips-child-signature = Child’s own name or mark

certificate-of-signing = Certificate of a signature
certificate-lead = { $name } signed:
certificate-verify = To ask whether this is true, type the code at { $place }.

together-code-title = Sign together
together-code-text = For the adult: start “Sign together” at the staff desk for your class. Then type the code it shows.
together-code = Code
together-code-hint = Twelve letters and numbers
together-begin = Start
together-code-unknown = This code is not good, or not any more. Start again at the staff desk for a new one.
paper-code-wrong = A letter is wrong or missing. A code has twelve letters and numbers, like 4F7K-Q2AB-9XMD.
asked-too-often = That was tried too often from this device. Please wait ten minutes.
together-signed-of = { $signed } of { $asked } have signed
together-done = signed
together-until = This page closes by itself at { $time }.
together-finish = We have finished
done-together-signed = Signed. The next one, please.

verify-title = Is this certificate true?
verify-text = Type the code of a certificate. You will see the initials, the version and the day, and nothing else.
verify-code = Code
verify-code-hint = Twelve letters and numbers
verify-ask = Ask
verify-unknown = No signature at this school has this code.
verify-true = True: { $initials } signed on { $day }.
verify-what = { $title }, version { $version }.
