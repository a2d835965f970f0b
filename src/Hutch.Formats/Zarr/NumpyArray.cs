using Hutch.Formats.Arrays;

namespace Hutch.Formats.Zarr;

internal static class NumpyArray
{
    public static IZarrArray Open(IFileBytes file)
    {
        byte[] preamble = new byte[Math.Min(NumpyHeader.PreambleBytes, file.Length)];
        file.Read(0, preamble);
        byte[] head = new byte[Math.Min(NumpyHeader.Length(preamble).Value, file.Length)];
        file.Read(0, head);
        NumpyHeader header = NumpyHeader.Read(head).Value;
        int itemBytes = header.ItemBytes
            ?? throw ErrorCode.Unprocessable.With(
                $"{file.Name} has values of the type {Display.Quote(header.Type)}, which are no plain numbers.").ToException();
        long[] shape = header.IsColumnMajor ? [.. header.Shape.Reverse()] : header.Shape;
        return new FlatArray(file, header.Offset, header.Type, itemBytes, shape, ChunkShape.For(shape, itemBytes), header.IsColumnMajor);
    }
}
