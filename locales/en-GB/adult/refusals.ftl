# Why something was not done. Say what happened, what was kept, and what to do.

refusal-reason-needed = Please say why, in a few words.
refusal-end-needed = Please choose an end that is still to come.
refusal-too-long = That is longer than the school allows. Choose an earlier end.
refusal-nobody-attached = Every staff account belongs to one person. Choose whose it is.
refusal-username-taken = Somebody already has this user name. Choose another.
refusal-username-odd = A user name has letters, numbers, dots and hyphens, and no spaces.
refusal-password-weak = This password does not meet the school’s rule yet.
refusal-agreement-changed = The agreement changed while you were reading. Here is the new one; nothing was signed.
refusal-check-wrong = That is not the right answer yet. Have another look and try again.
refusal-name-differs = Please type your own name, as it is shown above.
refusal-not-discussed = Please tick that you talked it through together.
refusal-already-so = This was already done, so nothing was changed.
refusal-gone = This is not there any more. Go back and look again.
refusal-nothing-to-open = Opening the page would not help: what was kept back is kept back for what it is. Say no, in words that help.
refusal-not-yours = Somebody else decides this. Files are released by the technician or the computing lead; pages are opened by a leader.
refusal-sealed = Nobody in the school can open this page. It is on a list that is sealed.
refusal-address-odd = That does not look like a web address. Write it like encyclopaedia.example/volcanoes.
refusal-too-wide = That stands for the sites of many people at once, such as everything ending in .com. Write one site, like encyclopaedia.example.
refusal-list-unchecked = Tick that you have checked these pages before you use the list.
refusal-not-in-this-school = The school’s settings do not allow this.
refusal-name-needed = Please write the name that is on it.
refusal-conflict = Somebody else changed this at the same moment. Here is how it is now; please try again.
