namespace Hutch.Types.Validation;

/// <summary>The kinds of problems with a value of the metadata. None of them prevents storing data.</summary>
public enum FindingKind
{
    /// <summary>A required attribute is absent (so far).</summary>
    Missing,

    /// <summary>A value does not have the kind that the type requires.</summary>
    WrongKind,

    /// <summary>A unit is unknown or has another dimension.</summary>
    WrongUnit,

    /// <summary>A number is outside of the range, or a text is none of the choices.</summary>
    OutOfRange,
}
