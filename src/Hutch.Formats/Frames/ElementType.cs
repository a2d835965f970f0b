using System.Diagnostics.CodeAnalysis;

namespace Hutch.Formats.Frames;

/// <summary>The number types of frames and their header arrays. Frames have 1, 2 or 4 bytes a pixel and are never floating.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "Number types are what these are.")]
public enum ElementType
{
    /// <summary>8 bits, unsigned.</summary>
    UInt8,

    /// <summary>8 bits, signed.</summary>
    Int8,

    /// <summary>16 bits, unsigned.</summary>
    UInt16,

    /// <summary>16 bits, signed.</summary>
    Int16,

    /// <summary>32 bits, unsigned.</summary>
    UInt32,

    /// <summary>32 bits, signed.</summary>
    Int32,

    /// <summary>64 bits, unsigned.</summary>
    UInt64,

    /// <summary>64 bits, signed.</summary>
    Int64,

    /// <summary>IEEE 754, 32 bits.</summary>
    Float32,

    /// <summary>IEEE 754, 64 bits.</summary>
    Float64,
}
