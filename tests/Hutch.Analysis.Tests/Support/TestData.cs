using System.Runtime.InteropServices;
using System.Text.Json;

namespace Hutch.Analysis.Tests.Support;

/// <summary>The images in <c>tests/data/synthetic</c>.</summary>
internal static class TestData
{
    public const int SyntheticWidth = 331;
    public const int SyntheticHeight = 253;

    private static readonly string Folder = Path.Combine(RepositoryRoot(), "tests", "data", "synthetic");

    public static JsonElement Expected { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "expected.json"))).RootElement;

    public static JsonElement WorkedExample { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "example11.json"))).RootElement;

    public static TestImage Synthetic(int number)
    {
        byte[] raw = Bslz4.Decode(File.ReadAllBytes(Path.Combine(Folder, $"chunk_{number:000000}.bslz4")), sizeof(ushort));
        uint[] pixels = Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(raw).ToArray(), p => (uint)p);
        return new TestImage(SyntheticWidth, SyntheticHeight, pixels, SyntheticValid());
    }

    /// <summary>The 11 x 11 image that the reference page works out by hand.</summary>
    public static TestImage Example()
    {
        uint[] pixels = [.. Rows("image").Select(v => v.GetUInt32())];
        bool[] valid = [.. Rows("valid").Select(v => v.GetInt32() != 0)];
        return new TestImage(11, 11, pixels, valid);
    }

    public static IEnumerable<bool> ExampleMask(string name) =>
        WorkedExample.GetProperty(name).EnumerateArray().SelectMany(row => row.GetString()!.Select(c => c == '#'));

    private static IEnumerable<JsonElement> Rows(string name) =>
        WorkedExample.GetProperty(name).EnumerateArray().SelectMany(row => row.EnumerateArray());

    // The pixel mask stands in the stream's start message as the only byte string of its length.
    private static bool[] SyntheticValid()
    {
        byte[] message = File.ReadAllBytes(Path.Combine(Folder, "stream2_000_start.cbor"));
        int bytes = SyntheticWidth * SyntheticHeight * sizeof(uint);
        ReadOnlySpan<byte> head = [0x5A, (byte)(bytes >> 24), (byte)(bytes >> 16), (byte)(bytes >> 8), (byte)bytes];
        int start = message.AsSpan().IndexOf(head) + head.Length;
        return Array.ConvertAll(MemoryMarshal.Cast<byte, uint>(message.AsSpan(start, bytes)).ToArray(), bits => bits == 0);
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Hutch.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
