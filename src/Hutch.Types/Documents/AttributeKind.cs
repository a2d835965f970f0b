namespace Hutch.Types.Documents;

public enum AttributeKind
{
    Text,

    /// <summary>A number; with a unit, also a text such as <c>300 kV</c>.</summary>
    Number,

    WholeNumber,

    Boolean,

    /// <summary>A date, or a date and a time of day (ISO 8601).</summary>
    Time,

    /// <summary>One of the attribute's <see cref="TypeAttribute.Choices"/>.</summary>
    Choice,

    List,
}
