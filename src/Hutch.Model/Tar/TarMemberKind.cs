namespace Hutch.Model.Tar;

public enum TarMemberKind
{
    File,

    /// <summary>A pax extension of the next header.</summary>
    Extension,

    End,
}
