using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Checksums;
using Hutch.Model.Site;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;
using Hutch.Storage;
using Hutch.Storage.Segments;

namespace Hutch.Site.Tests.Sites;

/// <summary>Bytes that the disk has damaged: named as damaged, never served, kept for repair, healed by a good copy.</summary>
public sealed class DamageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5000)]
    [InlineData(3 << 20)]
    public async Task A_damaged_file_says_so_until_it_is_uploaded_again(int length)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(length);
        await site.PutAsync(dataset.Id, "file", content);
        await site.PutAsync(dataset.Id, "other", "is well");
        await site.Site.Segments.SealAsync(Ct);
        Damage(Path.Combine(site.Folder, "segments"), content);

        await AssertDamagedAsync(site, dataset.Id);
        await AssertDamagedAsync(site, dataset.Id);
        await site.ReopenAsync();
        await AssertDamagedAsync(site, dataset.Id);
        await site.Site.Collector.CollectAsync(Ct);
        await AssertDamagedAsync(site, dataset.Id);
        Assert.Equal("is well"u8.ToArray(), await site.ReadAsync(dataset.Id, "other"));

        await site.PutAsync(dataset.Id, "file", content);
        Assert.Equal(content, await site.ReadAsync(dataset.Id, "file"));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(3 << 20)]
    public async Task A_damaged_file_is_asked_for_by_the_next_push_and_healed_by_it(int length)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(length);
        await site.PutAsync(dataset.Id, "file", content);
        await site.Site.Segments.SealAsync(Ct);
        Damage(Path.Combine(site.Folder, "segments"), content);
        await AssertDamagedAsync(site, dataset.Id);
        Assert.Contains(await site.Site.Warnings.ReadAsync(Ct), warning => warning.Kind == "members-damaged");

        SiteSession push = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        Assert.Equal([BlobHash.Compute(content)], await NegotiateAsync(site, push, content));
        await UploadAsync(site, push, content);

        Assert.Empty(await NegotiateAsync(site, push, content));
        Assert.Equal(content, await site.ReadAsync(dataset.Id, "file"));
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());
        Assert.Equal(content, await site.ReadAsync(dataset.Id, "file"));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(3 << 20)]
    public async Task What_a_push_has_brought_and_the_disk_has_damaged_since_is_asked_for_again_and_cannot_be_committed(int length)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(length);
        SiteSession push = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        await UploadAsync(site, push, content);
        await site.Site.Segments.SealAsync(Ct);
        Damage(Path.Combine(site.Folder, "segments"), content);
        foreach (SegmentInfo segment in site.Site.Segments.Segments)
        {
            await site.Site.Segments.ScrubAsync(segment.Number, long.MaxValue, Ct);
        }

        Entry entry = Entry.File(BlobHash.Compute(content), content.Length);
        TreeChange[] changes = [new TreeChange(DatasetPath.Parse("file").Value, entry)];
        Assert.Equal(ErrorCode.BlobNotNameable, (await site.Site.PushCommits.CommitAsync(push, changes, null, Ct)).Error?.Code);
        Assert.Equal([BlobHash.Compute(content)], await NegotiateAsync(site, push, content));
        UploadKey key = UploadKey.Parse(entry.Hash.ToString()).Value;
        Assert.Equal(0, (await site.Site.ResumableUploads.StateAsync(push, key, Ct)).Value.Offset);
        await UploadAsync(site, push, content);

        Assert.True((await site.Site.PushCommits.CommitAsync(push, changes, null, Ct)).IsOk);
        Assert.Equal(content, await site.ReadAsync(dataset.Id, "file"));
    }

    [Fact]
    public async Task An_upload_whose_first_part_the_disk_has_damaged_begins_anew()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(6 << 20);
        SiteSession push = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        UploadKey key = UploadKey.Parse(BlobHash.Compute(content).ToString()).Value;
        await site.Site.ResumableUploads.ContinueAsync(push, key, content.Length, 0, Body(content[..(5 << 20)]), null, Ct);
        await site.ReopenAsync(() => Damage(Path.Combine(site.Folder, "segments"), content));

        UploadState half = (await site.Site.ResumableUploads.StateAsync(push, key, Ct)).Value;
        Result<UploadState> refused = await site.Site.ResumableUploads.ContinueAsync(push, key, content.Length, half.Offset, Body(content[(int)half.Offset..]), null, Ct);
        Result<UploadState> again = await site.Site.ResumableUploads.ContinueAsync(push, key, content.Length, 0, Body(content), null, Ct);

        Assert.Equal(ErrorCode.DigestMismatch, refused.Error?.Code);
        Assert.Equal(BlobHash.Compute(content), again.Value.Hash);
    }

    /// <summary>As two servers may write them, of which the second stays when the first is damaged.</summary>
    [Fact]
    public async Task Other_bytes_under_the_name_of_a_part_are_not_served_though_they_are_whole()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(3 << 20);
        await site.PutAsync(dataset.Id, "file", content);
        await site.ReopenAsync();
        LargeBlob stored = (await site.Site.Blobs.Large.FindAsync(BlobHash.Compute(content), Ct))!;
        byte[] other = RandomNumberGenerator.GetBytes(stored.Extents[0].Length);

        await site.Site.Blobs.Bytes.WriteAsync(
            Lane.Bulk, MemberKey.Extent(stored.Upload, 0), new ExtentBody(other, Checksum.Crc32C(other)), Ct);

        await AssertDamagedAsync(site, dataset.Id);
        Assert.Null(await site.Site.Blobs.FindWholeAsync(stored.Hash, Ct));
        await site.PutAsync(dataset.Id, "file", content);
        Assert.Equal(content, await site.ReadAsync(dataset.Id, "file"));
    }

    [Fact]
    public async Task A_missing_segment_and_a_damaged_journal_cause_warnings_until_they_are_repaired()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(3 << 20);
        await site.PutAsync(dataset.Id, "file", content);
        string lost = "";
        await site.ReopenAsync(() =>
        {
            lost = Directory.GetFiles(Path.Combine(site.Folder, "segments"), "*.bulk.tar").Single();
            File.Move(lost, lost + ".away");
        });

        SiteWarning warning = Assert.Single(await site.Site.Warnings.ReadAsync(Ct));
        Assert.Equal("segments-lost", warning.Kind);
        Assert.Contains(Path.GetFileName(lost), warning.Message, StringComparison.Ordinal);
        Assert.Contains("hutch verify", warning.Advice, StringComparison.Ordinal);
        SiteSession push = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        Assert.Equal([BlobHash.Compute(content)], await NegotiateAsync(site, push, content));
        await site.ReopenAsync(() =>
        {
            File.Move(lost + ".away", lost);
            Damage(Path.Combine(site.Folder, "segments"), "\"k\":\"entry.put\""u8.ToArray());
        });
        foreach (SegmentInfo segment in site.Site.Segments.Segments)
        {
            await site.Site.Segments.ScrubAsync(segment.Number, long.MaxValue, Ct);
        }

        Assert.Equal(content, await site.ReadAsync(dataset.Id, "file"));
        Assert.NotEmpty(site.Site.Segments.Quarantined);
        Assert.Equal("journal-damaged", Assert.Single(await site.Site.Warnings.ReadAsync(Ct)).Kind);
        await site.Site.Checkpointer.WriteAsync(Ct);
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
    }

    [Fact]
    public async Task A_damaged_header_loses_no_data_and_a_scrub_warns_until_the_segment_is_restored()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(5000);
        await site.PutAsync(dataset.Id, "file", content);
        byte[] header = System.Text.Encoding.ASCII.GetBytes($"blobs/{BlobHash.Compute(content)}");
        byte[] whole = [];
        string segment = "";
        await site.ReopenAsync(() =>
        {
            segment = Directory.GetFiles(Path.Combine(site.Folder, "segments"), "*.main.tar").Single();
            whole = File.ReadAllBytes(segment);
            Damage(Path.Combine(site.Folder, "segments"), header);
        });

        ScrubSummary scrub = await ScrubAsync(site);
        Assert.Contains($"damaged header of {MemberKey.Blob(BlobHash.Compute(content))}", Assert.Single(scrub.Damage), StringComparison.Ordinal);
        Assert.Contains("damaged header of", Assert.Single(await site.Site.Warnings.ReadAsync(Ct)).Message, StringComparison.Ordinal);
        Assert.Equal(content, await site.ReadAsync(dataset.Id, "file"));
        await site.ReopenAsync();
        Assert.Equal("segments-damaged", Assert.Single(await site.Site.Warnings.ReadAsync(Ct)).Kind);
        await site.ReopenAsync(() => File.WriteAllBytes(segment, whole));
        Assert.Empty((await ScrubAsync(site)).Damage);
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
    }

    private static Task<ScrubSummary> ScrubAsync(TestSite site) =>
        new SegmentScrubber(site.Site.Segments, new ScrubOptions(), offline: null).RunAsync(static (_, _) => { }, Ct);

    private static async Task<IReadOnlyList<BlobHash>> NegotiateAsync(TestSite site, SiteSession push, byte[] content)
    {
        TreeView head = (await site.Site.Heads.ResolveAsync(push.Dataset, null, Ct)).Value;
        return (await site.Site.Negotiation.NegotiateAsync(push, [BlobHash.Compute(content)], [head], Ct)).Value;
    }

    private static async Task UploadAsync(TestSite site, SiteSession push, byte[] content)
    {
        UploadKey key = UploadKey.Parse(BlobHash.Compute(content).ToString()).Value;
        Result<UploadState> uploaded = await site.Site.ResumableUploads.ContinueAsync(push, key, content.Length, 0, Body(content), null, Ct);
        Assert.Equal(BlobHash.Compute(content), uploaded.Value.Hash);
    }

    private static PipeReader Body(byte[] bytes) => PipeReader.Create(new MemoryStream(bytes));

    private static async Task AssertDamagedAsync(TestSite site, DatasetId dataset)
    {
        HutchException e = await Assert.ThrowsAsync<HutchException>(() => site.ReadAsync(dataset, "file"));
        Assert.Equal(ErrorCode.Quarantined, e.Error.Code);
    }

    /// <summary>Wherever the content lies, also where it was before it had its place.</summary>
    private static void Damage(string segments, byte[] content)
    {
        int found = 0;
        foreach (string path in Directory.EnumerateFiles(segments, "*.tar"))
        {
            byte[] bytes = File.ReadAllBytes(path);
            int at = bytes.AsSpan().IndexOf(content.AsSpan(0, Math.Min(content.Length, 1000)));
            if (at >= 0)
            {
                bytes[at + Math.Min(content.Length, 1000) / 2] ^= 1;
                File.WriteAllBytes(path, bytes);
                found++;
            }
        }

        Assert.True(found > 0, "The content is in no segment.");
    }
}
