namespace Hutch.Architecture.Tests.Reading;

/// <summary>A C# file, seen in three ways that share line numbers: as written, only its code, only what stands in its strings.</summary>
/// <param name="Path">From the root of the repository.</param>
/// <param name="Text">As written.</param>
/// <param name="Code">Comments and the contents of strings are blanks.</param>
/// <param name="Strings">All but the contents of strings is blanks.</param>
internal sealed record SourceFile(string Path, string Text, string Code, string Strings)
{
    public int LineCount => Text.AsSpan().Count('\n');

    public static SourceFile Read(string path)
    {
        string text = File.ReadAllText(path);
        (string code, string strings) = CSharpText.Split(text);
        return new SourceFile(Repository.Relative(path), text, code, strings);
    }

    /// <summary>The line (from 1) of a position in any of the three texts.</summary>
    public int LineAt(int position) => Text.AsSpan(0, position).Count('\n') + 1;
}
