using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Histories;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Replication.Evicting;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Storage.Segments;

namespace Hutch.Site.Tests.Salvage;

/// <summary>With the server and its databases gone, <c>deploy/salvage/salvage.sh</c> gets every file out of the segments alone.</summary>
[SupportedOSPlatform("linux")]
public sealed class SalvageTests : IAsyncLifetime
{
    /// <summary>More by hand: <c>HUTCH_SALVAGE_FILES=1000000</c>, then each with bytes of its own.</summary>
    private static readonly int ManyFiles = int.TryParse(Environment.GetEnvironmentVariable("HUTCH_SALVAGE_FILES"), out int files) ? files : 20_000;

    private static readonly int ManyContents = ManyFiles > 20_000 ? ManyFiles : 100;

    private readonly string _work = Directory.CreateTempSubdirectory("hutch-salvage-").FullName;
    private TestSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await TestSite.OpenAsync(new SiteOptions
    {
        Blobs = new BlobOptions { ExtentBytes = 1 << 20 },
        Segments = new SegmentOptions { ReserveBytes = 1 << 20, SegmentBytes = ManyFiles > 20_000 ? 64 << 20 : 2 << 20, ZeroAheadBytes = 64 << 10, ReserveAheadBytes = 64 << 10 },
    });

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_work, recursive: true);
    }

    [Trait("Quick", "no")]
    [Fact]
    public async Task Every_file_comes_out_under_its_own_name_after_compaction_and_with_a_torn_tail()
    {
        SiteDataset many = await PushManyAsync();
        SiteDataset mixed = await FillAsync();
        await GiveUpAsync("in the trash for good", purge: false);
        await GiveUpAsync("withdrawn", purge: true);
        await _site.Site.Collector.CollectAsync(Ct);
        Assert.True((await _site.Site.Collector.CollectAsync(Ct)).Segments > 0);
        await PutAsync(mixed, "after the checkpoint", "1");
        await PutAsync(mixed, "a/file", "changed after the checkpoint");
        await RemoveAsync(mixed, "b/gone later");
        Dictionary<string, string> expected = [];
        await AddAsync(expected, many, null);
        await AddAsync(expected, mixed, null);
        await PutAsync(mixed, "torn", new string('x', 5000));

        string segments = CopyWithTornTail();
        (int exit, string output) = await SalvageAsync(segments, "all");

        Assert.True(exit == 0, output);
        Assert.Equal(Sorted(expected), Sorted(Found("all")));
        Assert.True(expected.Count > ManyFiles);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123), File.GetLastWriteTimeUtc(Path.Combine(_work, "all/anna/mixed/a/tool")), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Files_that_stay_in_a_folder_of_the_facility_are_named_there()
    {
        using FacilityFolder folder = await FacilityFolder.CreateAsync(_site);
        folder.Write("hashed", "1"u8);
        await folder.RegisterAsync();
        await folder.HashAsync();
        await _site.Site.HeadCompactor.CompactAsync(folder.Dataset.Id, CompactionRequest.Automatic, Ct);
        await _site.Site.Checkpointer.WriteAsync(Ct);
        folder.Write("raw/waiting", "2"u8);
        await folder.RegisterAsync();
        await folder.MoveAsync();

        (int exit, string output) = await SalvageAsync(Path.Combine(_site.Folder, "segments"), "all");

        Assert.True(exit == 0, output);
        Assert.Contains($"anna/session/hashed stays where the facility keeps it: {folder.Path}/hashed", output, StringComparison.Ordinal);
        Assert.Contains($"anna/session/raw/waiting stays where the facility keeps it: {folder.Path}/raw/waiting", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_other_sites_hold_is_no_damage(bool isInCheckpoint)
    {
        SiteDataset dataset = await _site.CreateAsync("given-up");
        await PutAsync(dataset, "a.bin", new string('x', 300_000));
        Assert.True((await _site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct)).IsOk);
        Evictions evictions = _site.Site.Evictions;
        BlobHash nonce = (await evictions.RequestAsync(dataset.Id, 1, "anna", Ct)).Value.Eviction!.Nonce;
        await evictions.RecordRequestedAsync(dataset.Id, nonce, "site-7", Ct);
        Assert.True((await evictions.EvictAsync(dataset.Id, nonce, new Dictionary<string, string> { ["site-7"] = "signed" }, [1], Ct)).IsOk);
        if (isInCheckpoint)
        {
            await _site.Site.Checkpointer.WriteAsync(Ct);
        }

        await _site.Site.Engine.SealAsync(Ct);
        await _site.Site.Collector.CollectAsync(Ct);

        (int exit, string output) = await SalvageAsync(Path.Combine(_site.Folder, "segments"), "all");

        Assert.True(exit == 0, output);
        Assert.Contains("anna/given-up/a.bin was given up here and is held by other sites: site-7", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_computes_again_is_no_damage()
    {
        SiteDataset dataset = await _site.CreateAsync("evicted");
        await PutAsync(dataset, "a.bin", new string('x', 300_000));
        Assert.True((await _site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct)).IsOk);
        var proof = new Reproduction(Guid.Empty, Guid.Empty, BlobHash.Compute("key"u8), 0, [], []);
        SiteDataset proposed = (await _site.Site.Evictions.ProposeAsync(dataset.Id, "anna", _ => proof, Ct)).Value;
        Assert.True((await _site.Site.Evictions.EvictProposedAsync(dataset.Id, proposed.Eviction!.Nonce, _ => proof, Ct)).IsOk);
        await _site.Site.Checkpointer.WriteAsync(Ct);
        await _site.Site.Engine.SealAsync(Ct);
        await _site.Site.Collector.CollectAsync(Ct);

        (int exit, string output) = await SalvageAsync(Path.Combine(_site.Folder, "segments"), "all");

        Assert.True(exit == 0, output);
        Assert.Contains($"anna/evicted/a.bin was given up here and is computed again by the run {Guid.Empty}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_snapshot_of_one_dataset_comes_out_alone_by_number_and_by_tag()
    {
        SiteDataset mixed = await FillAsync();
        await _site.Site.Snapshots.TagAsync(mixed.Id, "v1", 1, "anna", Ct);
        Dictionary<string, string> expected = [];
        await AddAsync(expected, mixed, SnapshotRef.Parse("1").Value);
        await _site.Site.Checkpointer.WriteAsync(Ct);
        await RemoveAsync(mixed, "a/file");
        await _site.Site.HeadCompactor.CompactAsync(mixed.Id, CompactionRequest.Automatic, Ct);

        (int byNumber, string first) = await SalvageAsync(Path.Combine(_site.Folder, "segments"), "number", "anna/mixed@1");
        (int byTag, string second) = await SalvageAsync(Path.Combine(_site.Folder, "segments"), "tag", "anna/mixed@v1");

        Assert.True(byNumber == 0, first);
        Assert.True(byTag == 0, second);
        Assert.Equal(Sorted(expected), Sorted(Found("number")));
        Assert.Equal(Sorted(expected), Sorted(Found("tag")));
    }

    [Fact]
    public async Task A_copy_comes_out_as_it_is_although_an_older_snapshot_came_later()
    {
        SiteDataset home = await _site.CreateAsync("home");
        SiteSnapshot older = await FoldAsync(home, "older");
        SiteSnapshot newer = await FoldAsync(home, "newer");
        var copy = new CopyTerms(new DatasetId(Guid.NewGuid()), "anna", "copy", BlobHash.Compute("the key of the home"u8), 1);
        await FetchAsync(copy, [newer], []);
        await FetchAsync(copy, [older, newer], [new TagFact("published", older.Number)]);

        (int exit, string output) = await SalvageAsync(Path.Combine(_site.Folder, "segments"), "all", "anna/copy");

        Assert.True(exit == 0, output);
        Assert.Equal("newer", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(_work, "all"), "file", SearchOption.AllDirectories)), Ct));
    }

    [Fact]
    public async Task A_damaged_file_is_named_and_the_others_come_out()
    {
        SiteDataset mixed = await FillAsync();
        await _site.Site.DisposeAsync();
        byte[] marked = "hello, salvage"u8.ToArray();
        foreach (string file in Directory.GetFiles(Path.Combine(_site.Folder, "segments"), "*.tar"))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file, Ct);
            int at = bytes.AsSpan().IndexOf(marked);
            if (at > 0)
            {
                bytes[at] ^= 1;
                await File.WriteAllBytesAsync(file, bytes, Ct);
            }
        }

        (int exit, string output) = await SalvageAsync(Path.Combine(_site.Folder, "segments"), "damaged");
        await _site.ReopenAsync();

        Assert.Equal(1, exit);
        Assert.Contains("a/file", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_work, "damaged/anna/mixed/a/tool")));
        Assert.NotNull(mixed);
    }

    [Fact]
    public async Task A_damaged_record_loses_only_its_own_entry_and_its_bytes_are_salvaged_without_a_name()
    {
        SiteDataset mixed = await FillAsync();
        await PutAsync(mixed, "before", "first");
        Dictionary<string, string> expected = [];
        await AddAsync(expected, mixed, null);
        await PutAsync(mixed, "hit by chance", "nameless bytes");
        await PutAsync(mixed, "after", "last");
        await _site.Site.SealAsync(Ct);
        string segments = CopySegments();
        Damage(segments, "hit by chance"u8);

        (int exit, string output) = await SalvageAsync(segments, "damaged");

        Assert.True(exit == 3, output);
        Assert.Contains("records are damaged", output, StringComparison.Ordinal);
        expected.Add("anna/mixed/after", $"{BlobHash.Compute("last"u8)} False");
        BlobHash nameless = BlobHash.Compute("nameless bytes"u8);
        expected.Add($"_unnamed/{nameless}", $"{nameless} False");
        Assert.Equal(Sorted(expected), Sorted(Found("damaged")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_header_costs_nothing_in_a_sealed_segment_and_one_file_in_another(bool isSealed)
    {
        SiteDataset mixed = await FillAsync();
        foreach (int number in Enumerable.Range(0, 20))
        {
            await PutAsync(mixed, $"file {number}", $"content of file {number}");
        }

        Dictionary<string, string> expected = [];
        await AddAsync(expected, mixed, null);
        if (isSealed)
        {
            await _site.Site.SealAsync(Ct);
        }

        string segments = CopySegments();
        Damage(segments, System.Text.Encoding.ASCII.GetBytes($"blobs/{BlobHash.Compute("content of file 7"u8)}"));

        (int exit, string output) = await SalvageAsync(segments, "damaged");

        Assert.True(exit == 1, output);
        Assert.Matches(@"\.main\.tar, bytes \d+ to \d+: damaged", output);
        Assert.Equal(isSealed, !output.Contains("anna/mixed/file 7: the blob", StringComparison.Ordinal));
        if (!isSealed)
        {
            expected.Remove("anna/mixed/file 7");
        }

        Assert.Equal(Sorted(expected), Sorted(Found("damaged")));
    }

    [Fact]
    public async Task A_damaged_page_is_named_and_gives_no_file_a_wrong_name()
    {
        SiteDataset mixed = await FillAsync();
        Dictionary<string, string> expected = [];
        await AddAsync(expected, mixed, null);
        string segments = CopySegments();
        Damage(segments, "{\"n\":\"tool\""u8);

        (int exit, string output) = await SalvageAsync(segments, "damaged");

        Assert.True(exit == 1, output);
        Assert.Contains("anna/mixed/a/: the page", output, StringComparison.Ordinal);
        Dictionary<string, string> found = Found("damaged");
        Assert.Equal(expected.Keys.Where(path => !path.StartsWith("anna/mixed/a/", StringComparison.Ordinal)).Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_target_that_holds_something_is_refused()
    {
        string target = Directory.CreateDirectory(Path.Combine(_work, "taken")).FullName;
        await File.WriteAllTextAsync(Path.Combine(target, "mine"), "", Ct);

        (int exit, string output) = await SalvageAsync(Path.Combine(_site.Folder, "segments"), "taken");

        Assert.Equal(2, exit);
        Assert.Contains("not empty", output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(target));
    }

    private async Task<SiteDataset> PushManyAsync()
    {
        SiteDataset dataset = await _site.CreateAsync("many");
        SiteSession session = (await _site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        var hashes = new List<(BlobHash Hash, int Size)>();
        while (hashes.Count < ManyContents)
        {
            var blobs = new List<ReceivedBlob>();
            for (int i = 0; i < 100; i++)
            {
                byte[] content = RandomNumberGenerator.GetBytes(16 + (i * 3));
                blobs.Add((await _site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, Lane.Main, Ct)).Value);
            }

            Assert.True((await _site.Site.Pushes.AddAsync(session.Id, blobs, Ct)).IsOk);
            hashes.AddRange(blobs.Select(blob => (blob.Hash, (int)blob.Size)));
            blobs.ForEach(blob => blob.Dispose());
        }

        List<TreeChange> changes = [.. Enumerable.Range(0, ManyFiles).Select(i => new TreeChange(
            DatasetPath.Parse($"run {i % 7}/{i / 5000}/frame_{i:d6}.cbf").Value, Entry.File(hashes[i % ManyContents].Hash, hashes[i % ManyContents].Size)))];
        Result<SiteSnapshot> pushed = await _site.Site.PushCommits.CommitAsync(session, changes, "many", Ct);
        Assert.True(pushed.IsOk, pushed.Error?.Message);
        return dataset;
    }

    private async Task<SiteDataset> FillAsync()
    {
        SiteDataset dataset = await _site.CreateAsync("mixed");
        await PutAsync(dataset, "a/file", "hello, salvage");
        await PutAsync(dataset, "a/empty file", "");
        await PutAsync(dataset, "b/gone later", "soon gone");
        await PutAsync(dataset, "naïve/名前 \"quoted\" \\ back", "unicode");
        await PutAsync(dataset, "-rf", "looks like an option");
        await PutAsync(dataset, "line\nfeed and\ttab", "odd");
        await PutAsync(dataset, new string('d', 120) + "/" + new string('e', 200), "long");
        await _site.PutAsync(dataset.Id, "large.bin", RandomNumberGenerator.GetBytes((5 << 20) + 17));
        await PutInPartsAsync(dataset, "in parts.bin", 2_500_000, 1_200_000, 3);
        var tool = Entry.File(BlobHash.Compute("#!/bin/sh"u8), 9, 1_700_000_000_123_456_789, executable: true);
        using (ReceivedBlob blob = (await _site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream("#!/bin/sh"u8.ToArray())), 9, Lane.Main, Ct)).Value)
        {
            Assert.True((await _site.Site.Entries.PutAsync(dataset.Id, DatasetPath.Parse("a/tool").Value, tool, blob, EntryCondition.None, Ct)).IsOk);
        }

        await _site.Site.Entries.PutAsync(dataset.Id, DatasetPath.Parse("link").Value, Entry.Link("a/file"), null, EntryCondition.None, Ct);
        await _site.Site.Entries.PutAsync(dataset.Id, DatasetPath.Parse("escape").Value, Entry.Link("../../../../etc/passwd"), null, EntryCondition.None, Ct);
        await _site.Site.Entries.PutAsync(dataset.Id, DatasetPath.Parse("empty/folder").Value, Entry.Directory(), null, EntryCondition.None, Ct);
        await _site.Site.HeadCompactor.CompactAsync(dataset.Id, new CompactionRequest(SnapshotReason.Manual, "anna", null), Ct);
        return dataset;
    }

    private async Task PutInPartsAsync(SiteDataset dataset, string path, params int[] sizes)
    {
        var plain = new Entry { Kind = EntryKind.File };
        SiteUpload upload = (await _site.Site.Uploads.StartAsync(dataset.Id, DatasetPath.Parse(path).Value, plain, null, "anna", Ct)).Value;
        var parts = new List<SiteUploadPart>();
        foreach (int size in sizes)
        {
            PipeReader body = PipeReader.Create(new MemoryStream(RandomNumberGenerator.GetBytes(size)));
            parts.Add((await _site.Site.Uploads.PutPartAsync(upload, parts.Count + 1, body, size, static () => new((string?)null), Ct)).Value);
        }

        Assert.True((await _site.Site.Uploads.CompleteAsync(upload, parts, _ => plain, EntryCondition.None, static () => new((HutchError?)null), Ct)).IsOk);
    }

    private async Task GiveUpAsync(string what, bool purge)
    {
        SiteDataset dataset = await _site.CreateAsync(purge ? "purged" : "trashed");
        await _site.PutAsync(dataset.Id, what, RandomNumberGenerator.GetBytes(3 << 20));
        await _site.PutAsync(dataset.Id, what + " too", RandomNumberGenerator.GetBytes(700_000));
        if (purge)
        {
            await _site.Site.Collector.CollectPurgedAsync((await _site.Site.Lifecycle.PurgeAsync(dataset.Id, "test", "anna", Ct)).Value, Ct);
            return;
        }

        await _site.Site.Lifecycle.TrashAsync(dataset.Id, "anna", Ct);
        _site.Time.Advance(TimeSpan.FromDays(40));
        await _site.Site.Lifecycle.EndWhatIsOverAsync(Ct);
    }

    private async Task PutAsync(SiteDataset dataset, string path, string content) => Assert.True((await _site.PutAsync(dataset.Id, path, content)).IsOk);

    private async Task RemoveAsync(SiteDataset dataset, string path) => Assert.True((await _site.RemoveAsync(dataset.Id, path)).IsOk);

    /// <summary>What the live site says of a version: a line a path, as <see cref="Found"/> says it of a folder.</summary>
    private async Task AddAsync(Dictionary<string, string> expected, SiteDataset dataset, SnapshotRef? at)
    {
        await foreach (PathEntry found in _site.Site.Heads.EnumerateAsync((await _site.Site.Heads.ResolveAsync(dataset.Id, at, Ct)).Value, "", Ct))
        {
            expected.Add($"anna/{dataset.Slug}/{found.Path}", found.Entry.Kind switch
            {
                EntryKind.File => $"{found.Entry.Hash} {found.Entry.Executable}",
                EntryKind.SymbolicLink => "-> " + found.Entry.Target,
                _ => "empty",
            });
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Sorted(Dictionary<string, string> files) => files.OrderBy(file => file.Key, StringComparer.Ordinal);

    private Dictionary<string, string> Found(string target)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        string root = Path.Combine(_work, target);
        foreach (FileSystemInfo info in new DirectoryInfo(root).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            string path = Path.GetRelativePath(root, info.FullName);
            if (info.LinkTarget is { } link)
            {
                found.Add(path, "-> " + link);
            }
            else if (info is FileInfo file)
            {
                bool isExecutable = File.GetUnixFileMode(file.FullName).HasFlag(UnixFileMode.UserExecute);
                found.Add(path, $"{new BlobHash(SHA256.HashData(File.ReadAllBytes(file.FullName)))} {isExecutable}");
            }
            else if (!Directory.EnumerateFileSystemEntries(info.FullName).Any())
            {
                found.Add(path, "empty");
            }
        }

        return found;
    }

    /// <summary>The segments as a power cut during the last group would leave them: its last piece is missing.</summary>
    private string CopyWithTornTail()
    {
        string copy = CopySegments();
        SegmentInfo open = _site.Site.Segments.Segments.First(segment => segment.State == SegmentState.Open && segment.Lane == Lane.Main);
        string torn = Path.Combine(copy, Path.GetFileName(open.Path));
        byte[] bytes = File.ReadAllBytes(torn);
        int end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
        bytes.AsSpan((end / 512 * 512)..(end + 1)).Clear();
        File.WriteAllBytes(torn, bytes);
        return copy;
    }

    private string CopySegments()
    {
        string copy = Directory.CreateDirectory(Path.Combine(_work, "segments")).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(_site.Folder, "segments")))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    /// <summary>Flips one bit of the first place in the segments that has these bytes.</summary>
    private static void Damage(string segments, ReadOnlySpan<byte> marked)
    {
        foreach (string file in Directory.GetFiles(segments, "*.tar"))
        {
            byte[] bytes = File.ReadAllBytes(file);
            int at = bytes.AsSpan().IndexOf(marked);
            if (at >= 0)
            {
                bytes[at + marked.Length - 2] ^= 1;
                File.WriteAllBytes(file, bytes);
                return;
            }
        }

        Assert.Fail("No segment has the bytes that were to be damaged.");
    }

    private async Task<SiteSnapshot> FoldAsync(SiteDataset dataset, string content)
    {
        await PutAsync(dataset, "file", content);
        return (await _site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct)).Value!;
    }

    private async Task FetchAsync(CopyTerms terms, SiteSnapshot[] snapshots, TagFact[] tags)
    {
        History history = History.Write(
            [
                new DatasetFact(terms.Dataset, "generic", DatasetOrigin.Original, 1, "anna"),
                .. snapshots.Select(one => new SnapshotFact(one.Number, TreeReference.From(one.Root), SnapshotReason.Automatic, "anna", one.Number)),
                .. tags,
            ],
            []).Value;
        SiteSession session = (await _site.Site.Copies.BeginAsync(terms.Dataset, Ct)).Value;
        Assert.True((await _site.Site.Copies.CompleteAsync(session, history, terms, null, Ct)).IsOk);
    }

    private async Task<(int Exit, string Output)> SalvageAsync(string segments, string target, string? only = null)
    {
        List<string> arguments = [Script(), segments, Path.Combine(_work, target)];
        arguments.AddRange(only is null ? [] : [only]);
        using Process process = Process.Start(new ProcessStartInfo("bash", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(Ct);
        string output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, output + await errors);
    }

    internal static string Script()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = Path.Combine(folder.FullName, "deploy", "salvage", "salvage.sh");
            if (File.Exists(script))
            {
                return script;
            }
        }

        throw new FileNotFoundException("deploy/salvage/salvage.sh");
    }
}
