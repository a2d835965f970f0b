namespace Hutch.Formats.Mrc;

/// <summary>What a pixel of an MRC file is: those of the modes that Hutch writes.</summary>
internal enum MrcMode
{
    /// <summary>Signed, 16 bits.</summary>
    Int16 = 1,

    /// <summary>Floating point, 32 bits.</summary>
    Float32 = 2,
}
