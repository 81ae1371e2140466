/* SPDX-License-Identifier: Apache-2.0 */
/* cli.c - parses a command line against the command table and runs it. */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TW_COMMAND(name) extern const tw_command tw_command_##name;
#include "cli/commands.def"
#undef TW_COMMAND

static const tw_command *const commands[] = {
#define TW_COMMAND(name) &tw_command_##name,
#include "cli/commands.def"
#undef TW_COMMAND
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

const tw_command *const *tw_commands(size_t *n)
{
    *n = N_COMMANDS;
    return commands;
}

static const tw_option common[] = {
    {"jobs", "N", "threads to use; 0 means all cores (default 0)"},
    {"isa", "NAME", "instruction set: best, baseline, avx2 or avx512 (default best)"},
    {"quiet", NULL, "no progress on standard error"},
    {"help", NULL, "show this help"},
    {0},
};

const tw_option *tw_common_options(void) { return common; }

static size_t count_options(const tw_option *options)
{
    size_t n = 0;
    while (options && options[n].name) n++;
    return n;
}

/* Slot of an option in tw_cli.value, or SIZE_MAX. */
static size_t find_option(const tw_command *command, const char *name, size_t length, const tw_option **found)
{
    const size_t n = count_options(command->options), m = count_options(common);
    for (size_t i = 0; i < n + m; i++) {
        const tw_option *o = i < n ? &command->options[i] : &common[i - n];
        if (strlen(o->name) == length && !memcmp(o->name, name, length)) {
            *found = o;
            return i;
        }
    }
    return SIZE_MAX;
}

const char *tw_cli_value(const tw_cli *cli, const char *name)
{
    const tw_option *o;
    const size_t slot = find_option(cli->command, name, strlen(name), &o);
    return slot == SIZE_MAX ? NULL : cli->value[slot];
}

tw_status tw_cli_integer(const tw_cli *cli, const char *name, int64_t preset, int64_t lo, int64_t hi, int64_t *out,
                         tw_error *err)
{
    const char *text = tw_cli_value(cli, name);
    *out = preset;
    if (!text) return TW_OK;
    if (!tw_parse_int64(text, strlen(text), out) || *out < lo || *out > hi)
        return tw_fail(err, TW_BAD_VALUE, "--%s must be an integer in [%lld, %lld], got '%s'", name, (long long)lo,
                       (long long)hi, text);
    return TW_OK;
}

static tw_status unknown_option(const tw_command *command, const char *name, tw_error *err)
{
    const char *names[TW_MAX_OPTIONS + 1] = {0};
    const size_t n = count_options(command->options), m = count_options(common);
    for (size_t i = 0; i < n + m && i < TW_MAX_OPTIONS; i++)
        names[i] = i < n ? command->options[i].name : common[i - n].name;
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "%s has no option --%s%s%s%s", command->name, name,
                   near ? "; did you mean '--" : "", near ? near : "", near ? "'?" : "");
}

/* One "--name value", "--name=value" or switch; *i moves past what it used. */
static tw_status parse_option(tw_cli *cli, int argc, char **argv, int *i, tw_error *err)
{
    const char *name = argv[*i] + 2, *equals = strchr(name, '=');
    const size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const tw_option *o = NULL;
    const size_t slot = find_option(cli->command, name, length, &o);
    if (slot == SIZE_MAX) return unknown_option(cli->command, name, err);
    if (!o->arg) {
        if (equals) return tw_fail(err, TW_BAD_VALUE, "--%s takes no value", o->name);
        cli->value[slot] = "";
    } else if (equals) {
        cli->value[slot] = equals + 1;
    } else {
        if (*i + 1 >= argc) return tw_fail(err, TW_BAD_VALUE, "--%s needs a value, %s", o->name, o->arg);
        cli->value[slot] = argv[++*i];
    }
    return TW_OK;
}

static tw_status parse_arguments(tw_cli *cli, int argc, char **argv, int from, tw_error *err)
{
    bool options = true;
    for (int i = from; i < argc; i++) {
        if (options && !strcmp(argv[i], "--"))
            options = false;
        else if (options && !strcmp(argv[i], "-h"))
            cli->value[find_option(cli->command, "help", 4, &(const tw_option *){0})] = "";
        else if (options && !strncmp(argv[i], "--", 2))
            TW_TRY(parse_option(cli, argc, argv, &i, err));
        else
            cli->positional[cli->n_positional++] = argv[i];
    }
    if (tw_cli_value(cli, "help")) return TW_OK;
    const tw_command *c = cli->command;
    if (cli->n_positional < c->least)
        return tw_fail(err, TW_BAD_VALUE, "%s needs %s; see 'tradewind %s --help'", c->name, c->positional, c->name);
    if (cli->n_positional > c->most)
        return tw_fail(err, TW_BAD_VALUE, "%s: '%s' is one argument too many", c->name, cli->positional[c->most]);
    return TW_OK;
}

/* The command whose words start argv; *used counts them. A family alone ("data") is not a command. */
static const tw_command *find_command(int argc, char **argv, int *used)
{
    for (int words = 2; words >= 1; words--) {
        if (argc < 1 + words) continue;
        char name[128];
        const int length = words == 2 ? snprintf(name, sizeof name, "%s %s", argv[1], argv[2])
                                      : snprintf(name, sizeof name, "%s", argv[1]);
        if (length < 0 || (size_t)length >= sizeof name) continue;
        for (size_t i = 0; i < N_COMMANDS; i++)
            if (!strcmp(commands[i]->name, name)) {
                *used = words;
                return commands[i];
            }
    }
    return NULL;
}

/* "one of: data import, ..." for the name of a family alone; false when there is none of that name. */
static bool print_family(const char *family, const char *const *names)
{
    const size_t length = strlen(family);
    size_t n = 0;
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (!strncmp(names[i], family, length) && names[i][length] == ' ')
            fprintf(stderr, "%s%s", n++ ? ", " : "tradewind: one of: ", names[i]);
    if (n) fprintf(stderr, "\n");
    return n > 0;
}

static int unknown_command(int argc, char **argv)
{
    char got[128];
    const char *names[N_COMMANDS + 1] = {0};
    for (size_t i = 0; i < N_COMMANDS; i++) names[i] = commands[i]->name;
    if (print_family(argv[1], names)) return 2;
    (void)snprintf(got, sizeof got, argc > 2 && argv[2][0] != '-' ? "%s %s" : "%s", argv[1], argc > 2 ? argv[2] : "");
    const char *near = tw_did_you_mean(got, names);
    if (!near) near = tw_did_you_mean(argv[1], names);
    fprintf(stderr, "tradewind: no command '%s'%s%s%s\n", got, near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "; see 'tradewind --help'");
    return 2;
}

static void print_help(const tw_command *command, FILE *to)
{
    tw_buf text;
    tw_buf_init(&text, NULL);
    tw_help(command, &text);
    if (text.data) (void)fputs(text.data, to);
    tw_buf_clear(&text);
}

typedef struct progress_state {
    tw_bar bar;
    bool stopped;
} progress_state;

static void end_signals(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGINT);
    (void)sigaddset(set, SIGTERM);
}

/* Ctrl-C is blocked in every thread and looked for here: no handler, no global, and long calls stop at a clean place.
 * After the first one this thread lets them in again, so that a second one ends the program at once. */
static bool interrupted(void *arg)
{
    progress_state *state = arg;
    sigset_t set;
    const struct timespec at_once = {0};
    if (state->stopped) return true;
    end_signals(&set);
    if (sigtimedwait(&set, NULL, &at_once) < 0) return false;
    state->stopped = true;
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return true;
}

static void on_progress(void *arg, const char *stage, uint64_t done, uint64_t total, const char *note)
{
    tw_bar_update(&((progress_state *)arg)->bar, stage, done, total, note);
}

static void block_signals(void)
{
    sigset_t set;
    end_signals(&set);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static int report_failure(tw_status status, const tw_error *err)
{
    if (status == TW_CANCELLED) {
        fprintf(stderr, "tradewind: %s\n",
                err->message[0] ? err->message : "stopped; what was finished is kept, run the same command to go on");
        return 130;
    }
    fprintf(stderr, "tradewind: %s\n", err->message[0] ? err->message : tw_status_text(status));
    return status == TW_BAD_NAME || status == TW_BAD_VALUE || status == TW_BAD_SYNTAX ? 2 : 1;
}

static tw_status open_context(const tw_cli *cli, tw_ctx *ctx, tw_error *err)
{
    int64_t jobs;
    const char *isa = tw_cli_value(cli, "isa");
    TW_TRY(tw_cli_integer(cli, "jobs", 0, 0, 1024, &jobs, err));
    if (isa) TW_TRY(tw_isa_parse(isa, &ctx->isa, err));
    return tw_pool_new((int)jobs, &ctx->pool, err);
}

static int run_command(const tw_cli *cli)
{
    progress_state state = {.stopped = false};
    tw_error err = {{0}};
    tw_bar_init(&state.bar, stderr, tw_cli_value(cli, "quiet") != NULL);
    const tw_progress progress = {.update = on_progress, .cancelled = interrupted, .arg = &state};
    tw_ctx ctx = {.progress = &progress};
    block_signals(); /* before the pool, whose threads take over the mask */
    tw_status status = open_context(cli, &ctx, &err);
    if (status == TW_OK) {
        tw_cli run = *cli;
        run.ctx = &ctx;
        status = run.command->run(&run, &err);
    }
    tw_bar_end(&state.bar);
    tw_pool_free(ctx.pool);
    return status == TW_OK ? 0 : report_failure(status, &err);
}

int tw_cli_main(int argc, char **argv)
{
    int used = 0;
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        print_help(NULL, argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (!strcmp(argv[1], "--version")) argv[1] = (char[]){"version"};
    tw_cli cli = {.command = find_command(argc, argv, &used)};
    if (!cli.command) return unknown_command(argc, argv);
    cli.positional = tw_new(NULL, (size_t)argc, sizeof *cli.positional);
    tw_error err = {{0}};
    tw_status status =
        cli.positional ? parse_arguments(&cli, argc, argv, 1 + used, &err) : tw_no_memory(&err, "the command line");
    int code = 0;
    if (status != TW_OK)
        code = report_failure(status, &err);
    else if (tw_cli_value(&cli, "help"))
        print_help(cli.command, stdout);
    else
        code = run_command(&cli);
    tw_free(NULL, cli.positional);
    return code;
}
