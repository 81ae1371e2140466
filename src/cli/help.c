/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - what the command table looks like to a reader: --help, man page, completion, reference page. */
#include "cli/cli.h"

#include <string.h>

static void option_line(const tw_option *o, tw_buf *out)
{
    char head[64];
    (void)snprintf(head, sizeof head, "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
    tw_buf_printf(out, "  %-22s %s\n", head, o->help);
}

static void help_command(const tw_command *c, tw_buf *out)
{
    tw_buf_printf(out, "%s\n\nusage: tradewind %s%s%s [options]\n\noptions:\n", c->title, c->name,
                  c->positional[0] ? " " : "", c->positional);
    for (const tw_option *o = c->options; o && o->name; o++) option_line(o, out);
    for (const tw_option *o = tw_common_options(); o->name; o++) option_line(o, out);
    if (c->more) tw_buf_printf(out, "\n%s\n", c->more);
}

void tw_help(const tw_command *command, tw_buf *out)
{
    if (command) {
        help_command(command, out);
        return;
    }
    size_t n = 0;
    const tw_command *const *all = tw_commands(&n);
    tw_buf_printf(out,
                  "tradewind %s: from market data to a validated, served trading model\n\nusage: tradewind COMMAND "
                  "[arguments] [options]\n\ncommands:\n",
                  tw_version());
    for (size_t i = 0; i < n; i++) tw_buf_printf(out, "  %-15s %s\n", all[i]->name, all[i]->title);
    tw_buf_text(out, "\nFirst steps:\n  tradewind run examples/demo.yaml     the main job on a simulated market\n"
                     "  tradewind COMMAND --help             options of one command\n");
}

/* In roff a line must not start with a dot or quote, and '-' is a hyphen unless escaped. */
static void roff(tw_buf *out, const char *text)
{
    bool starts_line = true;
    for (const char *c = text; *c; c++) {
        if (starts_line && (*c == '.' || *c == '\'')) tw_buf_text(out, "\\&");
        starts_line = *c == '\n';
        if (*c == '-')
            tw_buf_text(out, "\\-");
        else if (*c == '\\')
            tw_buf_text(out, "\\e");
        else
            tw_buf_add(out, c, 1);
    }
}

static void man_option(const tw_option *o, tw_buf *out)
{
    tw_buf_text(out, ".TP\n\\fB");
    roff(out, "--");
    roff(out, o->name);
    tw_buf_text(out, "\\fR");
    if (o->arg) {
        tw_buf_text(out, " \\fI");
        roff(out, o->arg);
        tw_buf_text(out, "\\fR");
    }
    tw_buf_text(out, "\n");
    roff(out, o->help);
    tw_buf_text(out, "\n");
}

static void man_command(const tw_command *c, tw_buf *out)
{
    tw_buf_printf(out, ".SS tradewind %s%s%s\n", c->name, c->positional[0] ? " " : "", c->positional);
    roff(out, c->title);
    tw_buf_text(out, ".\n");
    for (const tw_option *o = c->options; o && o->name; o++) man_option(o, out);
    if (!c->more) return;
    tw_buf_text(out, ".PP\n.nf\n");
    roff(out, c->more);
    tw_buf_text(out, "\n.fi\n");
}

static const char examples[] = "tradewind run examples/demo.yaml\n"
                               "tradewind score out/demo/bundle \\-\\-in bars.csv \\-\\-last\n"
                               "tradewind serve out/demo/bundle \\-\\-port 8080 \\-\\-state sessions\n"
                               "tradewind data import bars.csv.gz \\-\\-out bars.twp \\-\\-rejects rejects.csv\n"
                               "tradewind features calc \\-\\-in bars.twp \\-\\-expr \"mom=close/lag(close,20)\\-1\"\n";

void tw_man_page(tw_buf *out)
{
    size_t n = 0;
    const tw_command *const *all = tw_commands(&n);
    tw_buf_printf(out,
                  ".TH TRADEWIND 1 \"\" \"tradewind %s\" \"User commands\"\n.SH NAME\ntradewind \\- from market data "
                  "to a validated, served trading model\n"
                  ".SH SYNOPSIS\n.B tradewind\n\\fICOMMAND\\fR [arguments] [options]\n.SH COMMON OPTIONS\n",
                  tw_version());
    for (const tw_option *o = tw_common_options(); o->name; o++) man_option(o, out);
    tw_buf_text(out, ".SH COMMANDS\n");
    for (size_t i = 0; i < n; i++) man_command(all[i], out);
    tw_buf_printf(out,
                  ".SH EXAMPLES\n.nf\n%s.fi\n.SH EXIT STATUS\n0 done, 1 failed, 2 misused (a wrong command line, name "
                  "or value), 130 interrupted.\n",
                  examples);
}

static void bash_options(const tw_option *options, tw_buf *out)
{
    for (const tw_option *o = options; o && o->name; o++) tw_buf_printf(out, " --%s", o->name);
}

/* First words of the commands, each once. */
static void bash_first_words(size_t n, const tw_command *const *all, tw_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        const size_t length = strcspn(all[i]->name, " ");
        const bool seen = i && !strncmp(all[i]->name, all[i - 1]->name, length + 1);
        if (!seen) tw_buf_printf(out, " %.*s", (int)length, all[i]->name);
    }
}

/* The first word of command i and, where there are, the second words of its family, as one branch of a case. */
static void bash_family(size_t n, const tw_command *const *all, size_t i, tw_buf *out)
{
    const size_t length = strcspn(all[i]->name, " ");
    if (!all[i]->name[length] || (i && !strncmp(all[i]->name, all[i - 1]->name, length + 1))) return;
    tw_buf_printf(out, "    2:%.*s) words=\"", (int)length, all[i]->name);
    for (size_t k = i; k < n && !strncmp(all[k]->name, all[i]->name, length + 1); k++)
        tw_buf_printf(out, " %s", all[k]->name + length + 1);
    tw_buf_text(out, "\" ;;\n");
}

static void bash_values_of_isa(tw_buf *out)
{
    tw_buf_text(out, "    if [ \"$before\" = --isa ]; then words=\"");
    for (int isa = TW_ISA_BEST; isa < TW_ISA_COUNT; isa++) tw_buf_printf(out, " %s", tw_isa_name((tw_isa)isa));
    tw_buf_text(out, "\"\n");
}

void tw_completion_bash(tw_buf *out)
{
    size_t n = 0;
    const tw_command *const *all = tw_commands(&n);
    tw_buf_text(out, "# bash completion of tradewind, made by 'tradewind completion'\n_tradewind()\n{\n    local "
                     "word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=\"\"\n"
                     "    case \"$COMP_CWORD:${COMP_WORDS[1]}\" in\n    1:*) words=\"");
    bash_first_words(n, all, out);
    tw_buf_text(out, " --help --version\" ;;\n");
    for (size_t i = 0; i < n; i++) bash_family(n, all, i, out);
    tw_buf_text(out, "    esac\n");
    bash_values_of_isa(out);
    tw_buf_text(out, "    elif [[ $word == -* && -z $words ]]; then\n        case \"${COMP_WORDS[1]} "
                     "${COMP_WORDS[2]}\" in\n");
    for (size_t i = 0; i < n; i++) {
        tw_buf_printf(out, "        \"%s%s words=\"", all[i]->name, strchr(all[i]->name, ' ') ? "\")" : " \"*)");
        bash_options(all[i]->options, out);
        bash_options(tw_common_options(), out);
        tw_buf_text(out, "\" ;;\n");
    }
    tw_buf_text(out, "        esac\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
                     "# Where nothing is offered, names of files are.\ncomplete -o default -F _tradewind tradewind\n");
}

void tw_cli_markdown(tw_buf *out)
{
    size_t n = 0;
    const tw_command *const *all = tw_commands(&n);
    tw_buf_text(out, "<!-- generated by 'make generate' from the command table; do not edit -->\n# The program\n\nExit "
                     "status: 0 done, 1 failed, 2 misused, 130 interrupted.\n\n"
                     "Options of every command:\n\n```\n");
    for (const tw_option *o = tw_common_options(); o->name; o++) option_line(o, out);
    tw_buf_text(out, "```\n");
    for (size_t i = 0; i < n; i++) {
        tw_buf_printf(out, "\n## tradewind %s%s%s\n\n%s.\n", all[i]->name, all[i]->positional[0] ? " " : "",
                      all[i]->positional, all[i]->title);
        if (all[i]->options && all[i]->options->name) {
            tw_buf_text(out, "\n```\n");
            for (const tw_option *o = all[i]->options; o->name; o++) option_line(o, out);
            tw_buf_text(out, "```\n");
        }
        if (all[i]->more) tw_buf_printf(out, "\n%s\n", all[i]->more);
    }
}
