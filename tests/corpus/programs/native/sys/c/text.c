#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

int text_format(char *to, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return n;
}

_Thread_local int text_shouted;

void text_shout(char *text) {
    for (; *text; text++) { *text = (char)toupper((unsigned char)*text); text_shouted++; }
}

/* Defined by the program. */
extern int program_answer(int question);
int text_ask(int question) { return program_answer(question) + 1; }
