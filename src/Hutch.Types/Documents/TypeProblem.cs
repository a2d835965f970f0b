namespace Hutch.Types.Documents;

/// <summary>A problem in the document of a type, which is left out until the problem is fixed.</summary>
/// <param name="File">The file, without folder.</param>
/// <param name="Line">The line, from 1; 0 for the whole file.</param>
/// <param name="Column">The column, from 1; 0 for the whole file.</param>
public sealed record TypeProblem(string File, long Line, long Column, string Message)
{
    public override string ToString() => Line == 0
        ? $"{File}: {Message}"
        : FormattableString.Invariant($"{File} line {Line}, column {Column}: {Message}");
}
