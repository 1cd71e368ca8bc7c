# By whose membership the lists of illegal content are used.

members-title = Whose lists of illegal content
members-text = The bodies that keep these lists give them to members alone. Write down who is the member, so that the school can show it. It is not enough that a list is here, or that somebody is a member: both are needed.
member-title = Membership
member-title-of = Membership: { $category }
member-write = Write it down
member-keep = Keep it
member-kept = The list of { $body } is here. Member: { $holder }, until { $date }.
member-above = The list of { $body } is used by a filter above Usher, as written down here. Usher cannot try that. Member: { $holder }, until { $date }.
member-no-list = { $holder } is a member of { $body } until { $date }, but the list is not here. IT support puts the member’s copy in.
member-over = The membership of { $holder } in { $body } ended on { $date }.
member-none-written = The list is here, and nobody wrote down whose membership gives it.
member-nothing = There is no list and no membership.
member-reference = Reference: { $reference }
member-used-here = In Usher
member-used-above = In a filter between Usher and the internet
member-used-needed = Please say where the list is used.
field-member-body = Who keeps the list
field-member-body-hint = For illegal images of children in the UK, the Internet Watch Foundation; for terrorist material, the Counter-Terrorism Internet Referral Unit.
field-member-holder = Who is the member
field-member-holder-hint = The school, its trust, the authority, or whoever supplies the filter above.
field-member-reference = Reference of the membership
field-member-until = Until when it lasts
field-member-used = Where the list is used
done-member-kept = It is written down.
place-members = Whose lists
