using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Receiving;

/// <summary>Pushes to one dataset at the same time: they exclude each other only where they move the same ref.</summary>
public sealed class ConcurrentPushTests
{
    private const string Main = "refs/heads/main";

    /// <summary>Clients' case 11.</summary>
    [Fact]
    public async Task Of_pushes_at_once_one_wins_and_the_others_change_nothing()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        (PackBuilder Pack, ObjectId Commit)[] pushes = [.. Enumerable.Range(0, 6).Select(n =>
        {
            var pack = new PackBuilder();
            return (pack, pack.AddCommit(pack.AddTree(("100644", $"{n}.txt", pack.AddBlob($"words {n}")))));
        })];

        GitAnswer[] answers = await Task.WhenAll(pushes.Select(push => server.PushAsync(id, push.Pack, (Main, default, push.Commit))));

        int winner = Array.FindIndex(answers, static answer => answer.Text.Contains("ok " + Main, StringComparison.Ordinal));
        Assert.Single(answers, static answer => answer.Text.Contains("ok " + Main, StringComparison.Ordinal));
        Assert.Contains($"{pushes[winner].Commit} {Main}", await server.RefsAsync(id), StringComparison.Ordinal);
        Assert.Equal($"words {winner}", await server.ReadAsync(id, $"{winner}.txt"));
    }

    /// <summary>Clients 1: jobs push at once to a dataset that the first of them makes.</summary>
    [Fact]
    public async Task Pushes_at_once_to_a_name_that_is_free_all_succeed_in_one_dataset()
    {
        await using GitServer server = await GitServer.StartAsync();
        string[] names = [.. Enumerable.Range(0, 8).Select(static n => $"refs/heads/job-{n}")];

        for (int round = 0; round < 3; round++)
        {
            string dataset = $"admin/new-{round}";
            (string Name, ObjectId Commit, GitAnswer Answer)[] pushes = await Task.WhenAll(names.Select(async name =>
            {
                var pack = new PackBuilder();
                ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob(name))));
                return (name, commit, await server.PushAsync(dataset, pack, (name, default, commit)));
            }));

            Assert.All(pushes, static push => Assert.Contains("ok " + push.Name, push.Answer.Text, StringComparison.Ordinal));
            string refs = await server.RefsAsync(dataset);
            Assert.All(pushes, push => Assert.Contains($"{push.Commit} {push.Name}\n", refs, StringComparison.Ordinal));
        }
    }

    /// <summary>Clients' case 13: hundreds of jobs of a cluster each push a branch of their own, and no script of theirs tries again.</summary>
    [Fact]
    public async Task Concurrent_pushes_of_different_refs_all_succeed_even_during_changes_through_other_doors()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var first = new PackBuilder();
        ObjectId start = first.AddCommit(first.AddTree(("100644", "a.txt", first.AddBlob("words"))));
        Assert.Contains("ok " + Main, (await server.PushAsync(id, first, (Main, default, start))).Text, StringComparison.Ordinal);
        string[] names =
        [
            .. Enumerable.Range(0, 12).Select(static n => $"refs/heads/job-{n}"), "refs/tags/one", "refs/tags/two", "refs/heads/git-annex",
        ];
        var others = Task.WhenAll(Enumerable.Range(0, 3).Select(
            n => server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/by-rest-{n}", $"rest {n}")));

        (string Name, ObjectId Commit, GitAnswer Answer)[] pushes = await Task.WhenAll(names.Select(async name =>
        {
            var pack = new PackBuilder();
            ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "uuid.log", pack.AddBlob(name))), start);
            return (name, commit, await server.PushAsync(id, pack, (name, default, commit)));
        }));

        await others;
        string refs = await server.RefsAsync(id);
        Assert.All(pushes, push =>
        {
            Assert.Contains("ok " + push.Name, push.Answer.Text, StringComparison.Ordinal);

            // The branch of git-annex was merged with the server's own.
            Assert.Contains(
                push.Name.EndsWith("git-annex", StringComparison.Ordinal) ? push.Name : $"{push.Commit} {push.Name}\n", refs,
                StringComparison.Ordinal);
        });
        Assert.Equal("words", await server.ReadAsync(id, "a.txt"));
        Assert.Equal("rest 2", await server.ReadAsync(id, "by-rest-2"));
    }
}
