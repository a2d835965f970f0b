namespace Hutch.DataLad.Objects;

/// <param name="Tree">The tree of a commit; zero for a tag.</param>
/// <param name="Parents">The commits before it; the target of a tag.</param>
/// <param name="Seconds">The time of the commit, in seconds since 1970; 0 if it cannot be read.</param>
internal sealed record GitHeaders(ObjectId Tree, IReadOnlyList<ObjectId> Parents, long Seconds, string Message)
{
    private const int MaxParents = 1000;
    private const int MaxAuthorBytes = 200;

    public static GitHeaders OfCommit(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> rest = content;
        ObjectId tree = Take(ref rest, "tree "u8) ?? throw DamagedPack.Refusal();
        var parents = new List<ObjectId>();
        while (Take(ref rest, "parent "u8) is { } parent)
        {
            parents.Add(parent);
            if (parents.Count > MaxParents)
            {
                throw DamagedPack.Refusal();
            }
        }

        int body = content.IndexOf("\n\n"u8);
        string message = body < 0 ? "" : Encoding.UTF8.GetString(content[(body + 2)..]).Trim();
        return new GitHeaders(tree, parents, SecondsOf(body < 0 ? rest : content[..body]), message);
    }

    /// <summary>The name of the author that a commit gives, at most 200 bytes of it; empty if it gives none.</summary>
    public static string AuthorOf(ReadOnlySpan<byte> content)
    {
        int body = content.IndexOf("\n\n"u8);
        ReadOnlySpan<byte> head = body < 0 ? content : content[..body];
        int at = head.IndexOf("\nauthor "u8);
        ReadOnlySpan<byte> line = at < 0 ? [] : head[(at + "\nauthor ".Length)..];
        line = line.IndexOfAny((byte)'<', (byte)'\n') is >= 0 and int end ? line[..end] : line;
        return Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxAuthorBytes)]).Trim();
    }

    public static ObjectId TargetOfTag(ReadOnlySpan<byte> content) => Take(ref content, "object "u8) ?? throw DamagedPack.Refusal();

    private static ObjectId? Take(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> word)
    {
        int length = word.Length + ObjectId.TextLength;
        if (!rest.StartsWith(word) || rest.Length <= length || rest[length] != (byte)'\n'
            || !ObjectId.TryParse(rest[word.Length..length], out ObjectId id))
        {
            return null;
        }

        rest = rest[(length + 1)..];
        return id;
    }

    private static long SecondsOf(ReadOnlySpan<byte> head)
    {
        int at = head.LastIndexOf("\ncommitter "u8);
        ReadOnlySpan<byte> line = at < 0 ? [] : head[(at + 1)..];
        line = line.IndexOf((byte)'\n') is >= 0 and int end ? line[..end] : line;
        ReadOnlySpan<byte> time = line[(line.LastIndexOf((byte)'>') + 1)..].TrimStart((byte)' ');
        time = time.IndexOf((byte)' ') is >= 0 and int space ? time[..space] : time;
        return long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds < 1L << 40 ? seconds : 0;
    }
}
