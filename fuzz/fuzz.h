/* What every fuzz target offers: libFuzzer calls it with its own inputs, the replay driver with the tests' cases. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Of the first byte, how many values pick something different; 0: the first byte is input like any other. */
extern const unsigned fuzz_entries;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
