using Hutch.Client.Fetch;

namespace Hutch.Client.Tests.Workspaces;

public sealed class LocalVerifyTests : WorkspaceTest
{
    [Fact]
    public async Task Every_byte_is_compared_with_what_the_server_says()
    {
        Server.Change(("changed", "1"), ("same", "22"), ("missing", "1"), ("lazy", "1"));
        await CloneAsync("clone");
        await DropAsync(Reopen("clone"), Folder["clone/lazy"]);
        File.Delete(Folder["clone/missing"]);
        Folder.Write("clone/new", "1");

        // A change that neither size nor times betray.
        DateTime before = File.GetLastWriteTimeUtc(Folder["clone/changed"]);
        Folder.Write("clone/changed", "2");
        File.SetLastWriteTimeUtc(Folder["clone/changed"], before);

        LocalVerifyOutcome outcome = await VerifyAsync();

        Assert.False(outcome.Ok);
        Assert.Equal((1L, 2L, 1L), (outcome.Same, outcome.Bytes, outcome.Placeholders));
        Assert.Equal(["changed"], outcome.Different);
        Assert.Equal(["missing"], outcome.Missing);
        Assert.Equal(["new"], outcome.Added);
    }

    [Fact]
    public async Task A_link_into_the_cache_is_read_through()
    {
        Server.Change(("a", "1"), ("b", "2"));
        await CloneAsync("clone", new CloneOptions { Cache = Folder["cache"] });

        Assert.True((await VerifyAsync()).Ok);
    }

    private async Task<LocalVerifyOutcome> VerifyAsync()
    {
        using HutchClient client = Server.Connect();
        return await new LocalVerifyEngine(client, Reopen("clone"), Progress).RunAsync(Cancel);
    }
}
