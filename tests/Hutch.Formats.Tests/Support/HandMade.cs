using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;

namespace Hutch.Formats.Tests.Support;

/// <summary>Files with one peculiarity each, of images of 16 x 16.</summary>
internal static class HandMade
{
    public const int Side = 16;

    public static byte[] Pixels(int seed) => Tests.Frames.Frame.Random(Side * Side * 2, 256, seed);

    public static void WriteData(
        string path, int images, IEnumerable<(int Image, byte[] Chunk, uint FilterMask)> chunks, FrameCodec codec = FrameCodec.BitshuffleLz4,
        int? first = null)
    {
        lock (Hdf5Library.Gate)
        {
            using var file = new Hdf5Writer(path);
            using Hdf5Id frames = file.CreateFrames("/entry/data/data", [(ulong)images, Side, Side], ElementType.UInt16, codec);
            if (first is { } number)
            {
                Hdf5Writer.WriteAttribute(frames, "image_nr_low", number);
            }

            foreach ((int image, byte[] chunk, uint mask) in chunks)
            {
                Hdf5Writer.WriteChunk(frames, [(ulong)image, 0, 0], chunk, mask);
            }
        }
    }

    public static void WriteData(string path, int images, int? first = null) =>
        WriteData(
            path,
            images,
            Enumerable.Range(0, images).Select(static image => (image, Tests.Frames.Frame.Encode(FrameCodec.BitshuffleLz4, 2, Pixels(image)), 0u)),
            first: first);

    public static void WriteMaster(string path, int images, string[] dataFiles)
    {
        lock (Hdf5Library.Gate)
        {
            using var file = new Hdf5Writer(path);
            file.Group("/entry", "NXentry");
            file.Group("/entry/data", "NXdata");
            if (images > 0)
            {
                file.Value("/entry/instrument/detector/detectorSpecific/nimages", images);
                file.Value("/entry/instrument/detector/detectorSpecific/ntrigger", 1);
            }

            for (int i = 0; i < dataFiles.Length; i++)
            {
                file.ExternalLink($"/entry/data/data_{i + 1:D6}", dataFiles[i], "/entry/data/data");
            }
        }
    }
}
