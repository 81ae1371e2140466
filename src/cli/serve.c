/* SPDX-License-Identifier: Apache-2.0 */
/* serve.c - tradewind serve BUNDLE. */
#include "tradewind/serve.h"
#include "cli/cli.h"

#include <signal.h>
#include <string.h>

/* SIGINT and SIGTERM are blocked in every thread; this one waits for them. */
static void wait_for_end(void)
{
    sigset_t set;
    int got = 0;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigwait(&set, &got);
}

static tw_status serve(tw_cli *cli, tw_error *err)
{
    const char *state = tw_cli_value(cli, "state"), *port = tw_cli_value(cli, "port"),
               *address = tw_cli_value(cli, "address");
    tw_serve_options options;
    tw_server *server = NULL;
    TW_TRY(tw_params_parse(tw_serve_params(), "serve", tw_cli_value(cli, "set"), &options, err));
    if (port) TW_TRY(tw_params_set(tw_serve_params(), "serve", "port", port, &options, err));
    if (address) TW_TRY(tw_params_set(tw_serve_params(), "serve", "address", address, &options, err));
    TW_TRY(tw_server_start(cli->ctx, cli->positional[0], state ? state : "out/sessions", &options, &server, err));
    printf("listening on http://%s:%d\n", options.address, tw_server_port(server));
    (void)fflush(stdout);
    wait_for_end();
    tw_server_stop(server);
    printf("stopped; sessions are saved\n");
    return TW_OK;
}

static const tw_option options[] = {
    {"port", "N", "port to listen on; 0 takes any free one (default 8080)"},
    {"address", "IP", "address to bind (default 127.0.0.1)"},
    {"state", "DIR", "folder of live sessions (default out/sessions)"},
    {"set", "\"k=v ...\"", "threads, snapshot_every, fsync, ...: see 'tradewind describe serve'"},
    {0},
};

const tw_command tw_command_serve = {
    .name = "serve",
    .positional = "BUNDLE",
    .title = "Serve a bundle over HTTP: /ping, /invocations and live sessions",
    .more = "POST /v1/sessions/NAME/bars takes bars, GET .../scores answers; state survives a crash.\n"
            "Routes and bodies: docs/reference/server.md. Ctrl-C or SIGTERM saves all sessions and ends.",
    .least = 1,
    .most = 1,
    .options = options,
    .run = serve,
};
