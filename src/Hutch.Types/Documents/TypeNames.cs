namespace Hutch.Types.Documents;

/// <summary>Names of types, attributes and kinds.</summary>
public static class TypeNames
{
    /// <summary>The type at the top, and that of a dataset to which nobody gave one.</summary>
    public const string Top = "generic";

    /// <summary>The word by which a search asks for a type: no attribute is called so.</summary>
    public const string SearchKey = "type";

    /// <summary>The word for a kind, as documents have it.</summary>
    public static string Of(AttributeKind kind) => kind switch
    {
        AttributeKind.Text => "text",
        AttributeKind.Number => "number",
        AttributeKind.WholeNumber => "integer",
        AttributeKind.Boolean => "boolean",
        AttributeKind.Time => "time",
        AttributeKind.Choice => "choice",
        _ => "list",
    };

    /// <summary>Whether the name of an attribute leads into a value of another.</summary>
    public static bool IsInside(string inner, string outer) =>
        inner.Length > outer.Length && inner[outer.Length] == '.' && inner.StartsWith(outer, StringComparison.Ordinal);
}
