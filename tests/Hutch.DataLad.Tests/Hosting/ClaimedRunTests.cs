using System.Net;
using System.Text;
using System.Text.Json;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Hosting;

/// <summary>mission 8: runs that commits claim are in the lineage, apart from runs of Hutch, for callers with the right to read.</summary>
public sealed class ClaimedRunTests
{
    [Fact]
    public async Task Commits_of_datalad_run_are_claims_of_their_authors_in_the_lineage()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("claims", isPublic: false);
        var pack = new PackBuilder();
        ObjectId tree = pack.AddTree(("100644", "a.txt", pack.AddBlob("text")));
        ObjectId first = Add(pack, tree, 1, Message("First", """{"cmd": "one", "inputs": ["a.txt"], "outputs": []}"""));
        ObjectId garbage = Add(pack, tree, 2, Message("Garbage", "{{{{"), first);
        ObjectId side = Add(pack, tree, 3, Message("Side", "\"0123456789abcdef\""), first);
        ObjectId tip = Add(pack, tree, 4, "Merge", garbage, side);
        Assert.Contains("ok refs/heads/main", (await server.PushAsync(id, pack, ("refs/heads/main", default, tip))).Text, StringComparison.Ordinal);

        JsonElement lineage = await server.RestAsync(HttpMethod.Get, $"datasets/{id}/lineage");

        Assert.Equal(
            [($"{side}", "Side", null), ($"{first}", "First", "one")],
            lineage.GetProperty("claimed").EnumerateArray().Select(static one => (
                one.GetProperty("commit").GetString()!, one.GetProperty("message").GetString()!,
                one.TryGetProperty("command", out JsonElement command) ? command.GetString() : null)));
        JsonElement claimed = lineage.GetProperty("claimed")[1];
        Assert.Equal(("Ann O'Ther", $"datalad rerun {first}"), (claimed.GetProperty("author").GetString(), claimed.GetProperty("rerun").GetString()));
        Assert.Empty(lineage.GetProperty("runs").EnumerateArray());
        JsonElement runs = await server.RestAsync(HttpMethod.Get, $"runs?dataset={id}");
        Assert.Empty(runs.GetProperty("items").EnumerateArray());
    }

    private static ObjectId Add(PackBuilder pack, ObjectId tree, int second, string message, params ObjectId[] parents) => pack.Add(
        ObjectKind.Commit, Encoding.UTF8.GetBytes(
            $"tree {tree}\n{string.Concat(parents.Select(static parent => $"parent {parent}\n"))}author Ann O'Ther <ann@b> {second} +0100\n"
            + $"committer C <c@d> {second} +0100\n\n{message}\n"));

    private static string Message(string title, string record) =>
        $"[DATALAD RUNCMD] {title}\n\n=== Do not change lines below ===\n{record}\n^^^ Do not change lines above ^^^";
}
