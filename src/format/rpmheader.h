/* One header of an rpm database: a table of tags over a block of data, big-endian, without the eight bytes of magic that it
 * has in a package file. Nothing is copied; every access is checked against the blob. */
#ifndef FORMAT_RPMHEADER_H
#define FORMAT_RPMHEADER_H

#include "base/op.h"

enum rpm_tag {
    RPM_NAME = 1000,
    RPM_VERSION = 1001,
    RPM_RELEASE = 1002,
    RPM_EPOCH = 1003,
    RPM_ARCH = 1022,
    RPM_OLDFILENAMES = 1027, /* whole paths, before directories had a table of their own */
    RPM_SOURCERPM = 1044,
    RPM_PROVIDENAME = 1047,
    RPM_REQUIREFLAGS = 1048,
    RPM_REQUIRENAME = 1049,
    RPM_REQUIREVERSION = 1050,
    RPM_PROVIDEVERSION = 1113,
    RPM_DIRINDEXES = 1116,
    RPM_BASENAMES = 1117,
    RPM_DIRNAMES = 1118,
    RPM_MODULARITYLABEL = 5096,
};

struct rpmheader {
    struct str index; /* entries of 16 bytes */
    struct str data;
};

/* The value of a tag with several strings, or numbers of 32 bits. */
struct rpmvalues {
    struct str bytes; /* from its first byte to the end of the data */
    uint32_t count;
};

/* RC_INVALID when the sizes do not fit the blob. */
MUST_USE enum rc rpmheader_open(struct op *op, struct str blob, struct rpmheader *ret);

/* Of a tag that occurs twice the later one counts: what was added after installation stands behind the signed region. All
 * give false when the tag is absent, of another type, or does not lie in the data. */
bool rpmheader_str(const struct rpmheader *h, enum rpm_tag tag, struct str *ret);
bool rpmheader_number(const struct rpmheader *h, enum rpm_tag tag, uint32_t *ret);
bool rpmheader_strings(const struct rpmheader *h, enum rpm_tag tag, struct rpmvalues *ret);
bool rpmheader_numbers(const struct rpmheader *h, enum rpm_tag tag, struct rpmvalues *ret);

/* The next string; false when count of them were taken, or the data ends within it. */
bool rpmvalues_next(struct rpmvalues *v, struct str *ret);

/* Number i, which must be below count. */
uint32_t rpmvalues_number(const struct rpmvalues *v, uint32_t i);

#endif
