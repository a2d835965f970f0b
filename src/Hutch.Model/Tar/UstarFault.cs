namespace Hutch.Model.Tar;

/// <summary>Why a block is no header.</summary>
public enum UstarFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Its checksum is wrong, or it is too short.</summary>
    Checksum,

    /// <summary>Its length is no number.</summary>
    Length,
}
