using System.Diagnostics;
using System.Text;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Tests.Workspaces;

/// <summary>
/// Random histories of changes on both sides, with conflicts that stay undecided over several pulls. Git merges the same versions, and
/// says what is in conflict and what the rest becomes; the decision takes the server's newest version, or the local one.
/// </summary>
public sealed class ConflictModelTests : WorkspaceTest
{
    private const int Histories = 16;
    private const int Rounds = 5;
    private static readonly string[] Paths = ["a", "b", "c", "d/x"];

    private readonly List<Round> _rounds = [];

    [Fact]
    public async Task After_rounds_of_changes_on_both_sides_the_decision_is_that_of_git()
    {
        for (int seed = 0; seed < Histories; seed++)
        {
            await RunHistoryAsync(seed);
        }

        (IReadOnlyList<Merge> merges, IReadOnlyList<string> conflicts) = await MergeWithGitAsync();
        Assert.Equal(_rounds.Count, merges.Count);
        Assert.Contains(merges, static merge => merge.Conflicts.Count == 0);
        Assert.True(conflicts.Count > Histories);
        var undecided = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((Round round, Merge merge) in _rounds.Zip(merges))
        {
            if (round.IsFirst)
            {
                undecided.Clear();
            }

            undecided.ExceptWith(Paths.Where(path => round.Base.GetValueOrDefault(path) != round.Theirs.GetValueOrDefault(path)));
            undecided.UnionWith(merge.Conflicts);
            Assert.True(undecided.SetEquals(round.Undecided), $"Git: {string.Join(", ", undecided)}. {round}");
            Assert.All(
                Paths.Except(undecided),
                path => Assert.Equal(merge.Files.GetValueOrDefault(path), round.After.GetValueOrDefault(path)));
            Assert.All(
                undecided,
                path => Assert.Equal(round.Ours.GetValueOrDefault(path), round.After.GetValueOrDefault(path)));
            if (round.Decided is { } decided)
            {
                SortedDictionary<string, string> side = round.TakesTheirs ? round.Theirs : round.Ours;
                Assert.Equal(
                    Paths.ToDictionary(path => path, path => (undecided.Contains(path) ? side : merge.Files).GetValueOrDefault(path)),
                    Paths.ToDictionary(path => path, path => decided.GetValueOrDefault(path)));
                Assert.DoesNotContain(decided.Keys, static path => path.Contains(".theirs", StringComparison.Ordinal));
            }
        }
    }

    /// <summary>The server's entry becomes that of another kind, and something else in the end.</summary>
    [Theory]
    [InlineData("f/in", true)]
    [InlineData("f/in", false)]
    [InlineData("f", true)]
    [InlineData("f", false)]
    public async Task A_conflict_over_a_file_that_becomes_a_folder_is_decided_by_the_newest_version(string last, bool takesTheirs)
    {
        Server.Change(("f", "1"), ("keep", "k"));
        await CloneAsync("clone");
        Server.Change(("f", "2"));
        Folder.Write("clone/f", "3");
        await PullAsync(Reopen("clone"));
        Server.Change(("f", null), ("f/in", "2"));
        await PullAsync(Reopen("clone"));
        Server.Change(last == "f" ? [("f/in", null), ("f", "5")] : [("f/in", "5")]);
        await PullAsync(Reopen("clone"));

        if (takesTheirs && last != "f")
        {
            File.Delete(Folder["clone/f"]); // a file is in the way of the folder
        }

        await ResolveAsync(Reopen("clone"), mine: !takesTheirs, Folder["clone"]);

        Assert.Empty(Reopen("clone").Conflicts);
        Assert.Equal(takesTheirs ? "5" : "3", Folder.Read("clone/" + (takesTheirs ? last : "f")));
        Assert.Equal(2, Directory.EnumerateFiles(Folder["clone"], "*", SearchOption.AllDirectories).Count(static path => !path.Contains("/.hutch/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_copy_that_was_edited_stays_when_its_conflict_needs_no_decision_any_more()
    {
        Server.Change(("f", "1"));
        await CloneAsync("clone");
        Server.Change(("f", "2"));
        Folder.Write("clone/f", "3");
        await PullAsync(Reopen("clone"));
        Folder.Write("clone/f.theirs", "merged here");
        Server.Change(("f", "3"));

        await PullAsync(Reopen("clone"));

        Assert.Equal("merged here", Folder.Read("clone/f.theirs"));
        Assert.Single(Reopen("clone").Conflicts);
    }

    private async Task RunHistoryAsync(int seed)
    {
        var random = new Random(seed);
        string clone = $"clone{seed}";
        Server.Change([.. Paths.Select(path => (path, (string?)Line(path, random))), ("keep", "k")]);
        await CloneAsync(clone);
        SortedDictionary<string, string> pulled = OnServer();
        int rounds = 2 + random.Next(Rounds - 1);
        for (int i = 0; i < rounds; i++)
        {
            Server.Change([.. Some(random).Select(path => (path, random.Next(4) == 0 ? null : Line(path, random)))]);
            IReadOnlyList<PullConflict> before = Reopen(clone).Conflicts;
            foreach (string path in Some(random).Where(path => before.All(c => c.Theirs != path)))
            {
                Change(Folder[$"{clone}/{path}"], random.Next(4) == 0 ? null : Line(path, random));
            }

            SortedDictionary<string, string> ours = Here(clone, before);
            await PullAsync(Reopen(clone));
            IReadOnlyList<PullConflict> conflicts = Reopen(clone).Conflicts;
            var round = new Round(i == 0, pulled, ours, OnServer())
            {
                After = Here(clone, conflicts),
                Undecided = new SortedSet<string>(conflicts.Select(static c => c.Path), StringComparer.Ordinal),
                TakesTheirs = seed % 2 == 0,
            };
            pulled = round.Theirs;
            _rounds.Add(round);
        }

        if (_rounds[^1].Undecided.Count > 0)
        {
            await ResolveAsync(Reopen(clone), mine: seed % 2 != 0, Folder[clone]);
            _rounds[^1].Decided = Here(clone, []);
        }
    }

    private static IEnumerable<string> Some(Random random) => Paths.Where(_ => random.Next(2) == 0);

    // Few texts, so that both sides often write the same, and go back to what was. With the path, as git follows renames.
    private static string Line(string path, Random random) => $"{path} {random.Next(4)}\n";

    private static void Change(string file, string? content)
    {
        if (content is null)
        {
            File.Delete(file);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }
    }

    private SortedDictionary<string, string> OnServer() =>
        new(Paths.Where(Server.Head.ContainsKey).ToDictionary(path => path, Server.Text), StringComparer.Ordinal);

    /// <summary>The local side: without copies of the server's versions.</summary>
    private SortedDictionary<string, string> Here(string clone, IReadOnlyList<PullConflict> conflicts)
    {
        string root = Folder[clone];
        return new SortedDictionary<string, string>(
            Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(root, file))
                .Where(path => !path.StartsWith(".hutch", StringComparison.Ordinal) && path != "keep" && conflicts.All(c => c.Theirs != path))
                .ToDictionary(path => path, path => File.ReadAllText(Path.Combine(root, path))),
            StringComparer.Ordinal);
    }

    private async Task<(IReadOnlyList<Merge> Merges, IReadOnlyList<string> Conflicts)> MergeWithGitAsync()
    {
        string repository = Folder["git"];
        await GitAsync(Folder.Path, "", "init", "--quiet", "--bare", repository);
        var input = new StringBuilder();
        for (int i = 0; i < _rounds.Count; i++)
        {
            AddCommit(input, $"base{i}", null, _rounds[i].Base);
            AddCommit(input, $"ours{i}", $"refs/heads/base{i}", _rounds[i].Ours);
            AddCommit(input, $"theirs{i}", $"refs/heads/base{i}", _rounds[i].Theirs);
        }

        await GitAsync(repository, input.ToString(), "fast-import", "--quiet");
        string pairs = string.Concat(_rounds.Select((_, i) => $"ours{i} theirs{i}\n"));
        string answer = await GitAsync(
            repository, pairs, "merge-tree", "--write-tree", "--stdin", "--name-only", "--no-messages", "-z");
        var merges = new List<(string Tree, string[] Conflicts)>();
        foreach (string[] fields in answer.Split("\0\0", StringSplitOptions.RemoveEmptyEntries).Select(static part => part.Split('\0')))
        {
            merges.Add((fields[1], fields[2..]));
        }

        string wanted = string.Concat(merges.SelectMany(static merge => Paths.Select(path => $"{merge.Tree}:{path}\n")));
        string[] contents = (await GitAsync(repository, wanted, "cat-file", "--batch=%(objecttype)")).Split('\n');
        int at = 0;
        var all = new List<Merge>();
        foreach ((_, string[] conflicts) in merges)
        {
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string path in Paths)
            {
                if (contents[at++] == "blob")
                {
                    int start = at;
                    at = Array.IndexOf(contents, "", at) + 1;
                    files.Add(path, string.Concat(contents[start..(at - 1)].Select(static line => line + "\n")));
                }
            }

            all.Add(new Merge(files, conflicts));
        }

        return (all, [.. all.SelectMany(static merge => merge.Conflicts)]);
    }

    private static void AddCommit(StringBuilder input, string branch, string? parent, SortedDictionary<string, string> files)
    {
        input.Append($"commit refs/heads/{branch}\ncommitter a <a@b> 0 +0000\ndata 0\n").Append(parent is null ? "" : $"from {parent}\n");
        input.Append("deleteall\n");
        foreach ((string path, string content) in files)
        {
            input.Append($"M 100644 inline {path}\ndata {content.Length}\n{content}");
        }

        input.Append('\n');
    }

    private static async Task<string> GitAsync(string folder, string input, params string[] arguments)
    {
        var info = new ProcessStartInfo("/usr/bin/git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(info)!;
        Task<string> output = git.StandardOutput.ReadToEndAsync(Cancel);
        await git.StandardInput.WriteAsync(input.AsMemory(), Cancel);
        git.StandardInput.Close();
        await git.WaitForExitAsync(Cancel);
        Assert.Equal(0, git.ExitCode);
        return await output;
    }

    private sealed record Merge(IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Conflicts);

    private sealed record Round(
        bool IsFirst, SortedDictionary<string, string> Base, SortedDictionary<string, string> Ours, SortedDictionary<string, string> Theirs)
    {
        public required SortedDictionary<string, string> After { get; init; }

        public required SortedSet<string> Undecided { get; init; }

        public required bool TakesTheirs { get; init; }

        public SortedDictionary<string, string>? Decided { get; set; }

        public override string ToString() =>
            $"Base: {Lines(Base)}. Ours: {Lines(Ours)}. Theirs: {Lines(Theirs)}. Undecided: {string.Join(", ", Undecided)}.";

        private static string Lines(SortedDictionary<string, string> side) => string.Join(", ", side.Values.Select(static line => line.Trim()));
    }
}
