namespace Hutch.Formats.Mrc;

/// <summary>The pixel types of the MRC modes that Hutch writes.</summary>
internal enum MrcMode
{
    /// <summary>Signed, 16 bits.</summary>
    Int16 = 1,

    /// <summary>Floating point, 32 bits.</summary>
    Float32 = 2,
}
