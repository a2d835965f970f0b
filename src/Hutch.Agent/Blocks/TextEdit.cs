namespace Hutch.Agent.Blocks;

/// <summary>A piece of a text that another takes the place of.</summary>
internal readonly record struct TextEdit(int Start, int End, string Text)
{
    /// <summary>The text with all edits; they do not touch each other, and insertions at one place keep their order.</summary>
    public static string Apply(string text, IEnumerable<TextEdit> edits) => edits
        .OrderByDescending(edit => edit.Start)
        .Aggregate(text, (whole, edit) => string.Concat(whole.AsSpan(0, edit.Start), edit.Text, whole.AsSpan(edit.End)));
}
