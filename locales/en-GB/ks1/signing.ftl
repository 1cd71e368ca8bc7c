# Signing together, for children of five to seven.

together-signed-of = { $signed } of { $asked } said yes
together-done = yes!
together-until = It ends at { $time }.
together-finish = We are done
done-together-signed = Well done! Who is next?
