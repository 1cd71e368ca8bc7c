# The portal, for children of five to seven.

agreement-whole = See all the rules
