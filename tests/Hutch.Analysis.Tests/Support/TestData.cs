using System.Runtime.InteropServices;
using System.Text.Json;

namespace Hutch.Analysis.Tests.Support;

/// <summary>The images in <c>tests/data/synthetic</c>.</summary>
internal static class TestData
{
    public const int SyntheticWidth = 331;
    public const int SyntheticHeight = 253;

    private static readonly string Folder = FileOf("tests/data/synthetic");
    private static readonly string RecordedFolder = FileOf("tests/data/tickit-devices");

    public static JsonElement Expected { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "expected.json"))).RootElement;

    public static JsonElement WorkedExample { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "example11.json"))).RootElement;

    public static TestImage Synthetic(int number)
    {
        byte[] raw = Bslz4.Decode(Chunk(number), sizeof(ushort));
        uint[] pixels = Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(raw).ToArray(), p => (uint)p);
        return new TestImage(SyntheticWidth, SyntheticHeight, pixels, SyntheticValid());
    }

    public static byte[] Chunk(int number) => File.ReadAllBytes(Path.Combine(Folder, $"chunk_{number:000000}.bslz4"));

    /// <summary>The chunk of a recorded EIGER2 16M image: the only byte string of its length in the stream message.</summary>
    public static byte[] RecordedChunk()
    {
        const int Bytes = 513_082;
        byte[] message = File.ReadAllBytes(Path.Combine(RecordedFolder, "image.cbor"));
        ReadOnlySpan<byte> head = [0x5A, 0, Bytes >> 16, (Bytes >> 8) & 0xFF, Bytes & 0xFF];
        int start = message.AsSpan().IndexOf(head) + head.Length;
        return message.AsSpan(start, Bytes).ToArray();
    }

    /// <summary>The place of a file or folder of the repository.</summary>
    public static string FileOf(string path) => Path.Combine(RepositoryRoot(), path);

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
