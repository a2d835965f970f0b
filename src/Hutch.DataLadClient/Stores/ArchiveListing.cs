using System.Runtime.CompilerServices;

namespace Hutch.DataLadClient.Stores;

/// <summary>
/// The output of <c>7z l -slt</c>: after a line, a block of <c>Name = value</c> for each member. The author of the archive controls its
/// length, so it is read line by line and no further than its limits.
/// </summary>
internal static class ArchiveListing
{
    private const string Line = "----------";
    private const string Sign = " = ";

    /// <summary>Longer than any path that can be the content of a key.</summary>
    private const int MaxLineChars = 16 << 10;

    private const int ReadChars = 64 << 10;

    /// <summary>The files, in their order.</summary>
    /// <exception cref="HutchException">There are too many.</exception>
    public static async Task<IReadOnlyList<ArchiveMember>> ReadAsync(TextReader listing, int most, CancellationToken ct)
    {
        var members = new List<ArchiveMember>();
        bool isBehindLine = false;
        var block = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (string line in LinesAsync(listing, ct))
        {
            if (!isBehindLine)
            {
                isBehindLine = line == Line;
            }
            else if (line.Length == 0)
            {
                AddTo(members, block, most);
                block.Clear();
            }
            else if (line.IndexOf(Sign, StringComparison.Ordinal) is var at and > 0 && line[..at] is "Path" or "Size" or "Attributes")
            {
                block.TryAdd(line[..at], line[(at + Sign.Length)..]);
            }
        }

        AddTo(members, block, most);
        return members;
    }

    private static void AddTo(List<ArchiveMember> members, Dictionary<string, string> block, int most)
    {
        if (block.GetValueOrDefault("Path") is not { } path || block.GetValueOrDefault("Attributes", "").StartsWith('D'))
        {
            return;
        }

        if (members.Count == most)
        {
            throw ErrorCode.UnreadableFile.With($"It has more than {most} files.").ToException();
        }

        bool isKnown = long.TryParse(block.GetValueOrDefault("Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size);
        members.Add(new ArchiveMember(path, isKnown ? size : 0));
    }

    private static async IAsyncEnumerable<string> LinesAsync(TextReader reader, [EnumeratorCancellation] CancellationToken ct)
    {
        var line = new StringBuilder();
        char[] buffer = new char[ReadChars];
        for (int read; (read = await reader.ReadAsync(buffer, ct)) > 0;)
        {
            for (int at = 0, end; at < read; at = end + 1)
            {
                int length = buffer.AsSpan(at, read - at).IndexOf('\n');
                end = length < 0 ? read : at + length;
                if (line.Append(buffer, at, end - at).Length > MaxLineChars)
                {
                    throw ErrorCode.UnreadableFile.With($"The name of a file in it has more than {MaxLineChars} characters.").ToException();
                }

                if (length >= 0)
                {
                    yield return line.ToString();
                    line.Clear();
                }
            }
        }

        yield return line.ToString();
    }
}

/// <param name="Path">Its path, as the archive has it: it may be anything.</param>
internal readonly record struct ArchiveMember(string Path, long Size);
