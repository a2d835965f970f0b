using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.WorkingDirectories;

/// <summary>`hutch push --watch`: the computer of an instrument, whose disk is freed while its cable and its server fail.</summary>
public sealed class WatchedFolderTests
{
    private const long BigBytes = 25_000_003;
    private const long StoppedAt = 10_000_000;

    private const long SmallBytes = 2_730_000;

    /// <summary>`await COMMAND` repeats a command until it is true; `watch` starts the program beside the test; `left N` counts files.</summary>
    private const string Functions =
        """
        await() { for i in $(seq 600); do if "$@"; then return; fi; sleep 0.1; done; echo "in vain: $*"; cat log/*; exit 97; }
        watch() {
            setsid sh -c 'echo $$ > pid; exec hutch push --watch epu --to run1 --quiet-for 1s --every 1s --remove-sent' >>log/out 2>>log/errors </dev/null &
        }
        left() { test "$(find epu -type f -not -path '*/.hutch/*' | wc -l)" = "$1"; }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_byte_arrives_though_server_and_client_are_killed_and_files_are_removed_only_once_they_are_stored()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine ada = await installation.AdminAsync(Ct);
        await using Relay relay = new(installation.Server.Address, StoppedAt);
        (await ada.RunAsync(["login", relay.Address.ToString()], await installation.Server.ReadAdminTokenAsync(Ct) + "\n", Ct)).AssertDone();
        await StepAsync(
            ada,
            $"""
            mkdir -p log epu/grid0 epu/grid1 epu/grid2; : > epu/empty; head -c {BigBytes} /dev/urandom > epu/big.mrc
            for i in $(seq 60); do head -c $((i * i * 37 + 1)) /dev/urandom > "epu/grid$((i % 3))/Grid Square $i ü.tif"; done
            ln -s /etc/passwd epu/link; cp -r epu kept; rm kept/link; watch
            """);
        await relay.Stopped.WaitAsync(Ct);
        await StepAsync(ada, "kill -KILL $(cat pid)");
        await installation.Server.KillAsync();
        relay.Cut();
        await StepAsync(ada, "diff -r --exclude .hutch --exclude link kept epu; watch; await grep -q 'waiting up to' log/errors; left 62");

        await using ServerProcess again = ServerProcess.Start(installation.Server.DataFolder, installation.Server.Address.Port);
        await again.WaitReadyAsync(Ct);
        await StepAsync(
            ada,
            """
            exec 9>>epu/live.log; echo begin >&9
            await left 1; await grep -q 'open in another program' log/errors; grep -q begin epu/live.log; echo end >&9; exec 9>&-; await left 0
            kill -TERM $(cat pid); gone() { ! kill -0 $(cat pid) 2>/dev/null; }; await gone; if grep -i 'exception\|   at ' log/errors; then exit 96; fi
            printf 'begin\nend\n' > kept/live.log; hutch clone run1 copy; diff -r --exclude .hutch kept copy
            """);

        // The small files, which the server had acknowledged before it was killed, were not sent again.
        Assert.InRange(relay.Carried, BigBytes, BigBytes + StoppedAt + (SmallBytes / 2));
    }

    private static async Task StepAsync(CommandLine person, string script) => (await person.RunShellAsync(Functions + "\n" + script, Ct)).AssertDone();
}
