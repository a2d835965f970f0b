namespace Hutch.DataLad.Annex;

/// <summary>The small text that git has in place of a git-lfs file (git-lfs, docs/spec.md).</summary>
internal static class LfsPointer
{
    private const int MaxBytes = 1024;
    private const string OidStart = "oid sha256:";
    private const string SizeStart = "size ";

    /// <summary>The file as a key; null for any other content.</summary>
    public static KeyName? Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxBytes || !content.StartsWith("version https://git-lfs.github.com/spec/v1\n"u8))
        {
            return null;
        }

        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        string? oid = lines.FirstOrDefault(static line => line.StartsWith(OidStart, StringComparison.Ordinal));
        string? size = lines.FirstOrDefault(static line => line.StartsWith(SizeStart, StringComparison.Ordinal));
        return oid is not null && size is not null
            && long.TryParse(size.AsSpan(SizeStart.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? KeyName.OfSha256(oid[OidStart.Length..], bytes)
            : null;
    }
}
