using System.Text;
using Hutch.Catalog.Search;

namespace Hutch.Datasets.Search;

/// <summary>
/// The words of the names of a dataset's files, for the search: not all of a million frames, but the distinctive ones. Of words that differ
/// only in their digits (<c>frame0001</c>, <c>frame0002</c>) one comes first, and the others as far as there is space.
/// </summary>
internal sealed class FileTerms
{
    /// <summary>Words of one dataset.</summary>
    public const int MaxWords = 200;

    /// <summary>Entries that are looked at.</summary>
    public const int MaxEntries = 10_000;

    private readonly HashSet<string> _shapes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _first = [];
    private readonly List<string> _others = [];

    private FileTerms()
    {
    }

    /// <summary>The words of the first entries of a tree, between blanks, and how many entries were looked at.</summary>
    public static async Task<(string Words, int Entries)> OfAsync(IAsyncEnumerable<PathEntry> entries, CancellationToken ct)
    {
        var words = new FileTerms();
        int seen = 0;
        await foreach (PathEntry entry in entries.WithCancellation(ct))
        {
            words.Add(entry.Path.Value);
            if (++seen == MaxEntries || words._first.Count == MaxWords)
            {
                break;
            }
        }

        return (string.Join(' ', words._first.Concat(words._others).Take(MaxWords)), seen);
    }

    private void Add(string path)
    {
        foreach (Range word in IndexWords.In(path))
        {
            AddWord(path.AsSpan(word));
        }
    }

    private void AddWord(ReadOnlySpan<char> written)
    {
        if (!HasLetter(written))
        {
            return;
        }

        string word = written[..Math.Min(written.Length, SearchExpression.MaxWordCharacters)].ToString().ToLowerInvariant();
        if (_others.Count >= MaxWords && _shapes.Contains(ShapeOf(word)))
        {
            return;
        }

        if (_known.Add(word))
        {
            (_shapes.Add(ShapeOf(word)) ? _first : _others).Add(word);
        }
    }

    private static bool HasLetter(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
            {
                return true;
            }
        }

        return false;
    }

    private static string ShapeOf(string word)
    {
        var shape = new StringBuilder(word.Length);
        foreach (char c in word)
        {
            if (!char.IsDigit(c))
            {
                shape.Append(c);
            }
            else if (shape.Length == 0 || shape[^1] != '0')
            {
                shape.Append('0');
            }
        }

        return shape.ToString();
    }
}
