# The monitoring plan: in which ways web use is watched where, what is not seen, and what is done about it.

monitoring-title = Monitoring plan
monitoring-lead = Who watches web use, where and how; what nobody sees; and what the school does about it.
monitoring-usher-web-log = In this plan Usher is the web log and nothing else. It runs on no pupil’s or adult’s device, and never counts as software on the device.
monitoring-changed = Last changed { $when }.
monitoring-not-begun = Nobody has written this plan yet.
monitoring-places = Rooms and groups
monitoring-places-text = There are three ways to watch web use, and none is enough alone: people see what a log does not, a log sees what people miss, and software on the device sees what never passes the school.
monitoring-column-place = Room or group
monitoring-way-in-person = People in the room
monitoring-way-web-log = Web log
monitoring-way-device = Software on the device
monitoring-by-usher = Usher’s log, read by the school
monitoring-software = { $product } ({ $whose })
monitoring-not-so = No
monitoring-unsaid = The plan says nothing about this yet.
monitoring-class-gone = A class that is gone
monitoring-watch-title = How a room or group is watched
monitoring-watch-go = Add a room or group
monitoring-watch-change = Change
monitoring-watch-keep = Keep this
monitoring-leave-out = Take it out of the plan
monitoring-nothing-watched = Please choose at least one way.
monitoring-place-room = Room: { $name }
monitoring-limits = What is not seen
monitoring-limits-text = This list comes with Usher. It cannot be made shorter. Each line needs a word on what the school does instead.
monitoring-column-limit = What is not seen
monitoring-column-answer = What the school does
monitoring-column-who = Who answers for it
monitoring-no-answer = Nothing is written yet.
monitoring-again = To be looked at again by { $day }
monitoring-overdue = Should have been looked at by { $day }
monitoring-open = { $count ->
    [0] The school has an answer to each.
    [one] One has no answer yet.
   *[other] { $count } have no answer yet.
}
monitoring-answer-title = What the school does about it
monitoring-answer-go = Write what is done
monitoring-answer-keep = Keep this
monitoring-limit-not-decrypted = Encrypted pages that are not read
monitoring-limit-not-identified = Use with nobody signed in
monitoring-limit-shared = Who it was under a shared sign-in
monitoring-limit-guests = Guests’ devices
monitoring-limit-live-content = What is said live: chats, games, live films, answers a program makes up
monitoring-limit-pictures = What pictures, sound and films show
monitoring-limit-apps = Apps that do not work like a browser
monitoring-limit-offline = What is done without the web
monitoring-limit-own-connection = Phones on their own connection
monitoring-limit-off-site = Devices away from school
monitoring-limit-unattended = Nights, weekends and holidays
monitoring-fact-not-measured = Nothing has passed in the last 28 days, so there is no share to tell.
monitoring-fact-not-decrypted = { $percent }% of what passed in the last 28 days was not read: only the site’s name is known. The policy leaves out { $sections ->
    [one] one section
   *[other] { $sections } sections
} of Usher’s list, { $categories ->
    [one] one category
   *[other] { $categories } categories
}, { $sites ->
    [one] one site
   *[other] { $sites } sites
} and { $groups ->
    [0] no group of people
    [one] one group of people
   *[other] { $groups } groups of people
}.
monitoring-fact-not-identified = { $percent }% of what passed in the last 28 days had nobody signed in.
monitoring-fact-shared = { $percent }% of what passed in the last 28 days was under a sign-in that several children share. { $years ->
    [0] No year group shares one.
    [one] One year group shares one.
   *[other] { $years } year groups share one.
}
monitoring-fact-guests-read = Guests’ pages are read where their device trusts the school’s certificate; other devices get no page. { $devices ->
    [0] No guest’s device was seen lately.
    [one] One guest’s device was seen lately.
   *[other] { $devices } guests’ devices were seen lately.
}
monitoring-fact-guests-none = The policy has no group for guests: they get no page. { $devices ->
    [0] No guest’s device was seen lately.
    [one] One guest’s device was seen lately.
   *[other] { $devices } guests’ devices were seen lately.
}
monitoring-fact-guests-unread = The policy does not decrypt what guests do: the site is known, not the page. { $devices ->
    [0] No guest’s device was seen lately.
    [one] One guest’s device was seen lately.
   *[other] { $devices } guests’ devices were seen lately.
}
monitoring-fact-live-content = Pages are read as they load; { $groups ->
    [0] no group is
    [one] one group or set is
   *[other] { $groups } groups or sets are
} judged by the words on them. What is said over a connection that stays open (WebSocket) passes unread.
monitoring-fact-pictures = None: what pictures show is never looked at. No program here looks at pictures, sound or film. Searching is strict for { $strict } of { $groups } groups, and searching for pictures is shut or kept to lessons for { $shut }.
monitoring-fact-apps = Apps are told by the sites they ask. { $groups ->
    [0] An app that refuses the school’s certificate is stopped.
    [one] For one group, an app that refuses the school’s certificate is let through unread for an hour.
   *[other] For { $groups } groups, an app that refuses the school’s certificate is let through unread for an hour.
}
monitoring-fact-offline = Typing in a document, a photo that is taken, a file from a stick: none of it passes Usher.
monitoring-fact-own-connection-never = The school’s rules let nobody use their own device, and Usher cannot see a phone that uses mobile data.
monitoring-fact-own-connection-by-permit = The school’s rules let people use their own device with leave. A phone on mobile data is never seen.
monitoring-fact-own-connection-guest-network = People’s own devices use a guest network. A phone on mobile data is never seen.
monitoring-fact-off-site = Away from school nothing is watched. { $devices ->
    [0] No device is lent out now.
    [one] One device is lent out now.
   *[other] { $devices } devices are lent out now.
}
monitoring-fact-off-site-tunnel = Away from school only devices in the school’s tunnel are watched: { $tunnelled } of { $devices }.
monitoring-fact-unattended = Alerts are sent by mail at any hour. Usher cannot know that somebody reads them.
monitoring-fact-unattended-quiet = In the quiet hours only the gravest alerts are sent. Usher cannot know that somebody reads them.
monitoring-grid = What is seen of which device
monitoring-grid-text = Made from the policy in force, the register of devices and the last 28 days. Nobody typed it.
monitoring-column-device = Device
monitoring-column-count = How many
monitoring-column-seen = What is seen
monitoring-column-last = Last seen
monitoring-column-filtered = Filtered
monitoring-column-logged = Logged
monitoring-column-decrypted = Decrypted
monitoring-column-identified = Whose it is
monitoring-column-unseen = Not seen
monitoring-device-managed = The school’s, in its rooms
monitoring-device-class-set = The school’s, shared: class sets and trolleys
monitoring-device-lent = The school’s, lent out
monitoring-device-own = People’s own devices
monitoring-device-guest = Guests’ devices
monitoring-device-unknown = Nobody knows whose
monitoring-devices = { $count ->
    [0] None
    [one] One, { $seen } seen in the last 92 days
   *[other] { $count }, { $seen } seen in the last 92 days
}
monitoring-seen-today = Seen today
monitoring-unseen-since = Not seen since { $day }
monitoring-unseen = Not seen in the last { $days } days
monitoring-filtered = Everything that goes through the gateway
monitoring-filtered-in-school = In school, everything that goes through the gateway; away from school, nothing
monitoring-logged = Each request is logged
monitoring-logged-in-school = In school, each request is logged; away from school, none
monitoring-decrypted-nothing = Nothing is read: the policy leaves guests out
monitoring-decrypted-share = { $percent }% was not read
monitoring-nothing-passed = Nothing passed in 28 days
monitoring-identified-share = { $nobody }% had nobody signed in, { $shared }% a shared sign-in
monitoring-systems = Devices and operating systems
monitoring-systems-text = Usher is a gateway only. It puts nothing on any device, so each is covered alike, for what goes through the gateway and for nothing else.
monitoring-column-system = System
monitoring-column-covered = How it is covered
monitoring-system-windows = Windows
monitoring-system-windows-text = Gateway only. Browsers and most apps use the proxy that is set for the computer.
monitoring-system-macos = macOS
monitoring-system-macos-text = Gateway only. Browsers and most apps use the proxy that is set for the network.
monitoring-system-chromeos = ChromeOS
monitoring-system-chromeos-text = Gateway only. Android apps on it may refuse the school’s certificate.
monitoring-system-ipados = iPadOS and iOS
monitoring-system-ipados-text = Gateway only. Some of Apple’s own services refuse the school’s certificate and are not read.
monitoring-system-android = Android
monitoring-system-android-text = Gateway only. Most apps do not trust a certificate that was added, and are stopped or not read.
monitoring-system-linux = Linux
monitoring-system-linux-text = Gateway only. Programs with certificates of their own must be told of the school’s.
monitoring-system-other = Televisions, consoles, printers, watches
monitoring-system-other-text = Gateway only, and only where a proxy and a certificate can be set. Others have no web.
monitoring-pdf = Download as a PDF
monitoring-csv = Download as a table (CSV)
field-monitoring-place = Room or group
field-monitoring-in-person = People in the room
field-monitoring-in-person-hint = Who watches, and how. Leave it empty where nobody does.
field-monitoring-web-log = Web log
field-monitoring-web-log-tick = Usher’s log is read by somebody for this room or group
field-monitoring-product = Software on the device: its name
field-monitoring-product-hint = What another maker sells. Usher is not such software. Leave it empty where there is none.
field-monitoring-whose = Who bought it, and who reads what it says
field-monitoring-what = What the school does instead
field-monitoring-who = Who answers for it
field-monitoring-next = Look at it again by
field-monitoring-next-hint = Within a year.
done-monitoring-kept = The plan is changed.
monitoring-day-missing = Please give a day.
monitoring-day-odd = Please give a day to come, within a year.
refusal-not-on-devices = Usher is not software on a device. Please name the product that is.
today-monitoring = { $count ->
    [one] One thing nobody sees needs a new look
   *[other] { $count } things nobody sees need a new look
}
today-monitoring-go = Look at the plan
monitoring-column-fact = What is so of it here
monitoring-column-again = To be looked at again by
monitoring-no-tunnel = The school has no tunnel (VPN) for devices away from school.
monitoring-tunnels = Devices away from school come back through the school’s tunnel with these addresses: { $ranges }.
off-site-title = Devices away from school
off-site-text = Away from school, Usher sees nothing of a device, unless it comes back through the school’s tunnel (VPN) and uses the gateway as at school. Then the same rules hold, and each request has its line.
off-site-go = Say which addresses the tunnel has
off-site-keep = Keep this
off-site-odd = Please write ranges like 10.99.0.0/16.
field-off-site-tunnels = Addresses of the tunnel
field-off-site-tunnels-hint = Ranges like 10.99.0.0/16. Leave it empty where there is no tunnel.
field-off-site-why = Why
field-off-site-why-hint = It goes into the journal.
done-off-site-kept = The addresses of the tunnel are kept.
equipment-away-unwatched = Not watched off site
equipment-away-tunnel = Watched off site through the school’s tunnel
monitoring-shared = Shared sign-ins and devices used by many
monitoring-shared-text = What is done under these cannot be tied to one child by the sign-in alone. A sign-in of each child’s own, or a class that says who has which device, ties it to them.
monitoring-untold = Of all that passed in 28 days: { $share }.
monitoring-column-shared = Account or device
monitoring-account-year = An account that all of { $year } share
monitoring-accounts-none = No account stands for more than one person.
monitoring-of-many-none = At no device on the register was anything done by nobody or by several people.
term-changes-title = What we changed after each term
term-changes-text = What is found on the web should change what the school does. After each term, the head or the safeguarding lead writes down what followed.
term-changes-due = Nobody has written yet what was changed after { $term }.
term-changes-new = Write what we changed
term-changes-none = Nothing is written yet.
term-changes-term = { $term }: { $first } to { $last }
term-changes-themes = Found most
term-changes-theme = { $theme } ({ $count })
term-changes-no-themes = Nothing of concern was found.
term-changes-stays = It stays as it is written.
term-changes-keep = Keep it
field-term-changed = What we changed
field-term-changed-hint = In the policy, in lessons, for staff or for parents. If nothing, say why.
done-term-change-kept = What was changed is written down.
today-term-change = What did we change after { $term }?
today-term-change-go = Write it down
