# Laptops and what was given out. Passwords themselves are nowhere.

place-laptops = Laptops
place-sites = Parents’ sites

laptops-title = Staff laptops
laptops-lapse = Every half-term each holder chooses a new password. The next half-term begins on { $date }.
laptops-no-lapse = This school does not ask for new passwords every half-term.
laptops-no-terms = Every half-term each holder chooses a new password. The school’s calendar has no half-term to come: ask for the terms to be entered.
laptops-none = No laptop is lent to a member of staff. Lend one from the person’s page.
laptops-holder = Holder
laptops-disk = Disk password given
laptops-disk-given = I gave one of its own
laptops-issued = { $date }, by { $name }
laptops-changed = Laptop password changed
laptops-due = Due by { $date }
laptops-changed-now = The holder changed it
laptops-no-passwords = This list says that a password was given or changed. The password itself is written nowhere.
laptops-lent = Lent for today
laptops-not-lent-here = This school’s settings do not allow lending a laptop for part of a day.
laptops-none-lent = No laptop is lent for part of a day.
laptops-lent-until = { $name }, until { $time }
laptops-end = End it now
laptops-lend = Lend it
field-laptop = Laptop
field-borrower = To whom
field-borrower-hint = They sign in with their own name and password. At the end they are signed out.
field-lent-until = Until
done-laptop-noted = Noted.
done-laptop-lent = Lent. At the end they are signed out there.
done-laptop-lending-ended = The lending has ended.

sites-title = Parents’ sign-ins at other sites
sites-text = Which parents have a sign-in at a site outside the school where class news is shared.
sites-none = No parent has a sign-in at another site.
sites-parent = Parent or carer
sites-site = Site
sites-given = Given
sites-back = Taken back
sites-ended = Taken back on { $date }
sites-give = Note it
sites-no-parent = No parent has this name. Type first and last name as under People.
sites-many-parents = Several parents have this name. Add what tells them apart to their names under People first.
field-parent-known = Parent or carer
field-parent-known-hint = First and last name
field-site = Site
done-site-given = Noted.
done-site-taken-back = Noted. Remember to close the sign-in at the site itself.

today-laptops = { $count ->
    [one] One laptop waits for a new password
   *[other] { $count } laptops wait for a new password
}
today-laptops-text = Every half-term each holder chooses a new one.
today-laptops-go = See the laptops
