/* SPDX-License-Identifier: Apache-2.0 */
/* about.c - what the program says of itself: version, completion, man page, reference page. */
#include "cli/panels.h"

static tw_status version(tw_cli *cli, tw_error *err)
{
    (void)err;
    printf("tradewind %s (%s)\n", tw_version(), tw_isa_name(tw_isa_resolve(cli->ctx->isa)));
    return TW_OK;
}

const tw_command tw_command_version = {
    .name = "version", .positional = "", .title = "Print the version and the instruction set in use", .run = version};

static tw_status print_made(tw_cli *cli, void (*make)(tw_buf *out), tw_error *err)
{
    tw_buf text;
    tw_buf_init(&text, cli->ctx);
    make(&text);
    const tw_status status = tw_cli_out(cli, &text, err);
    tw_buf_clear(&text);
    return status;
}

static tw_status completion(tw_cli *cli, tw_error *err) { return print_made(cli, tw_completion_bash, err); }
static tw_status man(tw_cli *cli, tw_error *err) { return print_made(cli, tw_man_page, err); }
static tw_status reference(tw_cli *cli, tw_error *err) { return print_made(cli, tw_cli_markdown, err); }

static const tw_option out_option[] = {{"out", "FILE", "write there instead of standard output"}, {0}};

const tw_command tw_command_completion = {.name = "completion",
                                          .positional = "",
                                          .title = "Print the completion script of bash",
                                          .options = out_option,
                                          .run = completion};
const tw_command tw_command_man = {
    .name = "man", .positional = "", .title = "Print the man page (roff)", .options = out_option, .run = man};
const tw_command tw_command_reference = {.name = "reference",
                                         .positional = "",
                                         .title = "Print the reference of the program (Markdown)",
                                         .options = out_option,
                                         .run = reference};
