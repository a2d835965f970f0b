namespace Hutch.Formats.Frames;

/// <summary>The instruction sets that <see cref="BitTranspose"/> has a form for.</summary>
internal enum BitTransposePath
{
    /// <summary>64-bit integers only: runs everywhere.</summary>
    Portable,

    /// <summary>256-bit vectors.</summary>
    Avx2,

    /// <summary>512-bit vectors with byte permutes (VBMI) and bit-matrix products (GFNI).</summary>
    Avx512Gfni,
}
