using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.WorkingDirectories;

/// <summary>`hutch push --every`: a loop that runs for days beside whoever writes the files.</summary>
public sealed class PushLoopTests
{
    /// <summary>`await COMMAND` repeats a command until it is true.</summary>
    private const string Functions =
        """
        await() { for i in $(seq 600); do if "$@"; then return; fi; sleep 0.1; done; echo "in vain: $*"; cat ../log/out ../log/errors; exit 97; }
        cd data
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_loop_sends_each_change_survives_a_server_outage_and_stops_cleanly_on_SIGTERM()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine ada = await installation.AdminAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir data log; cd data; hutch init --name looped; echo one > one
            setsid sh -c 'echo $$ > ../log/pid; exec hutch push --every 1s' >../log/out 2>../log/errors </dev/null &
            """,
            Ct)).AssertDone();
        await StepAsync(ada, "await grep -q 'Snapshot @1' ../log/out; echo two > two; await grep -q 'Snapshot @2' ../log/out");
        await installation.Server.KillAsync();
        await StepAsync(ada, "echo three > three; await grep -q 'not answer\\|cannot be reached\\|refused' ../log/errors; kill -0 $(cat ../log/pid)");

        await using ServerProcess again = ServerProcess.Start(installation.Server.DataFolder, installation.Server.Address.Port);
        await again.WaitReadyAsync(Ct);
        await StepAsync(ada, "await grep -q 'Snapshot @3' ../log/out; hutch list; test \"$(hutch log | grep -c '@')\" = 3");
        await StepAsync(
            ada,
            """
            kill -TERM $(cat ../log/pid)
            gone() { ! kill -0 $(cat ../log/pid) 2>/dev/null; }
            await gone
            if grep -i 'exception\|   at ' ../log/errors; then exit 96; fi
            test -z "$(hutch diff)"; echo four > four; hutch push; cd ..; hutch clone looped copy; diff -r --exclude .hutch data copy
            """);
    }

    private static async Task StepAsync(CommandLine person, string script) => (await person.RunShellAsync(Functions + "\n" + script, Ct)).AssertDone();
}
