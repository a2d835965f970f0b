namespace Hutch.Model;

/// <summary>Finds the known word nearest to a misspelled one.</summary>
public static class Suggestion
{
    // Two changes turn a word of three letters into any other.
    private const int ShortWord = 4;

    /// <summary>"; did you mean 'NAME'?" if a name is close enough; otherwise empty.</summary>
    public static string For(string written, IEnumerable<string> names)
    {
        int most = written.Length < ShortWord ? 1 : Math.Max(2, written.Length / 3);
        return Nearest(written, names, most) is { } best ? $"; did you mean '{best}'?" : ".";
    }

    /// <summary>The closest name; null if none is close enough.</summary>
    /// <param name="most">The largest distance, in letters to add, drop, change or swap.</param>
    public static string? Nearest(string written, IEnumerable<string> names, int most)
    {
        (string Name, int Distance) best = names
            .Select(name => (Name: name, Distance: Distance(written.ToUpperInvariant(), name.ToUpperInvariant())))
            .DefaultIfEmpty((Name: "", Distance: int.MaxValue))
            .MinBy(pair => pair.Distance);
        return best.Distance <= most ? best.Name : null;
    }

    /// <summary>
    /// The number of letters to add, drop, change or swap with their neighbour to turn one word into the other (optimal string alignment).
    /// </summary>
    internal static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Step(rows, a, b, i, j);
            }
        }

        return rows[a.Length, b.Length];
    }

    private static int Step(int[,] rows, string a, string b, int i, int j)
    {
        int least = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        bool isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return isSwap ? Math.Min(least, rows[i - 2, j - 2] + 1) : least;
    }
}
