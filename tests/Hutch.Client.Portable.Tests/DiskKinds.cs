namespace Hutch.Client.Portable.Tests;

/// <summary>The disks that people have, by name.</summary>
internal static class DiskKinds
{
    internal static readonly IReadOnlyDictionary<string, Func<SimulatedDisk>> All = new Dictionary<string, Func<SimulatedDisk>>
    {
        ["macOS, APFS"] = () => new SimulatedDisk { IgnoresCase = true },
        ["macOS, HFS+"] = () => new SimulatedDisk { IgnoresCase = true, DecomposesNames = true },
        ["Windows, NTFS"] = () => Windows(LinkSupport.None),
        ["Windows, NTFS, links allowed"] = () => Windows(LinkSupport.Real),
        ["Wine, whose links lie"] = () => Windows(LinkSupport.Lies),
        ["A disk that makes empty files of links"] = () => Windows(LinkSupport.MakesEmptyFile),
        ["Windows, FAT stick"] = () => new SimulatedDisk
        {
            IgnoresCase = true,
            ForbidsNames = true,
            WritesStandIns = true,
            Links = LinkSupport.None,
            ForgetsModes = true,
            TickSeconds = 2,
            HoldsOpenFiles = true,
        },
        ["macOS, exFAT stick"] = () => new SimulatedDisk
        {
            IgnoresCase = true,
            Links = LinkSupport.None,
            ForgetsModes = true,
            TickSeconds = 2,
        },
        ["Linux, no permissions"] = () => new SimulatedDisk { ForgetsModes = true },
    };

    private static SimulatedDisk Windows(LinkSupport links) => new()
    {
        IgnoresCase = true,
        ForbidsNames = true,
        WritesStandIns = true,
        Links = links,
        ForgetsModes = true,
        HoldsOpenFiles = true,
    };
}
