using Hutch.Agent.Watching;
using Hutch.Disk;

namespace Hutch.Agent.Tests.Watching;

public sealed class MountKindTests
{
    [Fact]
    public void A_local_folder_is_watched_by_the_kernel_and_needs_no_advice()
    {
        var here = MountKind.From(Path.GetTempPath());

        Assert.False(here.IsNetwork);
        Assert.True(here.KeepsInodes && here.KeepsFolderTimes);
        Assert.Null(here.Advice);
    }

    [Theory]
    [InlineData("nfs", true, "nfs4", "rw", true, true, "nfs")]
    [InlineData("fuse", true, "fuse.sshfs", "rw", false, true, "fuse.sshfs")]
    [InlineData("fuse", true, "fuse.rclone", "rw", false, false, "fuse.rclone")]
    [InlineData("fuse", true, "fuse.unheard-of", "rw", false, false, "fuse.unheard-of")]
    [InlineData("smb2", true, "cifs", "rw", false, true, "smb2")]
    [InlineData("0x12345678", false, "new", "rw", true, true, "0x12345678")]
    public void A_mount_that_is_not_known_to_be_local_is_treated_as_a_network_mount(
        string fileSystem, bool isNetwork, string mounted, string options, bool keepsInodes, bool keepsTimes, string name)
    {
        var kind = MountKind.From(fileSystem, isNetwork, new MountFacts("/data", mounted, options.Split(',').ToHashSet()));

        Assert.Equal((true, keepsInodes, keepsTimes, name), (kind.IsNetwork, kind.KeepsInodes, kind.KeepsFolderTimes, kind.Name));
    }

    [Theory]
    [InlineData("nfs", "rw,vers=4.2", "up to 60 s", "actimeo=1")]
    [InlineData("nfs", "rw,acregmin=5,acregmax=5,acdirmin=20,acdirmax=20", "up to 20 s", "actimeo=1")]
    [InlineData("nfs", "rw,acregmin=1,acregmax=1,acdirmin=1,acdirmax=1", null, null)]
    [InlineData("nfs", "rw,noac", null, null)]
    [InlineData("smb2", "rw,actimeo=30", "up to 30 s", "actimeo=1")]
    [InlineData("smb2", "rw,actimeo=1", null, null)]
    [InlineData("smb2", "rw", null, null)]
    [InlineData("fuse.sshfs", "rw", "up to 20 s", "dcache_timeout=1")]
    [InlineData("fuse.s3fs", "rw", "up to 15 minutes", "stat_cache_expire=1")]
    [InlineData("lustre", "rw", null, null)]
    public void A_mount_that_remembers_for_long_is_named_with_the_option_that_helps(string fileSystem, string options, string? time, string? option)
    {
        string? advice = AttributeCaching.Advice(fileSystem, options.Split(',').ToHashSet());

        Assert.Equal(time is null, advice is null);
        Assert.Contains(time ?? "", advice ?? "", StringComparison.Ordinal);
        Assert.Contains(option ?? "", advice ?? "", StringComparison.Ordinal);
    }
}
