namespace Hutch.Disk;

/// <summary>The mount of a folder's file system.</summary>
/// <param name="Kind">Its kind, as <c>ext4</c>.</param>
public sealed record MountFacts(string Point, string Kind, IReadOnlySet<string> Options)
{
    /// <summary>The number of its device, as <c>8:1</c>: two mounts of one disk have the same.</summary>
    public string Device { get; init; } = "";

    private const string Table = "/proc/self/mountinfo";

    /// <summary>The mount of a folder; null when the kernel has no table of mounts.</summary>
    public static MountFacts? Read(string folder) => File.Exists(Table) ? Find(File.ReadLines(Table), folder) : null;

    /// <summary>Finds the mount of a folder in a table (proc_pid_mountinfo(5)): the longest one above it, of equal ones the last.</summary>
    public static MountFacts? Find(IEnumerable<string> table, string folder)
    {
        MountFacts? best = null;
        foreach (string line in table)
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-");
            if (dash < 6 || words.Length < dash + 4)
            {
                continue;
            }

            string point = Unescape(words[4]);
            bool isAbove = point == "/" || folder == point || folder.StartsWith(point + "/", StringComparison.Ordinal);
            if (isAbove && point.Length >= (best?.Point.Length ?? 0))
            {
                best = new MountFacts(
                    point, words[dash + 1], words[5].Split(',').Concat(words[dash + 3].Split(',')).ToHashSet(StringComparer.Ordinal))
                {
                    Device = words[2],
                };
            }
        }

        return best;
    }

    // Space, tab, newline and backslash are written as three octal digits, so that a line has one meaning.
    private static string Unescape(string word) => word
        .Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
