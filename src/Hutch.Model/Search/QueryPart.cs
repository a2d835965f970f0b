namespace Hutch.Model.Search;

/// <param name="Position">The position of its first character, from 1.</param>
public abstract record QueryPart(int Position);

/// <summary>A word, or several in double quotes.</summary>
/// <param name="Text">The words, without the quotes.</param>
/// <param name="IsQuoted">True if they were quoted, so that they have no other meaning.</param>
/// <param name="Position">The position of the first character, from 1.</param>
public sealed record QueryTerms(string Text, bool IsQuoted, int Position) : QueryPart(Position);

/// <param name="Operator">One of <c>= != &lt; &lt;= &gt; &gt;= :</c>.</param>
/// <param name="Value">The value without quotes; empty for none.</param>
/// <param name="Position">The position of the name's first character, from 1.</param>
public sealed record QueryCondition(string Name, string Operator, string Value, bool IsQuoted, string Written, int Position)
    : QueryPart(Position)
{
    /// <summary>An operator only after a known name; any other text with a colon is words.</summary>
    public const string Colon = ":";
}
