using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.WorkingDirectories;

/// <summary>A push of a large file whose program is killed in the middle.</summary>
public sealed class KilledPushTests(SharedServer shared)
{
    private const long FileBytes = 96L << 20;
    private const long KilledAt = 50L << 20;
    private const long UnderWay = 8L << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_kill_in_the_middle_of_a_large_file_the_next_push_sends_only_what_the_server_does_not_have()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        await using Relay relay = new(ada.Server.Address, KilledAt);
        (await ada.RunAsync(["login", relay.Address.ToString()], await ada.Server.ReadAdminTokenAsync(Ct) + "\n", Ct)).AssertDone();
        (await ada.RunShellAsync(
            $"""
            mkdir data; cd data; head -c {FileBytes} /dev/urandom > large; hutch init --name killed
            setsid hutch push >../out 2>&1 </dev/null & echo $! > ../pid
            """,
            Ct)).AssertDone();
        await relay.Stopped.WaitAsync(Ct);
        (await ada.RunShellAsync("kill -KILL $(cat pid)", Ct)).AssertDone();
        relay.Cut();
        long before = relay.Carried;

        (await ada.RunShellAsync("cd data; hutch push; cd ..; hutch clone killed copy; cmp data/large copy/large; cd copy; hutch verify", Ct)).AssertDone();

        // What came is kept, also of the extent in the middle, less what was on its way through the server when the connection broke. The
        // relay stops after the piece with which its limit is reached, so a little more than that has come.
        Assert.InRange(relay.Carried - before, FileBytes - before, FileBytes - KilledAt + UnderWay);
    }
}
