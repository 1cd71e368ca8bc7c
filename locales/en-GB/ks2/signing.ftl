# Signing together, for children of seven to eleven.

together-signed-of = { $signed } of { $asked } have signed
together-done = signed
done-together-signed = Thank you. Who is next?
