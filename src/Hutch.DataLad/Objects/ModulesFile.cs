using System.Text;

namespace Hutch.DataLad.Objects;

/// <summary>
/// What a <c>.gitmodules</c> says, as far as it could harm whoever clones it. git's fsck (gitmodulesName, -Url, -Path, -Update) refuses a
/// name that leads out of the repository, an address or a path that a program takes for an option, a command in place of an address, and
/// a line end in an address (CVE-2018-11235, -17456, 2020-5260). This refuses a little more, as it does not tell the keys apart.
/// </summary>
internal static class ModulesFile
{
    /// <summary>The most bytes that are looked at: the list of some ten thousand subdatasets.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>Whether it can be given out.</summary>
    public static bool IsHarmless(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxBytes)
        {
            return false;
        }

        // Quotes do not change whether a value begins with a dash, and a line that ends in a backslash goes on.
        string plain = Encoding.Latin1.GetString(content).Replace("\r", "", StringComparison.Ordinal)
            .Replace("\\\n", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);
        return !plain.Contains("%0a", StringComparison.OrdinalIgnoreCase) && plain.Split('\n').All(IsHarmlessLine);
    }

    private static bool IsHarmlessLine(string line)
    {
        for (int at = line.IndexOf('=', StringComparison.Ordinal); at >= 0; at = line.IndexOf('=', at + 1))
        {
            if (line.AsSpan(at + 1).TrimStart() is ['-' or '!', ..])
            {
                return false;
            }
        }

        int end = line.LastIndexOf(']');
        return end < 0 || !line.TrimStart().StartsWith('[') || !line.AsSpan(0, end).Contains("..", StringComparison.Ordinal);
    }
}
