using System.Globalization;
using System.Security.Cryptography;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Doors;

/// <summary>Files that no compressor makes smaller, of odd sizes up to 65 MB, which tests copy.</summary>
public sealed class Noise : IDisposable
{
    private static readonly int[] Sizes = [1, 255, 4_097, 65_537, 248_001, 1_048_577, 8_388_609, 65_000_001];

    private readonly TemporaryFolder _folder = new();

    public Noise()
    {
        foreach (int size in Sizes)
        {
            File.WriteAllBytes(_folder[size.ToString(CultureInfo.InvariantCulture) + ".bin"], RandomNumberGenerator.GetBytes(size));
        }
    }

    internal string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();
}
