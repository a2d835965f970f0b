namespace Hutch.Model;

/// <summary>Why two names would be the same on some file systems.</summary>
public enum PathClashKind
{
    /// <summary>Their NFC is equal: in a dataset they are one path, so one of them cannot be kept.</summary>
    UnicodeForm,

    /// <summary>They differ only in case: a dataset can hold both, a case-insensitive file system cannot.</summary>
    LetterCase,
}
