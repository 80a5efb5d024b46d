/* The tables, one after the other. */
#include "flow/formats.h"

#include "catalog/catalog.h"
#include "source/source.h"
#include "version/version.h"

bool format_get(size_t i, struct format *ret)
{
    size_t k = 0;
    for (; sources[k]; k++)
        if (k == i) {
            *ret = (struct format){"source", sources[k]->name, sources[k]->help, NULL, 0};
            return true;
        }
    i -= k;
    for (k = 0; catalogers[k]; k++)
        if (k == i) {
            *ret = (struct format){"cataloger", catalogers[k]->name, catalogers[k]->help, catalogers[k]->paths, catalogers[k]->profiles};
            return true;
        }
    i -= k;
    for (k = 0; version_schemes[k]; k++)
        if (k == i) {
            *ret = (struct format){"version", version_schemes[k]->name, version_schemes[k]->help, version_schemes[k]->ecosystems, 0};
            return true;
        }
    return false;
}
