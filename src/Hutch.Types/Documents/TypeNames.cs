namespace Hutch.Types.Documents;

public static class TypeNames
{
    /// <summary>The top type, also the default type of a dataset.</summary>
    public const string Top = "generic";

    /// <summary>The search term for a type. No attribute may have this name.</summary>
    public const string SearchKey = "type";

    public static string For(AttributeKind kind) => kind switch
    {
        AttributeKind.Text => "text",
        AttributeKind.Number => "number",
        AttributeKind.WholeNumber => "integer",
        AttributeKind.Boolean => "boolean",
        AttributeKind.Time => "time",
        AttributeKind.Choice => "choice",
        _ => "list",
    };

    /// <summary>Returns true if one attribute's name leads into the value of another.</summary>
    public static bool IsInside(string inner, string outer) =>
        inner.Length > outer.Length && inner[outer.Length] == '.' && inner.StartsWith(outer, StringComparison.Ordinal);
}
