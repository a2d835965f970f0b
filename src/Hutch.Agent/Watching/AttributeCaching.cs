namespace Hutch.Agent.Watching;

/// <summary>
/// Mounts remember what a file server said of its files for a while, and give it as an answer without asking again: what other machines
/// write is seen that much later.
/// </summary>
internal static class AttributeCaching
{
    private const int ShortEnoughSeconds = 2;
    private const int NfsSeconds = 60; // acdirmax and acregmax, unless the mount says otherwise: nfs(5)
    private const int SmbSeconds = 1; // actimeo: mount.cifs(8)

    /// <summary>Advice for the operator; null when nothing can be improved, or nothing is known.</summary>
    public static string? Advice(string fileSystem, IReadOnlySet<string>? options) => fileSystem switch
    {
        "nfs" when options?.Contains("noac") != true =>
            Late(Math.Max(Seconds(options, "acdirmax", NfsSeconds), Seconds(options, "acregmax", NfsSeconds)), "actimeo=1"),
        "smb" or "smb2" or "cifs" => Late(Seconds(options, "actimeo", SmbSeconds), "actimeo=1"),
        "fuse.sshfs" => Late("20 s unless the mount says otherwise", "-o dcache_timeout=1"),
        "fuse.rclone" => Late("5 minutes unless the mount says otherwise", "--dir-cache-time 1s --attr-timeout 1s"),
        "fuse.s3fs" => Late("15 minutes unless the mount says otherwise", "-o stat_cache_expire=1"),
        _ => null,
    };

    private static string? Late(int seconds, string option) =>
        seconds <= ShortEnoughSeconds ? null : Late(string.Create(CultureInfo.InvariantCulture, $"{seconds} s"), option);

    private static string Late(string time, string option) =>
        $"The mount remembers the attributes of files for up to {time}, so that files of other machines are seen that much later. "
        + $"Mount it with {option}, or let the software that writes the files call 'hutch agent rescan'.";

    private static int Seconds(IReadOnlySet<string>? options, string name, int otherwise) =>
        options?.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.Ordinal)) is { } set
        && int.TryParse(set.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? seconds
            : otherwise;
}
