using System.Net.Sockets;
using Hutch.Agent.Watching;
using Hutch.Model;
using Hutch.Site.Write.Folders;

namespace Hutch.Agent.Tests.Watching;

public sealed class FolderScanTests : IDisposable
{
    private readonly ScannedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_scan_reports_everything_except_the_files_of_the_agent()
    {
        _folder.Write("Movies/a.mrc", "12345");
        _folder.Write("gain.mrc", "123");
        _folder.Write("SPA.yml", "DataId: a\n");
        _folder.Write(".running", "");
        _folder.Write(".hutch-invite", "secret");
        File.CreateSymbolicLink(_folder.At("latest"), "Movies/a.mrc");
        File.SetUnixFileMode(_folder.At("gain.mrc"), (UnixFileMode)Convert.ToInt32("755", 8));

        FolderScanResult result = _folder.Look()!;

        Assert.Equal(["Movies/a.mrc", "gain.mrc", "latest"], result.Changes.Select(change => change.Path.Value).Order(StringComparer.Ordinal));
        Assert.Equal(["", "Movies"], result.Directories.Order(StringComparer.Ordinal));
        Assert.Equal((2, 8, 0), (result.Files, result.Bytes, result.ProblemCount));
        Assert.Equal(_folder.Walk(), _folder.Told);
        Assert.True(result.Changes.Single(change => change.Path.Value == "gain.mrc").Entry!.Executable);
        Assert.Equal("Movies/a.mrc", result.Changes.Single(change => change.Path.Value == "latest").Entry!.Target);
    }

    [Fact]
    public void Unchanged_files_are_not_reported_again()
    {
        _folder.Write("Movies/a.mrc", "12345");
        _folder.LookThrough();

        (FolderScanResult result, List<FolderChange> changes) = _folder.LookThrough(ScanReasons.Round, "", "Movies");

        Assert.Empty(changes);
        Assert.Equal((1, 5), (result.Files, result.Bytes));
    }

    [Fact]
    public void A_growing_file_is_reported_in_each_scan_although_its_directory_is_unchanged()
    {
        _folder.Write("Movies/a.mrc", "1");
        _folder.LookThrough();

        for (int size = 2; size < 40; size++)
        {
            File.AppendAllText(_folder.At("Movies/a.mrc"), "1");
            _folder.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(size, Assert.Single(_folder.Look()!.Changes).Entry!.Size);
        }
    }

    [Fact]
    public void An_old_file_changed_in_place_is_reported_when_its_directory_was_reported()
    {
        _folder.Write("Movies/a.mrc", "1");
        _folder.LookThrough();
        _folder.Advance(TimeSpan.FromHours(3));
        _folder.LookThrough();
        File.AppendAllText(_folder.At("Movies/a.mrc"), "2");

        Assert.Empty(_folder.Look()!.Changes);
        Assert.Equal(2, Assert.Single(_folder.Look("Movies")!.Changes).Entry!.Size);
    }

    [Fact]
    public void A_thorough_look_finds_what_changed_in_place_wherever_it_is()
    {
        _folder.Write("Movies/a.mrc", "1");
        _folder.LookThrough();
        _folder.Advance(TimeSpan.FromHours(3));
        _folder.LookThrough();
        File.AppendAllText(_folder.At("Movies/a.mrc"), "2");

        Assert.Equal(2, Assert.Single(_folder.LookThrough(ScanReasons.Round).Changes).Entry!.Size);
    }

    [Fact]
    public void A_replaced_old_file_is_reported_because_its_directory_has_changed()
    {
        _folder.Write("Movies/a.mrc", "1");
        _folder.LookThrough();
        _folder.Advance(TimeSpan.FromHours(3));
        _folder.LookThrough();
        File.WriteAllText(_folder.Beside("new"), "2");
        File.Move(_folder.Beside("new"), _folder.At("Movies/a.mrc"), overwrite: true);

        Assert.Single(_folder.LookThrough().Changes);
        Assert.Equal(_folder.Walk(), _folder.Told);
    }

    [Fact]
    public void While_files_keep_coming_all_others_are_looked_at_every_minute()
    {
        _folder.Write("Movies/old.mdoc", "1");
        _folder.LookThrough();
        _folder.Advance(TimeSpan.FromMinutes(5));
        _folder.Write("new", "1");
        _folder.LookThrough();
        File.AppendAllText(_folder.At("Movies/old.mdoc"), "2");
        _folder.Advance(TimeSpan.FromMinutes(1));

        Assert.Single(_folder.LookThrough().Changes);
        Assert.Equal(_folder.Walk(), _folder.Told);
    }

    [Fact]
    public void A_directory_that_is_removed_takes_all_in_it_along()
    {
        _folder.Write("a/b/1", "1");
        _folder.Write("a/2", "2");
        _folder.Write("3", "3");
        _folder.LookThrough();
        Directory.Delete(_folder.At("a"), recursive: true);

        (FolderScanResult result, List<FolderChange> changes) = _folder.LookThrough();

        Assert.Equal(["a/2", "a/b/1"], changes.Where(change => change.Entry is null).Select(change => change.Path.Value).Order(StringComparer.Ordinal));
        Assert.Equal([""], result.Directories);
        Assert.Equal((1, 1), (result.Files, result.Bytes));
    }

    [Fact]
    public void Removals_are_reported_before_the_new_entries_that_need_their_names()
    {
        _folder.Write("a", "1");
        _folder.Write("b/c", "1");
        _folder.LookThrough();
        File.Delete(_folder.At("a"));
        _folder.Write("a/d", "2");
        Directory.Delete(_folder.At("b"), recursive: true);
        _folder.Write("b", "2");

        List<FolderChange> changes = _folder.LookThrough().Changes;

        string[] order = [.. changes.Select(change => change.Path.Value + (change.Entry is null ? " gone" : ""))];
        Assert.True(Array.IndexOf(order, "a gone") < Array.IndexOf(order, "a/d"));
        Assert.True(Array.IndexOf(order, "b/c gone") < Array.IndexOf(order, "b"));
        Assert.Equal(_folder.Walk(), _folder.Told);
    }

    [Fact]
    public void No_link_leads_out_of_the_folder_or_round_in_it()
    {
        Directory.CreateDirectory(_folder.Beside("secret"));
        File.WriteAllText(_folder.Beside("secret/key"), "1");
        _folder.Write("Movies/a", "1");
        _folder.LookThrough();
        Directory.CreateSymbolicLink(_folder.At("loop"), ".");
        Directory.CreateSymbolicLink(_folder.At("out"), _folder.Beside("secret"));
        Directory.Move(_folder.At("Movies"), _folder.Beside("Movies"));
        Directory.CreateSymbolicLink(_folder.At("Movies"), _folder.Beside("secret"));

        FolderScanResult result = _folder.LookThrough(ScanReasons.Round).Last;

        Assert.Equal(["Movies", "loop", "out"], _folder.Told.Select(line => line.Split(' ')[0]));
        Assert.Equal([""], result.Directories);
        Assert.Equal(_folder.Walk(), _folder.Told);
    }

    [Fact]
    public void Files_that_a_dataset_cannot_hold_are_skipped_and_named_and_the_scan_continues()
    {
        _folder.Write("good", "1");
        _folder.Write("other.yml", "User: Ada\n");
        _folder.Write(".hutch/config", "1");
        _folder.Write("e\u0301/a", "1");
        _folder.Write(new string('x', 250) + "/" + new string('y', 250) + "/" + new string('z', 250) + "/" + new string('w', 250) + "/" + new string('v', 250), "1");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.At("sock")));
        Run("touch $'b\\xff'; ln -s $'c\\xff' link");

        FolderScanResult result = _folder.LookThrough().Last;
        Run("rm $'b\\xff'");

        Assert.Equal(["good"], _folder.Told.Select(line => line.Split(' ')[0]));
        Assert.Equal(7, result.ProblemCount);
        Assert.Equal(
            [
                "'.hutch' is left out: this name is Hutch's own.",
                "'e\u0301' is not written in the normal form of Unicode (NFC): rename it, for instance with convmv --nfc.",
                "'other.yml' is left out: it has the name of a metadata file, of which the first counts.",
                "'sock' is left out: it is a socket, a pipe or a device.",
                "The link 'link' is left out: where it leads is not UTF-8, or empty.",
                "The name 'b\\xff' is not UTF-8; rename it, for instance with convmv.",
            ],
            result.Problems.Where(problem => !problem.Contains("xxxx", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.EndsWith("is longer than 1024 bytes of UTF-8; shorten it.", result.Problems.Single(problem => problem.Contains("xxxx", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SPA.yml~")]
    [InlineData("SPA.yml.bak")]
    [InlineData(".SPA.yml.swp")]
    [InlineData(".#SPA.yml")]
    [InlineData("old/SPA.yml")]
    [InlineData("spa.yml")]
    public void What_seems_to_be_a_copy_of_the_metadata_file_is_left_out_and_named(string name)
    {
        _folder.Write(name, "User: Ada\n");
        _folder.Write("SPA.yml.d/file", "1");

        FolderScanResult result = _folder.LookThrough().Last;

        Assert.Equal("SPA.yml.d/file", Assert.Single(_folder.Told).Split(' ')[0]);
        Assert.StartsWith($"'{name}' is left out: it seems to be a copy", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_problem_ends_when_its_cause_is_gone()
    {
        Run("touch $'b\\xff'; mkfifo pipe");
        Assert.Equal(2, _folder.LookThrough().Last.ProblemCount);
        Run("rm $'b\\xff' pipe; echo 1 >pipe");

        FolderScanResult result = _folder.LookThrough().Last;

        Assert.Empty(result.Problems);
        Assert.Equal(1, result.Files);
    }

    [Fact]
    public void Many_problems_are_counted_and_the_first_are_named()
    {
        Run("mkfifo {1..50}");

        FolderScanResult result = _folder.LookThrough().Last;

        Assert.Equal((20, 50), (result.Problems.Count, result.ProblemCount));
    }

    [Fact]
    public void Unreadable_files_are_named_until_they_become_readable_and_known_entries_stay()
    {
        _folder.Write("Movies/known", "1");
        _folder.Write("closed/file", "1");
        _folder.Write("secret", "1");
        LookAsNobody();
        Assert.Equal(3, _folder.Told.Count());
        File.SetUnixFileMode(_folder.At("closed"), UnixFileMode.None);
        File.SetUnixFileMode(_folder.At("secret"), UnixFileMode.None);
        _folder.Write("new", "1");
        File.SetUnixFileMode(_folder.At("new"), UnixFileMode.None);

        FolderScanResult result = LookAsNobody("");

        Assert.Equal(["Movies/known", "closed/file", "secret"], _folder.Told.Select(line => line.Split(' ')[0]));
        Assert.Contains("'new' is left out: the server may not read it.", result.Problems);
        Assert.Contains("'secret' is left out: the server may not read it.", result.Problems);
        Assert.Contains(result.Problems, problem => problem.StartsWith("The directory 'closed' cannot be read: ", StringComparison.Ordinal));
        foreach (string name in (string[])["closed", "secret", "new"])
        {
            File.SetUnixFileMode(_folder.At(name), (UnixFileMode)Convert.ToInt32("755", 8));
        }

        Assert.Empty(LookAsNobody("").Problems);
        Assert.Equal(_folder.Walk(), _folder.Told);
    }

    [Fact]
    public void Unreadable_paths_are_named_and_not_taken_for_deleted()
    {
        _folder.Write("closed/below/file", "1");
        _folder.Write("open/secret", "1");
        _folder.Write("open/file", "1");
        File.SetUnixFileMode(_folder.At("closed"), UnixFileMode.None);
        File.SetUnixFileMode(_folder.At("open/secret"), UnixFileMode.None);

        FolderScanResult result = LookAsNobody();

        Assert.Equal(["closed", "open/secret"], result.Unseen.Order(StringComparer.Ordinal));
        Assert.Equal(
            (true, true, false, false),
            (IsUnseen("closed/below/file"), IsUnseen("open/secret"), IsUnseen("open/file"), IsUnseen("open/gone")));
        bool IsUnseen(string path) => result.IsUnseen(DatasetPath.Parse(path).Value);
    }

    [Fact]
    public void All_paths_of_an_unreadable_folder_count_as_unseen()
    {
        _folder.Write("a", "1");
        File.SetUnixFileMode(_folder.Root, UnixFileMode.None);

        FolderScanResult result = LookAsNobody();
        File.SetUnixFileMode(_folder.Root, (UnixFileMode)Convert.ToInt32("755", 8));

        Assert.StartsWith("The folder cannot be read", Assert.Single(result.Problems), StringComparison.Ordinal);
        Assert.True(result.IsUnseen(DatasetPath.Parse("a/b").Value));
    }

    [Fact]
    public void The_newest_change_is_when_a_file_came_whatever_time_it_was_given()
    {
        _folder.Write("a", "1");
        File.SetLastWriteTimeUtc(_folder.At("a"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _folder.Write("b", "1");
        File.SetLastWriteTimeUtc(_folder.At("b"), new DateTime(2201, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        FolderScanResult result = _folder.LookThrough().Last;

        Assert.InRange(
            DateTimeOffset.FromUnixTimeMilliseconds(result.NewestNanoseconds / 1_000_000), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Fact]
    public void Directories_are_scanned_to_a_maximum_depth_and_deeper_ones_are_named()
    {
        string deep = string.Join('/', Enumerable.Repeat("d", FolderScan.MaxDepth));
        _folder.Write(deep + "/too-deep", "1");
        _folder.Write(deep[2..] + "/file", "1");

        FolderScanResult result = _folder.LookThrough().Last;

        Assert.Equal(1, result.Files);
        Assert.EndsWith("is left out: it is more than 100 directories deep.", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_more_files_than_allowed_is_reported()
    {
        using var folder = new ScannedFolder(new WatchingOptions { MaxFilesPerFolder = 10 });
        foreach (int i in Enumerable.Range(0, 15))
        {
            folder.Write($"{i}", "1");
        }

        FolderScanResult result = folder.LookThrough().Last;

        Assert.Equal((10, 5), (result.Files, result.ProblemCount));
        Assert.Contains("more than 10 files and directories (agent.watching.maxFilesPerFolder)", result.Problems[0], StringComparison.Ordinal);
    }

    [Trait("Quick", "no")]
    [Fact]
    public void A_large_folder_is_reported_in_parts()
    {
        foreach (int i in Enumerable.Range(0, 25_000))
        {
            File.WriteAllBytes(_folder.At($"{i}"), []);
        }

        FolderScanResult first = _folder.Look()!;
        Assert.Equal((FolderScan.MaxChanges, NextScan.Now), (first.Changes.Count, first.Next));
        _folder.LookThrough();
        Assert.Equal(_folder.Walk(), _folder.Told);
    }

    [Trait("Quick", "no")]
    [Fact]
    public void The_removal_of_a_large_directory_is_reported_in_parts()
    {
        Directory.CreateDirectory(_folder.At("a/b"));
        foreach (int i in Enumerable.Range(0, 12_000))
        {
            File.WriteAllBytes(_folder.At($"a/{(i % 2 == 0 ? "b/" : "")}{i}"), []);
        }

        _folder.LookThrough();
        Directory.Delete(_folder.At("a"), recursive: true);
        FolderScanResult first = _folder.Look()!;

        Assert.Equal((FolderScan.MaxChanges, NextScan.Now), (first.Changes.Count, first.Next));
        Assert.Equal((0, 0), (_folder.LookThrough().Last.Files, _folder.Told.Count()));
    }

    [Theory]
    [InlineData("moved")]
    [InlineData("removed")]
    [InlineData("replaced")]
    [InlineData("replaced by a link")]
    [InlineData("gone with its parent")]
    public void A_folder_that_is_no_longer_there_is_no_failure(string what)
    {
        _folder.Write("a/b", "1");
        _folder.LookThrough();

        TakeAway(what);

        Assert.Null(_folder.Look());
    }

    [Theory]
    [InlineData("moved")]
    [InlineData("removed")]
    [InlineData("replaced")]
    [InlineData("replaced by a link")]
    [InlineData("gone with its parent")]
    public void A_folder_may_go_at_any_moment_of_a_look(string what)
    {
        for (int moment = 2; ; moment++)
        {
            using var folder = new ScannedFolder();
            folder.Write("a/b/c", "1");
            folder.Write("a/d", "1");
            folder.Write("e", "1");
            int asked = 0;
            bool isGone = false;
            folder.Time.BeforeTimestamp = () =>
            {
                if (++asked == moment)
                {
                    TakeAway(what, folder);
                    isGone = true;
                }
            };

            FolderScanResult? result = folder.Look();

            folder.Time.BeforeTimestamp = null;
            if (!isGone)
            {
                Assert.True(moment > 10, "The moments were not reached.");
                return;
            }

            // The very last question is asked when all has been seen.
            Assert.True(result is null || asked == moment);
        }
    }

    [Fact]
    public void A_look_can_be_stopped()
    {
        _folder.Write("a", "1");
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => _folder.Scan.Scan(new FolderScanRequest(_folder.Root, _folder.Rule), null, stop.Token));
    }

    [Trait("Quick", "no")]
    [Fact]
    public async Task After_concurrent_changes_the_scans_match_the_tree()
    {
        Task writers = Task.WhenAll(Enumerable.Range(0, 3).Select(seed => Task.Run(() => TestTree.Disturb(_folder, seed), TestContext.Current.CancellationToken)));
        while (!writers.IsCompleted)
        {
            Assert.Empty(_folder.Look()!.Problems);
        }

        await writers;
        _folder.LookThrough(ScanReasons.Round);
        Assert.Equal(_folder.Walk(), _folder.Told);
    }

    [Fact]
    public void When_the_metadata_file_name_changes_the_previous_file_is_reported_as_another_metadata_file()
    {
        _folder.Write("SPA.yml", "DataId: a\n");
        _folder.Write("a", "1");
        _folder.LookThrough();

        FolderScanResult result = _folder.Scan.Scan(new FolderScanRequest(_folder.Root, _folder.Rule), "other.yml", TestContext.Current.CancellationToken)!;

        Assert.Empty(result.Changes);
        Assert.StartsWith("'SPA.yml' is left out", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    private void TakeAway(string what, ScannedFolder? of = null)
    {
        ScannedFolder folder = of ?? _folder;
        switch (what)
        {
            case "removed":
                Directory.Delete(folder.Root, recursive: true);
                break;
            case "gone with its parent":
                Directory.Move(Path.GetDirectoryName(folder.Root)!, Path.GetDirectoryName(folder.Root) + "-gone");
                Directory.Delete(Path.GetDirectoryName(folder.Root) + "-gone", recursive: true);
                break;
            default:
                Directory.Move(folder.Root, folder.Beside("elsewhere"));
                _ = what switch
                {
                    "replaced" => Directory.CreateDirectory(folder.Root),
                    "replaced by a link" => Directory.CreateSymbolicLink(folder.Root, folder.Beside("elsewhere")),
                    _ => null,
                };
                break;
        }
    }

    private FolderScanResult LookAsNobody(params string[] reported) => TestTree.AsNobody(
        Path.GetDirectoryName(_folder.Root)!, () => _folder.LookThrough(ScanReasons.Changed, reported).Last);

    private void Run(string script) => TestTree.Run(script, _folder.Root);
}
