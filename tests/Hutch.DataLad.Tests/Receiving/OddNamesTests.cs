using System.Text;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Receiving;

/// <summary>Names that git can have and a dataset cannot stay in git, and are said.</summary>
public sealed class OddNamesTests
{
    private const string Main = "refs/heads/main";

    /// <summary>Clients' case odd-names-out.</summary>
    [Fact]
    public async Task Names_in_another_form_of_Unicode_or_none_and_paths_that_are_too_long_are_kept_in_git_and_named()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId blob = pack.AddBlob("words");
        string nfd = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("e\u0301.txt"));
        ObjectId deep = pack.AddTree(("100644", "long.txt", blob));
        for (int i = 0; i < 11; i++)
        {
            deep = pack.AddTree(("40000", new string('d', 100), deep));
        }

        ObjectId tree = pack.AddTree(
            ("100644", "a.txt", blob), ("40000", "deep", deep), ("100644", nfd, blob), ("100644", "\u00e9\u00ff.txt", blob));
        ObjectId commit = pack.AddCommit(tree);

        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, commit));
        string listing = (await server.RestAsync(HttpMethod.Get, $"datasets/{id}/tree")).GetProperty("items").GetRawText();

        Assert.Contains("ok " + Main, answer.Text, StringComparison.Ordinal);
        Assert.Contains("e\u0301.txt", answer.Text, StringComparison.Ordinal);
        Assert.Contains("long.txt", answer.Text, StringComparison.Ordinal);
        Assert.Contains("a.txt", listing, StringComparison.Ordinal);
        Assert.DoesNotContain("e\u0301.txt", listing, StringComparison.Ordinal);
        Assert.Contains(tree, (await server.FetchAsync(id, commit)).Keys);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_are_two_files()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "A.txt", pack.AddBlob("large")), ("100644", "a.txt", pack.AddBlob("small"))));

        await server.PushAsync(id, pack, (Main, default, commit));

        Assert.Equal("large", await server.ReadAsync(id, "A.txt"));
        Assert.Equal("small", await server.ReadAsync(id, "a.txt"));
    }
}
