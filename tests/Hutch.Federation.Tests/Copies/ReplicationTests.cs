using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A dataset comes to another site whole, and reads there as it does at its home.</summary>
public sealed class ReplicationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_closed_dataset_reads_at_the_other_site_as_it_does_at_its_home()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetId id = await Copied.MakeAsync(zone.Admin, "scan");
        await zone.Admin.CloseDatasetAsync(id, new CloseDataset { Message = "Done" }, Ct);

        CopyList asked = await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        CopyInfo copy = await Copied.UntilCompleteAsync(zone.Admin, id, "archive", 2);

        Assert.Equal("facility", asked.Home);
        Assert.Equal("pending", Assert.Single(asked.Items).State);
        Assert.Equal((copy.Files, copy.Bytes), (copy.FilesDone, copy.BytesDone));
        foreach (string path in new[]
        {
            $"datasets/{id}/entries/readme.txt", $"datasets/{id}/entries/empty", $"datasets/{id}/entries/raw/frame-041.bin",
            $"datasets/{id}/entries/raw/deep/er/middle.bin", $"datasets/{id}/entries/large.bin", $"datasets/{id}/metadata",
            $"datasets/{id}/snapshots", $"datasets/{id}/files?at=@1", $"datasets/{id}/files?at=@v1", $"datasets/{id}/files?at=@2",
            $"datasets/{id}/tree",
        })
        {
            Assert.Equal(
                await Copied.AnswerAsync(zone.Address, zone.AdminToken, path), await Copied.AnswerAsync(site.Address, site.AdminToken, path));
        }

        DatasetInfo home = await zone.Admin.GetDatasetAsync(id, Ct);
        DatasetInfo there = await site.Admin.GetDatasetAsync(id, Ct);
        Assert.Equal(home with { HeadVersion = 0 }, there with { HeadVersion = 0, Parents = home.Parents });
    }
}
