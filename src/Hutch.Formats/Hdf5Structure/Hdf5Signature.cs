namespace Hutch.Formats.Hdf5Structure;

/// <summary>The first bytes of an HDF5 file without a user block (HDF5 File Format Specification, II.A).</summary>
internal static class Hdf5Signature
{
    public static ReadOnlySpan<byte> Bytes => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
}
