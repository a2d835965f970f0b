namespace Hutch.Types.Validation;

/// <summary>What is the matter with a value of the metadata. None of it keeps anybody from storing data.</summary>
public enum FindingKind
{
    /// <summary>A required attribute is not there (yet).</summary>
    Missing,

    /// <summary>A value is not of the kind that the type says.</summary>
    WrongKind,

    /// <summary>A unit is not known, or measures something else.</summary>
    WrongUnit,

    /// <summary>A number is outside of the range, or a text is none of the choices.</summary>
    OutOfRange,
}
