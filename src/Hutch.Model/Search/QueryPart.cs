namespace Hutch.Model.Search;

/// <summary>A part of what was typed into a search.</summary>
/// <param name="Position">The character at which it begins, from 1.</param>
public abstract record QueryPart(int Position);

/// <summary>A word, or several in double quotes.</summary>
/// <param name="Text">The words, without the quotes.</param>
/// <param name="IsQuoted">Whether they stood in quotes: then they are nothing but words.</param>
/// <param name="Position">The character at which they begin, from 1.</param>
public sealed record QueryWords(string Text, bool IsQuoted, int Position) : QueryPart(Position);

/// <summary>A name, an operator and a value.</summary>
/// <param name="Name">The name, as it was typed.</param>
/// <param name="Operator">One of <c>= != &lt; &lt;= &gt; &gt;= :</c>.</param>
/// <param name="Value">The value without quotes; empty when there is none.</param>
/// <param name="IsQuoted">Whether the value stood in quotes.</param>
/// <param name="Written">All of it, as it was typed.</param>
/// <param name="Position">The character at which the name begins, from 1.</param>
public sealed record QueryCondition(string Name, string Operator, string Value, bool IsQuoted, string Written, int Position)
    : QueryPart(Position)
{
    /// <summary>The operator that only a name that is known makes one: all else with a colon is words.</summary>
    public const string Colon = ":";
}
