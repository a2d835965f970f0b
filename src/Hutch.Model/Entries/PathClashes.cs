using System.Runtime.InteropServices;

namespace Hutch.Model;

/// <summary>
/// Finds names in a directory that only some file systems distinguish. Used before a push, on the names as the disk returns them.
/// </summary>
public static class PathClashes
{
    /// <summary>Every clash between the names in one directory, each pair once.</summary>
    /// <param name="directory">The path of the directory with a <c>/</c> at the end; empty for the top.</param>
    /// <param name="names">The distinct names; enumerated twice where clashes are possible. Four bytes of each stay in memory.</param>
    public static IEnumerable<PathClash> Find(string directory, IEnumerable<string> names)
    {
        HashSet<int> suspects = Repeated(names);
        if (suspects.Count == 0)
        {
            yield break;
        }

        var byForm = new Dictionary<string, string>(StringComparer.Ordinal);
        var byFold = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in names.Where(n => suspects.Contains(Trace(n))))
        {
            string form = Nfc.Normalize(name);
            if (!byForm.TryAdd(form, name))
            {
                yield return new PathClash(PathClashKind.UnicodeForm, directory + byForm[form], directory + name);
            }
            else if (!byFold.TryAdd(NormalizeCase(form), name))
            {
                yield return new PathClash(PathClashKind.LetterCase, directory + byFold[NormalizeCase(form)], directory + name);
            }
        }
    }

    // Equal for names that clash; seldom for others.
    private static HashSet<int> Repeated(IEnumerable<string> names)
    {
        var repeated = new HashSet<int>();
        List<int> traces = [.. names.Select(Trace)];
        traces.Sort();
        ReadOnlySpan<int> sorted = CollectionsMarshal.AsSpan(traces);
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
            {
                repeated.Add(sorted[i]);
            }
        }

        return repeated;
    }

    private static int Trace(string name) => NormalizeCase(Nfc.Normalize(name)).GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns the same text for names that differ only in case.</summary>
    /// <remarks>Upper case first: it unites more letters (final sigma, long s) than lower case alone.</remarks>
    public static string NormalizeCase(string text)
    {
        return text.ToUpperInvariant().ToLowerInvariant();
    }
}
