using Hutch.Client;
using Hutch.Client.Fetch;
using Hutch.Client.Push;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Objects.S3;
using Hutch.Testing;
using Hutch.Testing.Disks;

namespace Hutch.Federation.Tests.Writing;

/// <summary>
/// Large bodies go past the page cache, however they come to a site. A direct write whose memory is elsewhere in its page
/// than its bytes are in the file throws, on any disk.
/// </summary>
public sealed class DirectWriteTests : IAsyncLifetime
{
    private const int Mib = 1 << 20;
    private const int LargeFileBytes = 64 * Mib;
    private const int FrameBytes = 130 << 10;

    private readonly WatchedDisk _zoneDisk = new();
    private readonly WatchedDisk _archiveDisk = new();
    private SiteServer _zone = null!;
    private SiteServer _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync(hasAllDoors: true, disk: _zoneDisk);
        _archive = await SiteServer.StartAsync("new", disk: _archiveDisk);
        await _archive.JoinAsync(_zone, "archive");
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _zone.DisposeAsync();
        _zoneDisk.Dispose();
        _archiveDisk.Dispose();
    }

    [Fact]
    public async Task Large_bodies_go_straight_to_the_disk_however_they_come_and_large_files_come_straight_from_it()
    {
        DatasetId pushed = await PushAsync();
        AssertDirect(_zoneDisk, LargeFileBytes + (3 * Mib));

        await PutSixteenAsync();
        AssertDirect(_zoneDisk, 16 * Mib);

        await CaptureAsync();
        AssertDirect(_zoneDisk, 8 * FrameBytes);

        await _zone.Admin.RequestCopyAsync(pushed, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(_zone.Admin, pushed, "archive", 1);
        AssertDirect(_archiveDisk, LargeFileBytes + (3 * Mib));

        using var clone = new TemporaryFolder();
        long before = _archiveDisk.DirectReadBytes;
        await new CloneEngine(_archive.Admin, NoProgress.Instance, TimeProvider.System).RunAsync(
            await _archive.Admin.GetDatasetAsync(pushed, Ct), null, clone["clone"], new CloneOptions(), Ct);
        Assert.InRange(_archiveDisk.DirectReadBytes - before, LargeFileBytes, long.MaxValue);
    }

    private static void AssertDirect(WatchedDisk disk, long leastBytes)
    {
        (long large, long direct, long cached) = disk.TakeWritten();
        Assert.InRange(large, leastBytes, long.MaxValue);
        Assert.True(direct >= 0.99 * large, $"{direct} of {large} bytes went straight to the disk, {cached} not.");
    }

    /// <summary>A large file, and one of a few pieces.</summary>
    private async Task<DatasetId> PushAsync()
    {
        using var folder = new TemporaryFolder();
        DatasetInfo dataset = await _zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "pushed" }, Ct);
        using Workspace workspace = Workspace.Create(folder["work"], WorkspaceConfig.For(_zone.Admin, dataset));
        File.WriteAllBytes(folder["work", "large.bin"], Copied.Bytes(LargeFileBytes, 1));
        File.WriteAllBytes(folder["work", "middle.bin"], Copied.Bytes(3 * Mib, 2));
        using var push = new PushEngine(_zone.Admin, workspace, null, NoProgress.Instance);
        Assert.Equal(2, (await push.RunAsync(Ct)).UploadedFiles);
        return dataset.Id;
    }

    private async Task PutSixteenAsync()
    {
        CreatedToken key = await _zone.Admin.CreateTokenAsync(new CreateToken { S3 = true }, Ct);
        S3Location bucket = S3Location.Parse($"s3://{_zone.S3Address.Authority}/puts").Value;
        using var client = new S3Client(bucket, new S3Credentials(key.AccessKey!, key.SecretKey!), new S3ClientOptions());
        await client.EnsureBucketAsync(Ct);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
        {
            byte[] bytes = Copied.Bytes(Mib, 100 + i);
            return client.PutAsync($"{i}", bytes, BlobHash.Compute(bytes), "application/octet-stream", null, Ct);
        }));
    }

    /// <summary>Frames, as a capture stores them, and as small as a large body can be: each is a group of its own.</summary>
    private async Task CaptureAsync()
    {
        DatasetInfo dataset = await _zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "frames" }, Ct);
        for (int i = 0; i < 8; i++)
        {
            await _zone.Admin.PutEntryAsync(dataset.Id, $"frame-{i}", Copied.Bytes(FrameBytes, 200 + i), ct: Ct);
        }
    }
}
