using System.Text;
using System.Text.Json;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Receiving;

/// <summary>What git knows nothing of stays with a file that a push leaves where it is.</summary>
public sealed class KeptAttributesTests
{
    private const string Main = "refs/heads/main";

    [Fact]
    public async Task A_file_that_a_push_leaves_as_it_is_keeps_its_time_type_and_metadata_and_one_that_it_changes_gets_new_ones()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true, ("changed.txt", "words"), ("text.txt", "words"));
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/key.bin", Encoding.UTF8.GetBytes("annexed"));
        await server.FixAsync(id);
        IReadOnlyDictionary<string, string> before = await EntriesAsync(server, id);
        ObjectId tip = await TipAsync(server, id);
        IReadOnlyDictionary<ObjectId, (ObjectKind Kind, byte[] Content)> objects = await server.FetchAsync(id, tip);
        var pack = new PackBuilder();
        ObjectId other = pack.AddBlob("other words");
        ObjectId tree = pack.AddTree(
            [
                .. GitTree.Parse(objects[GitHeaders.OfCommit(objects[tip].Content).Tree].Content).Select(entry => (
                    entry.Kind switch { GitEntryKind.Directory => "40000", GitEntryKind.Link => "120000", _ => "100644" },
                    entry.Text!, entry.Text == "changed.txt" ? other : entry.Id)),
            ]);

        GitAnswer answer = await server.PushAsync(id, pack, (Main, tip, pack.AddCommit(tree, tip)));
        IReadOnlyDictionary<string, string> after = await EntriesAsync(server, id);

        Assert.Contains("ok " + Main, answer.Text, StringComparison.Ordinal);
        Assert.Equal(before["key.bin"], after["key.bin"]);
        Assert.Equal(before["text.txt"], after["text.txt"]);
        Assert.Contains("text/plain", after["text.txt"], StringComparison.Ordinal);
        Assert.NotEqual(before["changed.txt"], after["changed.txt"]);
        Assert.Equal(["changed.txt", "key.bin", "text.txt"], after.Keys.Order(StringComparer.Ordinal));
    }

    private static async Task<IReadOnlyDictionary<string, string>> EntriesAsync(GitServer server, string id)
    {
        JsonElement listing = await server.RestAsync(HttpMethod.Get, $"datasets/{id}/tree");
        return listing.GetProperty("items").EnumerateArray().ToDictionary(
            static item => item.GetProperty("path").GetString()!, static item => item.GetRawText());
    }

    private static async Task<ObjectId> TipAsync(GitServer server, string id)
    {
        string refs = await server.RefsAsync(id);
        int at = refs.IndexOf(" " + Main, StringComparison.Ordinal);
        Assert.True(ObjectId.TryParse(Encoding.ASCII.GetBytes(refs[(at - 40)..at]), out ObjectId tip), refs);
        return tip;
    }
}
