// libgit2's public headers, as Debian's libgit2-dev installs them (1.5 and later). `git2.h` leaves out what lies
// in `git2/sys`; of that, the rooms need the commit writer that takes object ids only.
#include <git2.h>
#include <git2/sys/commit.h>
#include <git2/sys/errors.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
