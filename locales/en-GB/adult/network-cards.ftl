# New network cards on the school's network.

cards-title = New things on the network
cards-text = Every network card has an address. Usher writes down when it first sees one that the list of devices does not know. Say what it is: yours, asked for, or neither.
cards-search = Address, device or name
cards-search-do = Search
cards-waiting = Waiting for you
cards-none-waiting = No new card is waiting.
cards-others = Seen before
cards-none-others = No other cards have been written down.
cards-more = Only the newest 100 of each list are shown. Search to find older ones.
cards-seen = First seen at { $address }, { $time }
cards-say = Say what it is
cards-ours = Ours: { $device }
cards-asked-for = Asked for
cards-not-ours = Not ours
cards-said-by = { $name }, { $day }
cards-leads = See the permission or the case
cards-do-ours = It is ours
cards-do-ours-press = Put it on the list of devices
field-card-name = What is written on it?
field-card-name-hint = For example: PC-14. A device of this name that is on the list gets this card.
card-name-taken = The device of this name has another card. Write another name.
cards-do-leave = Somebody has permission
cards-do-leave-press = Link the permission
field-card-leave = Which permission?
cards-no-leave = No permission is in force that fits.
cards-do-not-ours = It is not ours
cards-do-not-ours-press = Open a case
field-card-details = What do you know about it?
field-card-details-hint = For example: where it was plugged in, and whether it has been taken off.
cards-case = Network card { $card } at { $address }
cards-made-up = Made-up addresses
cards-made-up-text = Phones and laptops often make up an address, and a new one after a while. These say nothing about who it is, so they are only counted.
cards-made-up-count = { $count ->
    [one] one address
   *[other] { $count } addresses
}
cards-none-made-up = None have been counted.
cards-reach = Usher sees only what is on the same part of the network as its own computer, only addresses of the older kind (IPv4), and only on Linux. What is behind a router or on the guest Wi-Fi is not seen.
done-card-said = Noted.
done-card-said-before = Somebody has said already what it is.
card-mail-subject = Something new is on the school’s network
card-mail-text =
    { $count ->
        [one] Usher has seen a network card for the first time, and the list of devices does not know it:
       *[other] Usher has seen { $count } network cards for the first time, and the list of devices does not know them:
    }

    { $cards }

    Say what it is: { $link }
