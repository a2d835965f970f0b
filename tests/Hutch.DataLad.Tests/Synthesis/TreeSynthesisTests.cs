using Hutch.Contracts;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Synthesis;
using Hutch.DataLad.Tests.Support;
using Hutch.Datasets.Versions;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Zone.Authorization;

namespace Hutch.DataLad.Tests.Synthesis;

/// <summary>The trees of versions: made from nothing or from the version before, they are the same, and nothing is missing.</summary>
public sealed class TreeSynthesisTests
{
    private const int Versions = 25;
    private const int ChangesPerVersion = 4;

    private static readonly string[] Paths =
    [
        "a.bin", "a.txt", "a/b.bin", "a/b/c.txt", "a/b/d/e.bin", "b/x.bin", ".datalad/config", ".datalad/own", ".gitattributes", ".git/config",
        "z/.gitmodules", "z/y.bin", "a-b/c.bin", "a0",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_tree_made_from_the_version_before_is_the_one_made_from_nothing_and_all_of_it_is_given(int seed)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var random = new Random(seed);
        var there = new HashSet<string>();
        for (int version = 0; version < Versions; version++)
        {
            await ChangeAsync(server, id, random, there);
            await server.FixAsync(id);
        }

        Assert.True(DatasetId.TryParse(id, out DatasetId dataset));
        PermanentVersions kept = (await server.Repositories.KeptVersions.ListAsync(Caller.Anonymous, dataset, Ct)).Value;
        Assert.Equal(Versions, kept.Main.Count);
        var given = new Objects();
        VersionTree? before = null;
        foreach (SiteSnapshot snapshot in kept.Main)
        {
            var synthesis = new TreeSynthesis(
                server.Repositories.KeptVersions, new RuledEntries(server.Repositories.KeptVersions, new BlobIds(), kept.Dataset), dataset);
            var all = new Objects();
            VersionTree fromNothing = await synthesis.BuildAsync(snapshot.Root, all, Ct);
            before = before is null
                ? await synthesis.BuildAsync(snapshot.Root, given, Ct)
                : await synthesis.BuildNextAsync(before, snapshot.Root, given, Ct);

            Assert.Equal(fromNothing.Id, before.Id);
            Assert.Equal(
                fromNothing.Directories.OrderBy(static d => d.Key, StringComparer.Ordinal), before.Directories.OrderBy(static d => d.Key, StringComparer.Ordinal));
            Assert.Subset(given.Ids, all.Ids);
        }
    }

    /// <summary>Commits are cited, so that a release never makes another one of the same version. A failure here is never mended here.</summary>
    [Theory]
    [InlineData(1, "9184cae45a6c54b8960d8327c338c24f916e8c9f")]
    [InlineData(2, "0fc5511ef7413f4fbbc829296919b70fb6b780da")]
    public async Task The_tree_of_these_files_is_this_one_in_every_release(int rule, string expected)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        foreach (string path in new[] { ".datalad/config", ".gitattributes", "a.txt", "a/b.bin", "a-b/c.csv", "a0/deep/er.h5", "README", "umläut.md" })
        {
            await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", "the content of " + path);
        }

        using var program = new StringContent("#!/bin/sh\n");
        program.Headers.Add(HutchHeaders.Executable, "true");
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/bin/run", program);
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/large.txt", new string('x', ContentRule.MaxGitBytes + 1));
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/.gitmodules", "[submodule \"in\"]\n\tpath = in\n\turl = ./in\n");
        await server.FixAsync(id);

        Assert.True(DatasetId.TryParse(id, out DatasetId dataset));
        PermanentVersions kept = (await server.Repositories.KeptVersions.ListAsync(Caller.Anonymous, dataset, Ct)).Value;
        var entries = new RuledEntries(server.Repositories.KeptVersions, new BlobIds(), kept.Dataset with { GitRule = rule });
        VersionTree tree = await new TreeSynthesis(server.Repositories.KeptVersions, entries, dataset).BuildAsync(kept.Main[0].Root, new Objects(), Ct);

        Assert.Equal(expected, tree.Id.ToString());
    }

    private static async Task ChangeAsync(GitServer server, string id, Random random, HashSet<string> there)
    {
        for (int change = 0; change < ChangesPerVersion; change++)
        {
            string path = Paths[random.Next(Paths.Length)];
            bool clashes = there.Any(other => other.StartsWith(path + "/", StringComparison.Ordinal) || path.StartsWith(other + "/", StringComparison.Ordinal));
            if (there.Contains(path) && random.Next(2) == 0)
            {
                await server.RestAsync(HttpMethod.Delete, $"datasets/{id}/entries/{path}");
                there.Remove(path);
            }
            else if (!clashes)
            {
                await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", $"{random.Next(5)}");
                there.Add(path);
            }
        }
    }

    private sealed class Objects : IObjectSink
    {
        public HashSet<ObjectId> Ids { get; } = [];

        public bool Needs(ObjectId id) => !Ids.Contains(id);

        public void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content)
        {
            Assert.Equal(id, ObjectId.Compute(kind, content));
            Ids.Add(id);
        }
    }
}
