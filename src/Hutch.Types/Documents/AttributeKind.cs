namespace Hutch.Types.Documents;

/// <summary>What the value of an attribute may be.</summary>
public enum AttributeKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A number; with a unit, also a text such as <c>300 kV</c>.</summary>
    Number,

    /// <summary>A number without a fraction.</summary>
    WholeNumber,

    /// <summary>Yes or no.</summary>
    Boolean,

    /// <summary>A date, or a date and a time of day (ISO 8601).</summary>
    Time,

    /// <summary>One of some texts.</summary>
    Choice,

    /// <summary>Several values of one kind.</summary>
    List,
}
