namespace Hutch.Model.Tar;

/// <summary>What a header of a tar stream announces.</summary>
public enum TarMemberKind
{
    File,

    /// <summary>A pax extension of the next header.</summary>
    Extension,

    /// <summary>The end of the stream.</summary>
    End,
}
