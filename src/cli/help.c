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
    for (const char *c = text; *c; c++) {
        if (*c == '-')
            tw_buf_text(out, "\\-");
        else if (*c == '\\')
            tw_buf_text(out, "\\e");
        else
            tw_buf_add(out, c, 1);
        if (*c == '\n' && (c[1] == '.' || c[1] == '\'')) tw_buf_text(out, "\\&");
    }
}

static void man_option(const tw_option *o, tw_buf *out)
{
    tw_buf_text(out, ".TP\n\\fB");
    roff(out, "--");
    roff(out, o->name);
    tw_buf_text(out, "\\fR");
    if (o->arg) tw_buf_printf(out, " \\fI%s\\fR", o->arg);
    tw_buf_text(out, "\n");
    roff(out, o->help);
    tw_buf_text(out, "\n");
}

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
    for (size_t i = 0; i < n; i++) {
        tw_buf_printf(out, ".SS tradewind %s %s\n", all[i]->name, all[i]->positional);
        roff(out, all[i]->title);
        tw_buf_text(out, ".\n");
        for (const tw_option *o = all[i]->options; o && o->name; o++) man_option(o, out);
        if (!all[i]->more) continue;
        tw_buf_text(out, ".PP\n.nf\n");
        roff(out, all[i]->more);
        tw_buf_text(out, "\n.fi\n");
    }
    tw_buf_text(out, ".SH EXIT STATUS\n0 done, 1 failed, 2 misused, 130 interrupted.\n");
}

static void bash_options(const tw_option *options, tw_buf *out)
{
    for (const tw_option *o = options; o && o->name; o++) tw_buf_printf(out, " --%s", o->name);
}

void tw_completion_bash(tw_buf *out)
{
    size_t n = 0;
    const tw_command *const *all = tw_commands(&n);
    tw_buf_text(out, "# bash completion of tradewind, made by 'tradewind completion'\n_tradewind()\n{\n    local "
                     "cur=${COMP_WORDS[COMP_CWORD]} words\n"
                     "    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    for (size_t i = 0; i < n; i++) {
        const bool family = strchr(all[i]->name, ' ') != NULL;
        tw_buf_printf(out, "    \"%s\"%s) words=\"", all[i]->name, family ? "" : "\\ *");
        bash_options(all[i]->options, out);
        bash_options(tw_common_options(), out);
        tw_buf_text(out, "\" ;;\n");
    }
    tw_buf_text(out, "    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"");
    for (size_t i = 0; i < n; i++) {
        const size_t length = strcspn(all[i]->name, " ");
        const bool seen = i && !strncmp(all[i]->name, all[i - 1]->name, length + 1);
        if (!seen) tw_buf_printf(out, " %.*s", (int)length, all[i]->name);
    }
    tw_buf_text(out, "\"; fi\n    if [ \"$COMP_CWORD\" -eq 2 ]; then case \"${COMP_WORDS[1]}\" in\n");
    for (size_t i = 0; i < n; i++)
        if (strchr(all[i]->name, ' '))
            tw_buf_printf(out, "    %.*s) words=\"$words %s\" ;;&\n", (int)strcspn(all[i]->name, " "), all[i]->name,
                          strchr(all[i]->name, ' ') + 1);
    tw_buf_text(out, "    *) ;;\n    esac; fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- "
                     "\"$cur\"))\n}\ncomplete -F _tradewind tradewind\n");
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
        if (all[i]->more) tw_buf_printf(out, "\n```\n%s\n```\n", all[i]->more);
    }
}
