namespace Hutch.Types.Documents;

/// <summary>Something wrong in the document of a type: the type is left out until it is put right.</summary>
/// <param name="File">The file, without folder.</param>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Column">The column, from 1; 0 for the file as a whole.</param>
/// <param name="Message">What was found, what is expected, what to do.</param>
public sealed record TypeProblem(string File, long Line, long Column, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Line == 0
        ? $"{File}: {Message}"
        : FormattableString.Invariant($"{File} line {Line}, column {Column}: {Message}");
}
