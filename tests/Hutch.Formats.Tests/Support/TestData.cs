using System.Security.Cryptography;
using System.Text.Json;

namespace Hutch.Formats.Tests.Support;

/// <summary>The files of tests/data.</summary>
internal static class TestData
{
    public const int SyntheticRows = 253;
    public const int SyntheticColumns = 331;
    public const int SyntheticImageBytes = SyntheticRows * SyntheticColumns * sizeof(ushort);
    public const int SyntheticImages = 5;

    public static string Path(string relative) => System.IO.Path.Combine(AppContext.BaseDirectory, "data", relative);

    public static byte[] SyntheticChunk(int image) => File.ReadAllBytes(Path($"synthetic/chunk_{image:D6}.bslz4"));

    public static string SyntheticImageHash(int image)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path("synthetic/expected.json")));
        return expected.RootElement.GetProperty("images")[image - 1].GetProperty("sha256_le_u16").GetString()!;
    }

    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
