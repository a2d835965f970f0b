using Hutch.Catalog.Search;

namespace Hutch.Datasets.Search;

/// <summary>A place where a search found words, apart from the name, title and type, which every list shows.</summary>
/// <param name="IsInFiles">True for words of file names, false for a line of the metadata.</param>
public sealed record SearchMatch(bool IsInFiles, string Text)
{
    /// <summary>The lines of the indexed text that every list shows: name, title, type.</summary>
    private const int ShownLines = 3;

    private const int MostCharacters = 100;

    /// <summary>Finds the place of the first word that no list shows; null when the name, title and type have all words.</summary>
    /// <param name="mayList">True if the caller may list the files.</param>
    public static SearchMatch? Find(IReadOnlyList<string> words, IndexedText indexed, bool mayList)
    {
        string[] lines = indexed.Text.Split('\n');
        string[] shown = [.. lines.Take(ShownLines)];
        string[] hidden = words
            .Where(word => !shown.Any(line => line.Contains(word, StringComparison.OrdinalIgnoreCase))).ToArray();
        foreach (string word in hidden)
        {
            if (lines.Skip(ShownLines).FirstOrDefault(line => Begins(line, word)) is { } line)
            {
                return new SearchMatch(false, Cut(line.Trim()));
            }

            // The index has a mark before each word of a file.
            if (mayList && indexed.Files.Split(' ').FirstOrDefault(file => Begins(file.TrimStart('0'), word)) is { Length: > 1 } file)
            {
                return new SearchMatch(true, Cut(file[1..]));
            }
        }

        return null;
    }

    private static bool Begins(string line, string word)
    {
        int from = 0;
        while (from < line.Length && line.IndexOf(word, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            if (at == 0 || !char.IsLetterOrDigit(line[at - 1]))
            {
                return true;
            }

            from = at + 1;
        }

        return false;
    }

    private static string Cut(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters] + "…";
}
