using System.Text;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;

namespace Hutch.Agent.Tests.Publishing;

public sealed class FolderPublisherTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_with_a_metadata_file_becomes_a_dataset_in_place()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("20211227125_Demo", "Movies/a.mrc", "frames");
        facility.Drop("20211227125_Demo");

        await facility.LookAsync("20211227125_Demo");

        SiteDataset dataset = await facility.DatasetAsync("20211227125_Demo");
        Assert.Equal(("admin", "20211227125-demo", "70S_RNAP", "cryoem/spa"), (dataset.Owner, dataset.Slug, dataset.Title, dataset.Type));
        Assert.Equal(["Movies/a.mrc", "SPA.yml"], (await facility.EntriesAsync(dataset)).Keys);
        Assert.Equal(dataset.Id.ToString(), facility.InBlock("20211227125_Demo", "Space"));
        Assert.StartsWith("https://hutch.example.org/s#hutchlink_", facility.InBlock("20211227125_Demo", "PublicURL"), StringComparison.Ordinal);
        Assert.Equal(FacilityFolderState.Acquiring, facility.Status("20211227125_Demo").State);
    }

    [Fact]
    public async Task The_bytes_are_those_of_the_folder()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("a", "movie.mrc", "frames");
        facility.Drop("a");
        await facility.LookAsync("a");
        await facility.HashAsync();

        Entry entry = (await facility.EntriesAsync(await facility.DatasetAsync("a")))["movie.mrc"];

        Assert.Equal(BlobHash.Compute("frames"u8), entry.Hash);
        BlobContent content = (await facility.Site.Blobs.FindWholeAsync(entry.Hash, Ct))!;
        Assert.Equal("frames", Encoding.UTF8.GetString(await ReadAsync(content)));
    }

    [Fact]
    public async Task A_mapping_of_the_facility_says_what_its_keys_mean()
    {
        string mapping = Path.GetTempFileName();
        File.WriteAllText(mapping, "type: {key: Kind, types: {Powder: mx}, otherwise: generic}\ntitle: [Name]\n");
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Mapping = mapping });
        facility.Write("a", "SPA.yml", "DataId: a\nKind: Powder\nName: Quartz\nRemark: new\n");

        await facility.LookAsync("a");

        SiteDataset dataset = await facility.DatasetAsync("a");
        Assert.Equal(("mx", "Quartz"), (dataset.Type, dataset.Title));
        Assert.Contains("\"Remark\":\"new\"", (await facility.Reader.Metadata.GetAsync(await facility.AdminAsync(), dataset.Id, Ct)).Value!.Document, StringComparison.Ordinal);
        File.Delete(mapping);
    }

    [Fact]
    public async Task A_mapping_that_is_wrong_is_refused_at_the_start()
    {
        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => Facility.OpenAsync(
            parent => new WatchedFolderOptions { Watch = parent, Mapping = "/nowhere/mapping.yml" }));

        Assert.Contains("/nowhere/mapping.yml", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_again_changes_nothing()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("a", "x", "1");
        facility.Drop("a");
        await facility.LookAsync("a");
        (string text, long sequence) = (facility.Metadata("a"), facility.Site.AppliedSequence);

        await facility.LookAsync("a", "a");
        await facility.RestartAsync();
        await facility.LookAsync("a", "a");

        Assert.Equal((text, sequence), (facility.Metadata("a"), facility.Site.AppliedSequence));
    }

    [Fact]
    public async Task Files_that_come_change_and_go_are_followed()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("a", "x", "1");
        facility.Drop("a");
        await facility.LookAsync("a");

        facility.Write("a", "sub/y", "22");
        await facility.LookAsync("a");
        File.Delete(facility.PathOf("a", "x"));
        await facility.RestartAsync();
        await facility.LookAsync("a");

        IReadOnlyDictionary<string, Entry> entries = await facility.EntriesAsync(await facility.DatasetAsync("a"));
        Assert.Equal(["SPA.yml", "sub/y"], entries.Keys);
        Assert.Equal(2, entries["sub/y"].Size);
    }

    [Fact]
    public async Task Invalid_YAML_is_reported_in_a_side_file_until_it_is_corrected()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("a", "SPA.yml", "DataId: [unclosed\n");
        await facility.LookAsync("a");
        string told = File.ReadAllText(facility.PathOf("a", ".hutch-SPA.yml"));
        string text = facility.Metadata("a");

        facility.Drop("a");
        await facility.LookAsync("a");

        Assert.Equal("DataId: [unclosed\n", text);
        Assert.Contains("SPA.yml: ", told, StringComparison.Ordinal);
        Assert.False(File.Exists(facility.PathOf("a", ".hutch-SPA.yml")));
        Assert.NotNull(facility.InBlock("a", "Space"));
    }

    [Fact]
    public async Task Files_are_registered_while_the_metadata_file_is_broken_and_not_while_it_is_gone()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        string good = facility.Metadata("a");

        facility.Write("a", "SPA.yml", "DataId: [unclosed\n");
        facility.Write("a", "x", "1");
        await facility.LookAsync("a");
        bool isThere = (await facility.EntriesAsync(await facility.DatasetAsync("a"))).ContainsKey("x");
        File.Delete(facility.PathOf("a", "SPA.yml"));
        File.Delete(facility.PathOf("a", "x"));
        await facility.LookAsync("a");
        bool isStillThere = (await facility.EntriesAsync(await facility.DatasetAsync("a"))).ContainsKey("x");
        facility.Write("a", "SPA.yml", good);
        await facility.LookAsync("a");

        Assert.Equal((true, true), (isThere, isStillThere));
        Assert.DoesNotContain("x", (await facility.EntriesAsync(await facility.DatasetAsync("a"))).Keys);
    }

    [Fact]
    public async Task When_the_running_file_is_removed_a_snapshot_is_taken_of_all_that_is_hashed()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("a", ".running", "");
        facility.Write("a", "x", "1");
        facility.Drop("a");
        await facility.LookAsync("a");

        File.Delete(facility.PathOf("a", ".running"));
        facility.Write("a", "last", "22");
        await facility.LookAsync("a");
        SiteDataset before = await facility.DatasetAsync("a");
        await facility.HashAsync();
        await facility.LookAsync("a");
        SiteDataset after = await facility.DatasetAsync("a");

        Assert.Equal((null, FacilityFolderState.Published), (before.Snapshot, facility.Status("a").State));
        Assert.Equal((3L, null), (after.Root.Files, after.Closed));
    }

    [Fact]
    public async Task A_closing_rule_closes_the_dataset_after_acquisition_and_later_changes_are_reported()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Close = true });
        facility.Write("a", ".running", "");
        facility.Write("a", "x", "1");
        facility.Drop("a");
        await facility.LookAsync("a");
        File.Delete(facility.PathOf("a", ".running"));
        await facility.LookAsync("a");
        await facility.HashAsync();
        await facility.LookAsync("a");

        facility.Write("a", "late", "22");
        await facility.LookAsync("a");

        SiteDataset dataset = await facility.DatasetAsync("a");
        Assert.NotNull(dataset.Closed);
        Assert.Equal(1, dataset.LastNumber);
        Assert.Equal(["SPA.yml", "x"], (await facility.EntriesAsync(dataset)).Keys);
        Assert.Contains(facility.Status("a").Notices, notice => notice.Contains("closed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Empty_drafts_that_a_mount_made_again_are_removed_and_nothing_else()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        facility.Write("a", ".hutch-new.hutch-invite", "");
        facility.Write("a", ".hutch-new-agent", "");
        facility.Write("a", ".hutch-newer", "");
        facility.Write("a", ".hutch-new-notes", "of somebody");
        facility.Time.Ahead = TimeSpan.FromMinutes(1);

        await facility.LookAsync("a");

        IEnumerable<string?> left = Directory.GetFiles(facility.PathOf("a", "."), ".hutch-new*").Select(Path.GetFileName);
        Assert.Equal([".hutch-new-notes", ".hutch-newer"], left.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_block_of_another_program_stays_as_it_is()
    {
        const string Foreign = "Onedata:\n  Space: 4ad1c5dfae80f53a0b1bd1f3cbea8cdbch6b0f\n  PublicURL: https://onedata.example.org/share/1 # do not touch\n";
        await using Facility facility = await Facility.OpenAsync(
            parent => new WatchedFolderOptions { Watch = parent, Block = new BlockOptions { Name = "Onedata", InviteInBlock = true } });
        facility.Drop("a", lines: Foreign);

        await facility.LookAsync("a");

        Assert.Contains(Foreign, facility.Metadata("a"), StringComparison.Ordinal);
        Assert.Equal((await facility.DatasetAsync("a")).Id.ToString(), facility.InBlock("a", "Space"));
    }

    private static async Task<byte[]> ReadAsync(BlobContent content)
    {
        var bytes = new MemoryStream();
        await foreach (ReadOnlyMemory<byte> part in content.ReadAsync(0, content.Size, Ct))
        {
            bytes.Write(part.Span);
        }

        return bytes.ToArray();
    }
}
