using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Writing;

/// <summary>A site that the zone names the home, and that has not taken over yet, refuses changes for now only.</summary>
public sealed class TakingOverTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_changes_a_dataset_is_to_be_tried_again_while_its_new_home_has_not_taken_over()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        DatasetId scan = await TwoSites.MakeAsync(zone.Admin, "scan");
        await zone.Admin.RequestCopyAsync(scan, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan, "archive", 1);

        // It hears from the zone that it is the home, and loses what the one before had given up with.
        await archive.StopAsync();
        string copy = Copy(archive.Folder);
        await archive.StartAgainAsync();
        await zone.Admin.PutEntryAsync(scan, "b.txt", "two"u8.ToArray(), ct: Ct);
        await zone.Admin.MoveHomeAsync(scan, new MoveHome { Site = "archive" }, Ct);
        await Copied.UntilTakenAsync(archive, scan);
        await archive.StopAsync();
        await zone.StopAsync();
        PutBack(copy, archive.Folder);
        await archive.StartAgainAsync();

        HutchError?[] refusals = await Task.WhenAll(
            RefusalAsync(() => archive.Admin.PutEntryAsync(scan, "c.txt", "three"u8.ToArray(), ct: Ct)),
            RefusalAsync(() => archive.Admin.DeleteEntryAsync(scan, "a.txt", ct: Ct)),
            RefusalAsync(() => archive.Admin.PutMetadataAsync(scan, "{}"u8.ToArray(), null, Ct)),
            RefusalAsync(() => archive.Admin.PutTagAsync(scan, "v1", new PutTag { Snapshot = 1 }, Ct)),
            RefusalAsync(() => archive.Admin.CloseDatasetAsync(scan, new CloseDataset(), Ct)),
            RefusalAsync(() => archive.Admin.DeleteDatasetAsync(scan, Ct)),
            RefusalAsync(() => archive.Admin.PurgeDatasetAsync(scan, new PurgeDataset { Reason = "It must go." }, Ct)));

        Assert.All(refusals, static refusal => Assert.Equal(
            ("unavailable", "The home of this dataset moves to another site just now. Nothing was changed."),
            (refusal?.Code.Name, refusal?.Message)));
    }

    private static async Task<HutchError?> RefusalAsync(Func<Task> change)
    {
        try
        {
            await change();
            return null;
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    /// <summary>What a site has in its folder now, but for what it knows of the zone.</summary>
    private static string Copy(string folder)
    {
        string copy = Directory.CreateTempSubdirectory("hutch-sites-copy-").FullName;
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(static file => !IsOfZone(file)))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    /// <summary>Puts it back, and removes the copy.</summary>
    private static void PutBack(string copy, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(static file => !IsOfZone(file)))
        {
            File.Delete(file);
        }

        foreach (string file in Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories))
        {
            File.Move(file, Path.Combine(folder, Path.GetRelativePath(copy, file)));
        }

        Directory.Delete(copy, recursive: true);
    }

    private static bool IsOfZone(string file) => Path.GetFileName(file).StartsWith("zone.db", StringComparison.Ordinal);
}
