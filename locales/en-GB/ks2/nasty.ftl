# Someone sent me something nasty: do not answer, keep a copy, block, tell.

nasty-title = Someone sent me something nasty
nasty-opening = You did nothing wrong. Do these four things.
nasty-step-1 = Do not answer.
nasty-step-2 = Keep a copy. You can take a picture of the screen.
nasty-step-3 = Block the person who sent it. A grown-up can help you.
nasty-step-4 = Tell us here. A grown-up will come to you.
nasty-never = Can you see someone with no clothes on? Then do not copy it and do not send it. Just tell us.
nasty-words = What happened? Who sent it?
nasty-words-hint = You can leave this empty if you have a copy.
nasty-copy = Your copy
nasty-copy-hint = A picture, a PDF or a text. The headteacher will look at it.
nasty-send = Send it
nasty-got = I got a nasty message.
nasty-shows = A copy that the pupil kept
nasty-nothing = Write a few words, or choose your copy.
nasty-too-large = This copy is too big. Take a picture of the screen and choose that.
nasty-nobody-keeps = We have told a grown-up. We could not keep your copy here, so show it to them.
nasty-thanks-title = Thank you for telling
nasty-thanks-text = You did the right thing. A grown-up knows now and will come to you.
