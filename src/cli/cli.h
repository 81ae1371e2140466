/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - the program: one table of commands, from which come parsing, --help, the man page, completion and
 * docs/reference/cli.md. */
#ifndef TW_CLI_H
#define TW_CLI_H

#include "tradewind/base.h"

#include <stdio.h>

/* An option of a command. Without `arg` it is a switch. */
typedef struct tw_option {
    const char *name, *arg, *help;
} tw_option;

typedef struct tw_cli tw_cli;

/* A command: "run" or "data import". `more` is the text below the options in --help; `positional` as in "SPEC" or
 * "FILE...". */
typedef struct tw_command {
    const char *name, *positional, *title, *more;
    size_t least, most;       /* positional arguments */
    const tw_option *options; /* ends with {0} */
    tw_status (*run)(tw_cli *cli, tw_error *err);
} tw_command;

enum { TW_MAX_OPTIONS = 32, TW_MAX_POSITIONAL = 4096 };

/* A parsed command line and what it runs with. */
struct tw_cli {
    const tw_ctx *ctx;
    const tw_command *command;
    const char *value[TW_MAX_OPTIONS]; /* of the command's options, then of the common ones; NULL not given */
    const char **positional;
    size_t n_positional;
};

/* All commands in the order of --help; *n of them. */
const tw_command *const *tw_commands(size_t *n);
/* Options every command takes. */
const tw_option *tw_common_options(void);
/* Value of an option by name ("" for a switch that is given), NULL when not given. */
const char *tw_cli_value(const tw_cli *cli, const char *name);
/* Value of a whole-number option within bounds, or `preset`. */
tw_status tw_cli_integer(const tw_cli *cli, const char *name, int64_t preset, int64_t lo, int64_t hi, int64_t *out,
                         tw_error *err);
/* Runs a command line; the exit status: 0 done, 1 failed, 2 misused, 130 interrupted. */
int tw_cli_main(int argc, char **argv);

/* Text of --help: of the program (command NULL) or of one command. */
void tw_help(const tw_command *command, tw_buf *out);
/* The man page (roff), the completion script of bash, the reference page (Markdown). */
void tw_man_page(tw_buf *out);
void tw_completion_bash(tw_buf *out);
void tw_cli_markdown(tw_buf *out);

/* A bar with rate and time left on a terminal, lines elsewhere. */
typedef struct tw_bar {
    FILE *to;
    bool terminal, quiet, shown;
    char stage[64];
    int64_t started_ns, last_ns;
    int tenth; /* printed last */
} tw_bar;
void tw_bar_init(tw_bar *bar, FILE *to, bool quiet);
void tw_bar_update(void *bar, const char *stage, uint64_t done, uint64_t total, const char *note);
void tw_bar_end(tw_bar *bar);

#endif
