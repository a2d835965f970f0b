namespace Hutch.Model;

/// <summary>A command as one line of a shell, for people and records.</summary>
public static class CommandText
{
    private const string PlainCharacters = "+,-./:=@_{}%";

    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word) =>
        word.Length > 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || PlainCharacters.Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}
