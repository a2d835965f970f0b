namespace Hutch.Model.Tar;

/// <summary>The kind of a header in a tar stream.</summary>
public enum TarMemberKind
{
    File,

    /// <summary>A pax extension of the next header.</summary>
    Extension,

    End,
}
