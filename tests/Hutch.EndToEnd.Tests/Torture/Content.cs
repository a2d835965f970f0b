using System.Security.Cryptography;
using Hutch.Model;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>Bytes to write, as people have them: mostly small, some of several extents.</summary>
internal static class Content
{
    public static byte[] Draw(Random random)
    {
        int size = random.Next(100) switch
        {
            < 5 => 0,
            < 60 => random.Next(1, 16 * 1024),
            < 85 => random.Next(16 * 1024, 256 * 1024),
            < 97 => random.Next(256 * 1024, 1_100_000),
            _ => random.Next(1_100_000, 10_000_000),
        };
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    public static BlobHash Hash(ReadOnlySpan<byte> bytes) => new(SHA256.HashData(bytes));
}
