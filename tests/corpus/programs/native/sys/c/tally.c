#include <stddef.h>
#include <stdint.h>

struct tally { int64_t sum; double mean; uint8_t parity; };

static int calls;
int tally_version = 7;

/* Returned in memory, as it is larger than two registers. */
struct tally tally_of(const int32_t *values, size_t n, int64_t (*map)(void *, int32_t), void *context) {
    struct tally t = {0, 0.0, 0};
    for (size_t i = 0; i < n; i++) t.sum += map(context, values[i]) * STEP;
    t.mean = n ? (double)t.sum / (double)n : -1.0;
    t.parity = (uint8_t)(t.sum & 1);
    calls++;
    return t;
}

int tally_calls(void) { return calls; }
