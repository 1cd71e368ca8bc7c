# The desk: what a policy would have done with the requests of the last seven days.

replay-title = What it would have done last week
replay-text = Every request of the last seven days is decided again with this policy, with the lists and permissions of its own moment. Nothing changes for anybody.
replay-go = See what it would have done last week (opens in a new tab)
replay-begin = Try it on the last seven days
replay-again = Try it again
replay-begun = It is being tried now.
replay-busy = Another policy is being tried. Wait until it is done, then press again.
replay-running =
    { $count ->
        [0] It is being tried now.
        [one] One request looked at so far.
       *[other] { $count } requests looked at so far.
    }
replay-progress = Trying the policy
replay-look = See how far it is
replay-failed = The recorded requests cannot be read. The health page says what is wrong.
replay-period = From { $from } to { $until }
replay-cut = Only the first { $count } requests were looked at.
replay-requests =
    { $count ->
        [one] request looked at
       *[other] requests looked at
    }
replay-same =
    { $count ->
        [one] comes out as it did
       *[other] come out as they did
    }
replay-blocked = would be shut
replay-allowed = would be open
replay-blocked-title = What would be shut and was open
replay-blocked-none = Nothing that was open would be shut.
replay-allowed-title = What would be open and was shut
replay-allowed-none = Nothing that was shut would be open.
replay-never-read =
    { $count ->
        [one] One of them was never read, because it was refused. What it says may still shut it.
       *[other] { $count } of them were never read, because they were refused. What they say may still shut them.
    }
replay-column-who = Who
replay-column-what = About
replay-column-count = Requests
replay-no-kind = Nothing we have a name for
replay-sites = The sites asked for most
replay-times =
    { $count ->
        [one] once
       *[other] { $count } times
    }
replay-unknown-title = What cannot be told
replay-not-decrypted =
    { $count ->
        [one] One request was not opened for reading then, and would be now.
       *[other] { $count } requests were not opened for reading then, and would be now.
    }
replay-not-kept =
    { $count ->
        [one] For one request the lists of then are not kept any more.
       *[other] For { $count } requests the lists of then are not kept any more.
    }
