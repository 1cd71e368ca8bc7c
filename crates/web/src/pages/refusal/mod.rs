//! The pages that stand in for one that is not for school, for four readers, and those that say why a site cannot be
//! shown. They are served under the other site's address, so they carry their style inside and ask for nothing.
