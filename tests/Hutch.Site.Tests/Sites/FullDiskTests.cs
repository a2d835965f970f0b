using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Site.Tests.Sites;

public sealed class FullDiskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_a_warning_for_as_long_as_it_is_full()
    {
        var disk = new FillingDisk();
        await using TestSite site = await TestSite.OpenAsync(new SiteOptions(), disk);
        Assert.DoesNotContain(await site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "disk-full");

        disk.Free = 259_829_760;
        SiteWarning full = Assert.Single(await site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "disk-full");
        disk.Free = long.MaxValue;
        IReadOnlyList<SiteWarning> roomy = await site.Site.Warnings.ReadAsync(Ct);

        Assert.Contains("260 MB are free, and 268 MB are reserved", full.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(roomy, static warning => warning.Kind == "disk-full");
    }

    private sealed class FillingDisk() : WrappedDisk(LocalDisk.Instance)
    {
        public long Free { get; set; } = long.MaxValue;

        public override DiskSpace Space(string folder) => base.Space(folder) with { FreeBytes = Free };
    }
}
