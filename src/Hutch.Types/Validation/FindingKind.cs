namespace Hutch.Types.Validation;

/// <summary>The kinds of problems with a value of the metadata. None of them prevents storing data.</summary>
public enum FindingKind
{
    Missing,

    WrongKind,

    WrongUnit,

    /// <summary>A number is outside of the range, or a text is none of the choices.</summary>
    OutOfRange,
}
