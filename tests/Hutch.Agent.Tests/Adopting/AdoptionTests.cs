using System.Security.Cryptography;
using System.Text;
using Hutch.Agent.Tests.Publishing;
using Hutch.Agent.Tests.Watching;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Folders;

namespace Hutch.Agent.Tests.Adopting;

/// <summary>Folders that exist already become datasets where they are.</summary>
public sealed class AdoptionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_becomes_a_private_dataset_of_its_owner_and_no_byte_is_copied()
    {
        await using Facility facility = await Facility.OpenAsync();
        byte[] movie = RandomNumberGenerator.GetBytes(16 << 20);
        Write(facility, "run1/movie.mrc", "");
        File.WriteAllBytes(Path.Combine(facility.Old, "run1/movie.mrc"), movie);
        Write(facility, "run1/Notiz ä.txt", "frames");
        string[] before = Tree(facility.Old);

        AdoptionOutcome outcome = (await facility.AdoptAsync()).Value;
        await facility.LookAtAdoptedAsync();
        await facility.HashAsync();
        await facility.LookAtAdoptedAsync();

        SiteDataset dataset = await DatasetAsync(facility, facility.Old);
        Assert.Equal(("admin", "old", facility.Old), (dataset.Owner, dataset.Slug, dataset.Folder));
        Assert.True(outcome.IsDone);
        Assert.Equal(["run1/Notiz ä.txt", "run1/movie.mrc"], (await facility.EntriesAsync(dataset)).Keys);
        Assert.Equal("frames", await TextAsync(facility, dataset, "run1/Notiz ä.txt"));
        Assert.Equal(
            Visibility.Private, (await facility.Zone.Names.ResolveAsync(await facility.AdminAsync(), DatasetRef.Parse(dataset.Id.ToString()).Value, Ct)).Value.Dataset.Visibility);
        FacilityFolder status = facility.Folders.Folders.Single(folder => folder.Folder == facility.Old);
        Assert.Equal((facility.Old, 2L, 0L, 0L), (status.Adoption, status.Files, status.PendingHashes, status.PendingBytes));
        Assert.Equal(before, Tree(facility.Old));
        Assert.InRange(Directory.EnumerateFiles(facility.Data, "*.tar", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, 8 << 20);
    }

    [Fact]
    public async Task A_plan_counts_entries_and_omissions_and_changes_nothing()
    {
        await using Facility facility = await Facility.OpenAsync();
        Write(facility, "a/file", "12345");
        Directory.CreateSymbolicLink(Path.Combine(facility.Old, "a", "within"), "../a/file");
        Directory.CreateSymbolicLink(Path.Combine(facility.Old, "a", "out"), "../../sessions");
        Directory.CreateSymbolicLink(Path.Combine(facility.Old, "absolute"), "/etc");
        Write(facility, ".hutch/own", "1");
        Write(facility, "a/cafe\u0301", "1"); // not in the normal form
        using (FileStream sparse = File.Create(Path.Combine(facility.Old, "sparse")))
        {
            sparse.SetLength(1 << 20);
        }

        TestTree.Run("ln a/file again; ln a/file a/third; mkfifo pipe; touch $'odd\\xff'", facility.Old);

        AdoptionPlan plan = (await facility.AdoptAsync(isPlanOnly: true)).Value.Plan;
        TestTree.Run("rm odd*", facility.Old); // .NET cannot

        Assert.Equal((4L, 5L + (1 << 20), 2L, 1L), (plan.Files, plan.Bytes, plan.FurtherNames, plan.SparseFiles));
        Assert.Equal((3L, 2L), (plan.Links, plan.LinksLeadingOut));
        Assert.Equal(
            [
                "name or target of a link that is not UTF-8: 1", "name that no entry of a dataset can have: 2", "socket, pipe or device: 1",
            ],
            plan.LeftOut.Select(one => $"{one.Reason}: {one.Count}"));
        Assert.Contains(plan.Notices, notice => notice.Contains("odd\\xff", StringComparison.Ordinal));
        Assert.Contains(plan.Notices, notice => notice.Contains("/old/a/out' leads out", StringComparison.Ordinal));
        Assert.Contains(plan.Notices, notice => notice.Contains("has 4 files: git and DataLad show versions with at most 3", StringComparison.Ordinal));
        Assert.Equal(2, plan.HashSeconds);
        AdoptionPart part = Assert.Single(plan.Parts);
        Assert.Equal(("admin/old", null, 7L), (part.Name, part.Dataset, part.Entries));
        Assert.Empty(await facility.Site.FolderRecords.ListAsync(Ct));
    }

    [Fact]
    public async Task Each_folder_of_a_pattern_is_a_dataset_and_a_second_run_takes_only_new_folders_and_files()
    {
        await using Facility facility = await Facility.OpenAsync();
        Write(facility, "anna/Run 1/a", "1");
        Write(facility, "berta/Run 1/a", "1");
        Write(facility, "berta/readme", "1");
        AdoptionPlan first = (await facility.AdoptAsync(each: "*/*")).Value.Plan;
        await facility.LookAtAdoptedAsync();
        Write(facility, "berta/Run 2/a", "1");
        Write(facility, "anna/Run 1/b", "1");

        AdoptionPlan second = (await facility.AdoptAsync(each: "*/*")).Value.Plan;
        await facility.LookAtAdoptedAsync();

        Assert.Equal(["anna/Run 1", "berta/Run 1"], first.Parts.Select(part => part.Folder[(facility.Old.Length + 1)..]));
        Assert.Equal("admin/run-1", first.Parts[0].Name);
        Assert.StartsWith("admin/run-1-", first.Parts[1].Name, StringComparison.Ordinal);
        AdoptionOmission beside = Assert.Single(first.LeftOut);
        Assert.Equal((1L, Path.Combine(facility.Old, "berta/readme")), (beside.Count, Assert.Single(beside.Examples)));
        Assert.Equal(first.Parts.Select(part => part.Dataset), second.Parts.Take(2).Select(part => part.Dataset));
        Assert.Equal(3, (await facility.Site.FolderRecords.ListAsync(Ct)).Count);
        Assert.Equal(["a", "b"], (await facility.EntriesAsync(await DatasetAsync(facility, first.Parts[0].Folder))).Keys);
    }

    [Fact]
    public async Task Another_pattern_puts_no_file_into_two_datasets()
    {
        await using Facility facility = await Facility.OpenAsync();
        Write(facility, "a/b/file", "1");
        Assert.True((await facility.AdoptAsync(each: "*")).IsOk);

        Result<AdoptionOutcome> whole = await facility.AdoptAsync();
        Result<AdoptionOutcome> deeper = await facility.AdoptAsync(each: "*/*");

        Assert.Equal((ErrorCode.Unprocessable, ErrorCode.Unprocessable), (whole.Error!.Code, deeper.Error!.Code));
        Assert.Contains("is in a dataset of this adoption already", whole.Error.Message, StringComparison.Ordinal);
        Assert.Single(await facility.Site.FolderRecords.ListAsync(Ct));
    }

    [Fact]
    public async Task Only_folders_below_the_roots_that_nothing_else_uses_are_adopted()
    {
        await using Facility facility = await Facility.OpenAsync();
        Write(facility, "a/file", "1");
        Write(facility, "b/file", "1");
        facility.AdoptRoots = [facility.Old, facility.Parent, facility.Data];
        string outside = Directory.CreateTempSubdirectory("hutch-outside-").FullName;
        Directory.CreateSymbolicLink(Path.Combine(facility.Old, "link"), outside);
        await facility.RestartAsync();
        Assert.True((await facility.AdoptAsync(Path.Combine(facility.Old, "a"))).IsOk);

        Assert.Equal(
            [
                "forbidden: in none of the folders", "forbidden: in none of the folders", "not-found: no folder that this server can see",
                "conflict: the data folder of the server", "conflict: a folder that the facility agent watches",
                "conflict: a folder that the facility agent watches", "conflict: which has datasets already", "conflict: which has datasets already",
            ],
            [
                await RefusalAsync(outside, "in none of the folders"), await RefusalAsync(Path.Combine(facility.Old, "link"), "in none of the folders"),
                await RefusalAsync(Path.Combine(facility.Old, "gone"), "no folder that this server can see"),
                await RefusalAsync(facility.Data, "the data folder of the server"),
                await RefusalAsync(facility.Parent, "a folder that the facility agent watches"),
                await RefusalAsync(Directory.CreateDirectory(facility.PathOf("session/below")).FullName, "a folder that the facility agent watches"),
                await RefusalAsync(facility.Old, "which has datasets already"),
                await RefusalAsync(Directory.CreateDirectory(Path.Combine(facility.Old, "a", "below")).FullName, "which has datasets already"),
            ]);
        Assert.True((await facility.AdoptAsync(Path.Combine(facility.Old, "b"))).IsOk);
        facility.AdoptRoots = [];
        await facility.RestartAsync();
        Assert.Equal("forbidden: 'adopt.roots' of the configuration is empty", await RefusalAsync(facility.Old, "'adopt.roots' of the configuration is empty"));
        Directory.Delete(outside);

        async Task<string> RefusalAsync(string path, string text)
        {
            HutchError refusal = (await facility.AdoptAsync(path)).Error!;
            return $"{refusal.Code.Name}: {(refusal.Message.Contains(text, StringComparison.Ordinal) ? text : refusal.Message)}";
        }
    }

    [Fact]
    public async Task A_plan_over_a_bound_or_a_quota_is_refused_by_name()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Watching = new WatchingOptions { MaxFilesPerFolder = 1000 };
        await facility.RestartAsync();
        for (int i = 0; i <= 1000; i++)
        {
            Write(facility, $"many/{i}", "");
        }

        Write(facility, "large/file", "12345");
        await facility.Site.Quotas.SetAsync(new OwnerQuota("admin", 4, null), "admin", Ct);

        HutchError many = (await facility.AdoptAsync(Path.Combine(facility.Old, "many"))).Error!;
        HutchError large = (await facility.AdoptAsync(Path.Combine(facility.Old, "large"))).Error!;
        HutchError none = (await facility.AdoptAsync(each: "x*")).Error!;

        Assert.Contains("agent.watching.maxFilesPerFolder", many.Message, StringComparison.Ordinal);
        Assert.Contains("of a quota of 4 bytes", large.Message, StringComparison.Ordinal);
        Assert.Contains("No folder in", none.Message, StringComparison.Ordinal);
        Assert.Empty(await facility.Site.FolderRecords.ListAsync(Ct));
    }

    [Fact]
    public async Task A_changed_file_is_never_served_under_its_old_hash_and_a_rescan_follows_it()
    {
        await using Facility facility = await Facility.OpenAsync();
        Write(facility, "file", "first");
        Write(facility, "other", "1");
        await facility.AdoptAsync();
        await facility.LookAtAdoptedAsync();
        await facility.HashAsync();
        SiteDataset dataset = await DatasetAsync(facility, facility.Old);
        BlobHash first = (await facility.EntriesAsync(dataset))["file"].Hash;

        Write(facility, "file", "other");
        BlobContent before = (await facility.Site.Blobs.FindAsync(dataset.Id, first, Ct))!;
        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => ReadAsync(before));
        File.Delete(Path.Combine(facility.Old, "other"));
        Assert.True(facility.Folders.Rescan(Path.Combine(facility.Old, "file")).IsOk);
        await facility.LookAtAdoptedAsync();
        await facility.HashAsync();

        Assert.Equal(ErrorCode.Gone, refused.Error.Code);
        Assert.Equal(["file"], (await facility.EntriesAsync(dataset)).Keys);
        Assert.Equal("other", await TextAsync(facility, dataset, "file"));
    }

    [Fact]
    public async Task An_empty_or_missing_folder_takes_no_file_from_its_dataset()
    {
        await using Facility facility = await Facility.OpenAsync();
        Write(facility, "file", "1");
        await facility.AdoptAsync();
        await facility.LookAtAdoptedAsync();
        SiteDataset dataset = await DatasetAsync(facility, facility.Old);

        Directory.Move(facility.Old, facility.Old + "-mounted");
        await RescanAsync(facility);
        FacilityFolder missing = Assert.Single(facility.Folders.Folders);
        Directory.CreateDirectory(facility.Old);
        await RescanAsync(facility);
        FacilityFolder empty = Assert.Single(facility.Folders.Folders);
        int entries = (await facility.EntriesAsync(dataset)).Count;
        Directory.Delete(facility.Old);
        Directory.Move(facility.Old + "-mounted", facility.Old);
        await RescanAsync(facility);

        Assert.Equal((FacilityFolderState.Missing, FacilityFolderState.Attention, 1), (missing.State, empty.State, entries));
        Assert.Contains("Is the file system mounted?", empty.Problem, StringComparison.Ordinal);
        Assert.Equal((FacilityFolderState.Published, null), (Assert.Single(facility.Folders.Folders).State, Assert.Single(facility.Folders.Folders).Problem));
    }

    [Fact]
    public async Task A_folder_above_that_became_a_link_is_not_followed()
    {
        await using Facility facility = await Facility.OpenAsync();
        Write(facility, "a/b/file", "1");
        await facility.AdoptAsync(Path.Combine(facility.Old, "a/b"));
        await facility.LookAtAdoptedAsync();
        Write(facility, "secret/b/other", "1");

        Directory.Move(Path.Combine(facility.Old, "a"), Path.Combine(facility.Old, "moved"));
        Directory.CreateSymbolicLink(Path.Combine(facility.Old, "a"), Path.Combine(facility.Old, "secret"));
        await RescanAsync(facility);

        Assert.Equal(FacilityFolderState.Missing, Assert.Single(facility.Folders.Folders).State);
        SiteDataset dataset = await DatasetAsync(facility, Path.Combine(facility.Old, "a/b"));
        Assert.Equal(["file"], (await facility.EntriesAsync(dataset)).Keys);
    }

    [Fact]
    public async Task A_server_that_is_killed_after_any_commit_continues_after_its_start()
    {
        bool wasKilled = true;
        for (int commits = 1; wasKilled; commits++)
        {
            await using Facility facility = await Facility.OpenAsync();
            Write(facility, "a/file", "1");
            Write(facility, "b/file", "2");
            await facility.AdoptAsync(each: "*");
            wasKilled = await facility.DieAsync(commits, ct => facility.LookAtAdoptedAsync(ct));

            await facility.LookAtAdoptedAsync();
            await facility.HashAsync();

            Assert.Equal("1", await TextAsync(facility, await DatasetAsync(facility, Path.Combine(facility.Old, "a")), "file"));
            Assert.Equal("2", await TextAsync(facility, await DatasetAsync(facility, Path.Combine(facility.Old, "b")), "file"));
        }
    }

    [Fact]
    public async Task Its_one_writer_is_the_folder_and_a_deletion_leaves_the_folder_as_it_is()
    {
        await using Facility facility = await Facility.OpenAsync();
        Write(facility, "file", "1");
        await facility.AdoptAsync();
        await facility.LookAtAdoptedAsync();
        SiteDataset dataset = await DatasetAsync(facility, facility.Old);

        HutchError refused = DatasetState.RequireWritable(dataset).Error!;
        Assert.True((await facility.Datasets.Lifecycle.TrashAsync(await facility.AdminAsync(), dataset.Id, Ct)).IsOk);
        await RescanAsync(facility);
        AdoptionPlan again = (await facility.AdoptAsync(isPlanOnly: true)).Value.Plan;

        Assert.Equal(ErrorCode.FolderDataset, refused.Code);
        Assert.Contains($"the adopted folder '{facility.Old}' of the server, and change only there", refused.Message, StringComparison.Ordinal);
        Assert.Contains("in the trash", Assert.Single(Assert.Single(facility.Folders.Folders).Notices), StringComparison.Ordinal);
        Assert.Contains(again.Notices, notice => notice.Contains("is in the trash", StringComparison.Ordinal));
        Assert.Equal("1", File.ReadAllText(Path.Combine(facility.Old, "file")));
    }

    private static async Task RescanAsync(Facility facility)
    {
        facility.Folders.Scan();
        await facility.LookAtAdoptedAsync();
    }

    private static async Task<SiteDataset> DatasetAsync(Facility facility, string folder) =>
        await facility.Site.FolderRecords.InFolderAsync(folder, Ct) ?? throw new InvalidOperationException($"'{folder}' is no dataset.");

    private static void Write(Facility facility, string name, string text)
    {
        string path = Path.Combine(facility.Old, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>All that a program can see of a tree, but for times of access.</summary>
    private static string[] Tree(string folder) =>
    [
        .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Prepend(folder).Order(StringComparer.Ordinal)
            .Select(path => new FileInfo(path)).Select(file => $"{file.FullName} {file.UnixFileMode} {file.LastWriteTimeUtc:O}"),
    ];

    private static async Task<byte[]> ReadAsync(BlobContent content)
    {
        var bytes = new MemoryStream();
        await foreach (ReadOnlyMemory<byte> part in content.ReadAsync(0, content.Size, Ct))
        {
            bytes.Write(part.Span);
        }

        return bytes.ToArray();
    }

    private static async Task<string> TextAsync(Facility facility, SiteDataset dataset, string path)
    {
        Entry entry = (await facility.EntriesAsync(dataset))[path];
        return Encoding.UTF8.GetString(await ReadAsync((await facility.Site.Blobs.FindAsync(dataset.Id, entry.Hash, Ct))!));
    }
}
